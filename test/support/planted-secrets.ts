import type { Dice } from './dice.ts';

/** Something that must not leave, as it stands in a text. */
export interface Planted {
  readonly kind: string;
  readonly text: string;
  /** What may not be in what leaves. */
  readonly secret: string;
}

const DIGITS = '0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();
const HEX = '0123456789abcdef';
const BASE62 = DIGITS + UPPER + LOWER;
const BASE64 = `${BASE62}+/`;
const URLSAFE = `${BASE62}_-`;
/** As password generators make them, and people. */
const PASSWORD = `${BASE62}!#%*+-.=?^_~`;

type Maker = (dice: Dice) => Omit<Planted, 'kind'>;

function whole(secret: string): Omit<Planted, 'kind'> {
  return { secret, text: secret };
}

function within(secret: string, before: string, after = ''): Omit<Planted, 'kind'> {
  return { secret, text: `${before}${secret}${after}` };
}

/** With a digit and letters of both sizes somewhere, as generators see to it. */
function random(dice: Dice, alphabet: string, length: number): string {
  return `${dice.text(alphabet, length - 3)}${dice.text(UPPER, 1)}${dice.text(LOWER, 1)}${dice.text(DIGITS, 1)}`;
}

function password(dice: Dice): string {
  return random(dice, PASSWORD, dice.number(9, 24));
}

const TOKENS: Readonly<Record<string, Maker>> = {
  'AWS access key': (it) => whole(`${it.of(['AKIA', 'ASIA'])}${it.text(UPPER + '234567', 15)}7`),
  'AWS secret key': (it) => within(random(it, BASE64, 40), 'aws_secret_access_key = '),
  'AWS secret key alone': (it) =>
    within(random(it, BASE64, 40), `credentials AKIA${it.text(UPPER + '234567', 15)}3 `, ' were used'),
  'GitHub token': (it) => whole(`${it.of(['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'])}${it.text(BASE62, 36)}`),
  'GitHub fine-grained token': (it) => whole(`github_pat_${it.text(BASE62, 22)}_${it.text(BASE62, 59)}`),
  'GitLab token': (it) => whole(`${it.of(['glpat-', 'gldt-', 'glrt-'])}${random(it, URLSAFE, 20)}`),
  'Slack bot token': (it) =>
    whole(`xoxb-${it.text(DIGITS, 12)}-${it.text(DIGITS, 13)}-${it.text(BASE62, 24)}`),
  'Slack app token': (it) =>
    whole(`xapp-1-A${it.text(DIGITS, 10)}-${it.text(DIGITS, 13)}-${it.text(HEX, 64)}`),
  'Slack webhook': (it) =>
    within(
      `T${it.text(UPPER + DIGITS, 8)}/B${it.text(UPPER + DIGITS, 8)}/${it.text(BASE62, 24)}`,
      'https://hooks.slack.com/services/',
    ),
  'Discord webhook': (it) =>
    within(random(it, URLSAFE, 68), `https://discord.com/api/webhooks/1${it.text(DIGITS, 17)}/`),
  'Discord bot token': (it) =>
    whole(`M${random(it, BASE62, 25)}.${random(it, BASE62, 6)}.${random(it, URLSAFE, 38)}`),
  'Telegram bot token': (it) => whole(`7${it.text(DIGITS, 8)}:AA${it.text(URLSAFE, 33)}`),
  'Stripe key': (it) => whole(`${it.of(['sk', 'rk'])}_${it.of(['live', 'test'])}_${it.text(BASE62, 24)}`),
  'Stripe webhook secret': (it) => whole(`whsec_${it.text(BASE62, 32)}`),
  'Anthropic key': (it) => whole(`sk-ant-api03-${it.text(URLSAFE, 93)}AA`),
  'OpenAI key': (it) => whole(`sk-${random(it, BASE62, 48)}`),
  'OpenAI project key': (it) => whole(`sk-proj-${random(it, URLSAFE, 64)}`),
  'Google API key': (it) => whole(`AIza${it.text(URLSAFE, 35)}`),
  'Google OAuth token': (it) => whole(`ya29.${it.text(URLSAFE, 60)}`),
  'npm token': (it) => whole(`npm_${it.text(BASE62, 36)}`),
  'PyPI token': (it) => whole(`pypi-AgEIcHlwaS5vcmc${random(it, URLSAFE, 60)}`),
  'SendGrid key': (it) => whole(`SG.${random(it, URLSAFE, 22)}.${random(it, URLSAFE, 43)}`),
  'DigitalOcean token': (it) => whole(`dop_v1_${random(it, HEX, 64)}`),
  'Vault token': (it) => whole(`hvs.${random(it, URLSAFE, 90)}`),
  'Docker token': (it) => whole(`dckr_pat_${random(it, URLSAFE, 27)}`),
  'Grafana token': (it) => whole(`glsa_${random(it, BASE62, 32)}_${it.text(HEX, 8)}`),
  JWT: (it) => whole(`eyJhbGciOiJIUzI1NiJ9.eyJ${it.text(BASE62, 40)}.${it.text(URLSAFE, 43)}`),
  'private key': (it) => {
    const body = Array.from({ length: 4 }, () => it.text(BASE64, 64)).join('\n');
    const name = it.of(['RSA PRIVATE KEY', 'PRIVATE KEY', 'EC PRIVATE KEY', 'OPENSSH PRIVATE KEY']);
    return { secret: body, text: `-----BEGIN ${name}-----\n${body}\n-----END ${name}-----` };
  },
};

const NAMED: Readonly<Record<string, Maker>> = {
  'password in an address': (it) =>
    within(random(it, BASE62, 14), `https://deploy:`, '@git.example.net/acme/app.git'),
  'PostgreSQL address': (it) =>
    within(random(it, BASE62, 12), 'could not connect to postgres://app:', '@db-1.internal:5432/orders'),
  'MongoDB address': (it) => within(random(it, BASE62, 16), 'mongodb+srv://svc:', '@cluster0.example.net/x'),
  'Redis address': (it) => within(random(it, BASE62, 16), 'redis://:', '@cache:6379/0'),
  'JDBC address': (it) => within(password(it), 'jdbc:mysql://db:3306/shop?user=app&password='),
  'ADO connection string': (it) =>
    within(random(it, BASE62, 14), 'Server=tcp:sql-1,1433;User ID=app;Password=', ';Encrypt=True'),
  'Azure storage key': (it) =>
    within(
      `${random(it, BASE64, 86)}==`,
      'DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=',
      ';EndpointSuffix=core.example.net',
    ),
  'key=value': (it) =>
    within(password(it), `user=app ${it.of(['password', 'passwd', 'pwd'])}=`, ' host=db-1'),
  'password with a comma': (it) =>
    within(`${random(it, BASE62, 6)},${random(it, BASE62, 6)}`, 'DB_PASSWORD='),
  'environment variable': (it) =>
    within(
      password(it),
      `${it.of(['DB_PASSWORD', 'PGPASSWORD', 'SMTP_PASSWORD', 'API_KEY', 'CLIENT_SECRET'])}=`,
    ),
  'YAML password': (it) => within(it.text(LOWER, 12), 'database:\n  password: ', '\n  port: 5432'),
  'JSON password': (it) => within(`it's; ${password(it)}`, '{"user":"app","password":"', '","port":5432}'),
  'JSON in JSON': (it) => within(password(it), String.raw`{"body":"{\"client_secret\":\"`, String.raw`\"}"}`),
  'PHP array': (it) => within(password(it), "'password' => '", "'"),
  'bearer token': (it) => within(random(it, URLSAFE, 40), 'Authorization: Bearer ', ' status=401'),
  'basic authentication': (it) => within(`${random(it, BASE64, 26)}==`, 'authorization: Basic '),
  'key in a header': (it) =>
    within(it.text(HEX, 32), it.of(['X-Api-Key: ', '"x-api-key": "', 'x-auth-token='])),
  cookie: (it) => within(it.text(HEX, 40), 'Cookie: theme=dark; sid=', '; lang=en'),
  'command line': (it) => within(password(it), 'mysqldump --password ', ' -u root shop'),
  'token in an address': (it) =>
    within(it.text(BASE62, 32), 'GET /v1/orders?page=2&access_token=', '&limit=10 403'),
  'token by its name': (it) =>
    within(random(it, BASE62, 32), it.of(['token: ', 'session=', 'secret=', 'auth='])),
  'hexadecimal token': (it) =>
    within(`7c${it.text(HEX, 38)}`, it.of(['token=', 'secret: ', 'session_id sid='])),
};

const PEOPLE: Readonly<Record<string, Maker>> = {
  'e-mail': (it) =>
    whole(
      `${it.text(LOWER, 5)}${it.of(['.', '+', '_', '-'])}${it.text(LOWER, 6)}@${it.of(['example.com', 'mail.example.org', 'acme.example.co'])}`,
    ),
  'e-mail in Unicode': (it) => whole(`zoë.${it.text(LOWER, 6)}@exämple.de`),
  'e-mail in an address': (it) => within(`${it.text(LOWER, 8)}%40example.com`, 'GET /users?mail='),
  card: (it) => whole(grouped(withLuhn(`4${it.text(DIGITS, 14)}`), it.of(['', ' ', '-']))),
  'other card': (it) => whole(withLuhn(`5${it.number(1, 5)}${it.text(DIGITS, 13)}`)),
  'American card': (it) => whole(withLuhn(`37${it.text(DIGITS, 12)}`)),
  phone: (it) => whole(`+49 ${it.number(30, 99)} ${it.text(DIGITS, 7)}`),
  'phone in one piece': (it) => whole(`+43660${it.text('123456789', 7)}`),
  'American phone': (it) => whole(`(${it.number(201, 989)}) ${it.number(200, 999)}-${it.text(DIGITS, 4)}`),
  'phone by its name': (it) => within(`0${it.text('123456789', 10)}`, 'phone: '),
  'social security number': (it) =>
    whole(`${it.number(100, 665)}-${it.number(10, 99)}-${it.number(1000, 9999)}`),
  'national insurance number': (it) => whole(`QQ${it.text(DIGITS, 6)}C`.replace('QQ', 'AB')),
  DNI: (it) => {
    const number = it.number(10_000_000, 99_999_999);
    return whole(`${number}${'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}`);
  },
  'passport number': (it) => within(`C${it.text(DIGITS, 8)}`, 'passport no: '),
  IBAN: (it) => whole(iban('DE', it.text(DIGITS, 18))),
  'IBAN in groups': (it) => whole(iban('GB', `WEST${it.text(DIGITS, 14)}`).replaceAll(/(.{4})(?=.)/g, '$1 ')),
};

const MAKERS = Object.entries({ ...TOKENS, ...NAMED, ...PEOPLE });

/** How many kinds there are. */
export const KINDS_PLANTED = MAKERS.length;

/** One of each kind. */
export function plantedSecrets(dice: Dice): readonly Planted[] {
  return MAKERS.map(([kind, make]) => ({ kind, ...make(dice) }));
}

function withLuhn(digits: string): string {
  let sum = 0;
  for (const [index, it] of Array.from(digits).toReversed().entries()) {
    const doubled = Number(it) * (index % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

function grouped(digits: string, separator: string): string {
  return digits.replaceAll(/(.{4})(?=.)/g, `$1${separator}`);
}

function iban(country: string, account: string): string {
  const digits = Array.from(`${account}${country}00`)
    .map((it) => String(Number.parseInt(it, 36)))
    .join('');
  const check = 98n - (BigInt(digits) % 97n);
  return `${country}${String(check).padStart(2, '0')}${account}`;
}
