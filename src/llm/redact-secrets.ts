import { isCredentials, isHex, isMixed, isPassword, isSecret, isToken } from './redact-checks.ts';

/** What was taken out, as it stands in its placeholder: `<JWT_1>`. */
export type Kind =
  | SecretKind
  | 'EMAIL'
  | 'PHONE'
  | 'CARD'
  | 'IBAN'
  | 'NATIONAL_ID'
  | 'IP'
  | 'HOST'
  | 'USER'
  /** It looked like a placeholder from the start. */
  | 'LITERAL';

/** What opens a door to whoever has it. */
export type SecretKind =
  | 'PRIVATE_KEY'
  | 'CREDENTIALS'
  | 'WEBHOOK'
  | 'JWT'
  | 'AWS_KEY'
  | 'GITHUB_TOKEN'
  | 'GITLAB_TOKEN'
  | 'CHAT_TOKEN'
  | 'STRIPE_KEY'
  | 'ANTHROPIC_KEY'
  | 'OPENAI_KEY'
  | 'GOOGLE_KEY'
  | 'NPM_TOKEN'
  | 'API_KEY'
  | 'SECRET';

/** How one kind is found in a text. */
export interface Detector {
  readonly kind: Kind;
  /**
   * Global. Where it has a group `value`, only that is taken out: the rest is what gives it away.
   * Every repetition in it is bounded or ends at a character of its own, so that no text makes it slow.
   */
  readonly pattern: RegExp;
  /** Whether what was found is one. */
  readonly check?: (value: string) => boolean;
  /** A figure that stands behind it may have been taken for a part of it: where it is none with it, it may be one without. */
  readonly isInGroups?: true;
}

/** What has a form of its own. Before all others, since others could take a part of it. */
const FORMS: readonly Detector[] = [
  {
    kind: 'PRIVATE_KEY',
    // Also where its end was cut off.
    pattern:
      /-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-{1,4}(?!-)[^-]*)*(?:-----END [A-Z0-9 ]{0,50}-----)?/g,
  },
  { kind: 'PRIVATE_KEY', pattern: /\bAGE-SECRET-KEY-1[A-Z0-9]{20,80}/g },
  { kind: 'CREDENTIALS', pattern: /:\/\/(?<value>[^\s/?#"'<>@:]{0,100}:[^\s/?#"'<>@]{1,300})@/g },
  // With a slash in the password, which no browser takes but many a database is given.
  {
    kind: 'CREDENTIALS',
    pattern: /:\/\/(?<value>[^\s/?#"'<>@:]{0,100}:[^\s"'<>@]{1,300})@(?=[\w.-])/g,
    check: isCredentials,
  },
  {
    kind: 'WEBHOOK',
    pattern: /\bhttps:\/\/(?=[\w.-]{0,99}hook)[\w.-]{4,200}\/(?<value>[^\s"'<>|)]{16,500})/g,
  },
  { kind: 'WEBHOOK', pattern: /\/webhooks\/(?<value>\d{10,25}\/[\w-]{20,120})/g },
  { kind: 'JWT', pattern: /\beyJ[\w-]{8,4000}(?:\.[\w-]{0,6000}){1,4}/g },
  // The secret half of an access key has no mark of its own, only its length, and what it stands with.
  {
    kind: 'AWS_KEY',
    pattern:
      /(?<![\w+/=.-])[A-Za-z0-9+/]{40}(?![\w+/=-])(?<=(?:A[KS]IA|aws|secret|credential|access)[^\n]{40,140})/gi,
    check: isMixed,
  },
  {
    kind: 'AWS_KEY',
    pattern: /\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AIPA|ANPA|ANVA|AROA)[A-Z0-9]{16}\b/g,
    check: isToken,
  },
  { kind: 'GITHUB_TOKEN', pattern: /\b(?:gh[opsur]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255})/g },
  {
    kind: 'GITLAB_TOKEN',
    pattern: /\b(?:gl(?:pat|ptt|dt|rt|cbt|ft|soat|imt|agent|oas|ffct)-|GR1348941)[\w.-]{15,300}/g,
  },
  { kind: 'CHAT_TOKEN', pattern: /\b(?:xox[a-z](?:\.xox[a-z])?-|xapp-\d-|xwfp-)[A-Za-z0-9-]{8,300}/g },
  { kind: 'CHAT_TOKEN', pattern: /\b[MNO][\w-]{22,28}\.[\w-]{6,7}\.[\w-]{27,45}/g, check: isToken },
  { kind: 'CHAT_TOKEN', pattern: /\b\d{8,10}:AA[\w-]{32,34}/g },
  { kind: 'STRIPE_KEY', pattern: /\b(?:[prs]k_(?:live|test)_|whsec_)[A-Za-z0-9+/=]{10,250}/g },
  { kind: 'ANTHROPIC_KEY', pattern: /\bsk-ant-[\w-]{12,300}/g },
  { kind: 'OPENAI_KEY', pattern: /\bsk-[\w-]{20,300}/g, check: isToken },
  {
    kind: 'GOOGLE_KEY',
    pattern: /\b(?:AIza[\w-]{30,45}|ya29\.[\w.-]{20,400}|GOCSPX-[\w-]{20,40}|1\/\/0[\w-]{30,200})/g,
  },
  { kind: 'NPM_TOKEN', pattern: /\bnpm_[A-Za-z0-9]{30,60}/g },
  {
    kind: 'API_KEY',
    pattern:
      /\b(?:pypi-AgE|SG\.|do[opr]_v1_|hv[bsr]\.|dckr_[po]at_|hf_|dapi|gl(?:sa|c)_|NRAK-|shp(?:at|ca|pa|ss)_|AT[AC]TT3x|lin_api_|dp\.(?:pt|st|ct|sa)\.|sq0(?:atp|csp)-|PMAK-|rubygems_|sntrys_|tfp_|figd_|nvapi-|gsk_|xai-|pplx-|r8_|key-)[\w=.-]{24,400}/g,
    check: isToken,
  },
  { kind: 'API_KEY', pattern: /\b[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{40,120}/g },
];

const PASSWORD = String.raw`pass(?:word|wd|phrase|code)|pwd|passw`;
const KEY = String.raw`(?:api|access|secret|private|auth|encryption|signing|master|account|shared[_-]?access|application|consumer|license|ssh|deploy|webhook|rsa)[_ -]?key`;
const TOKEN = String.raw`(?:client|app|shared|consumer|webhook|signing|jwt)[_ -]?secret|(?:access|auth|refresh|id|api|bot|session|csrf|xsrf|bearer|security|app|deploy|personal|sas|oauth)[_ -]?token|connection[_ -]?string|credentials?`;
const ANY = String.raw`key|token|secret|auth|session|sid|signature|sig|hmac|salt`;

/** After a name, before its value; `"` may be escaped, as in JSON that was logged as a string. */
const IS = String.raw`(?:\\?["'])?\s{0,3}(?:=>|:=|[:=])\s{0,3}`;
/** Goes on over a comma or a bracket that something follows at once: passwords have those in them. */
const BARE = String.raw`(?<value>(?:[^\s"'\`;&<>,|\\(){}[\]]|[<>,|(){}[\]](?=[^\s"'\`;&<>,|\\(){}[\]])){3,4000})`;
/** In quotes of which the last is escaped if the first is. */
const QUOTED = [
  String.raw`\\(?<quote>["'])(?<value>(?:(?!\\\k<quote>)[^\r\n]){1,4000})`,
  String.raw`(?<quote>["'\`])(?<value>(?:\\[^\r\n]|(?!\k<quote>)[^\\\r\n]){1,4000})`,
];

/** What its name gives away. */
const NAMED: readonly Detector[] = [
  {
    kind: 'SECRET',
    pattern:
      /(?:authorization|x-(?:[a-z]{1,20}-){0,3}(?:key|token|secret|signature|password))(?:\\?["'])?\s{0,3}[:=]\s{0,3}(?:\\?["'])?(?:(?:bearer|basic|token|apikey|negotiate)\s{1,3})?(?<value>(?:(?:digest|aws4-hmac-sha256|hawk)\s[^\r\n]{1,1000})|[^\s"'\\,;]{4,4000})/gi,
    check: isPassword,
  },
  {
    kind: 'SECRET',
    pattern:
      /\bcookies?(?:\\?["'])?\s{0,3}[:=]\s{0,3}(?:\\?["'])?(?<value>[^\s"'\\;,]{4,4000}(?:;\s?[^\s"'\\;,=]{1,200}=[^\s"'\\;,]{0,4000}){0,50})/gi,
    check: (value) => value.includes('='),
  },
  {
    kind: 'SECRET',
    pattern: /\b(?:bearer|basic|digest|token)\s{1,3}(?<value>[\w.~+/=-]{16,4000})/gi,
    check: isToken,
  },
  ...quoted(PASSWORD, isPassword),
  ...quoted(`${KEY}|${TOKEN}`, isSecret),
  { kind: 'SECRET', pattern: new RegExp(`(?:${PASSWORD})(?:=>?|:=?)${BARE}`, 'gi'), check: isPassword },
  // At the end of its line, as in YAML, also where that was written into JSON; else it is a sentence about a password, and has to look like one.
  {
    kind: 'SECRET',
    pattern: new RegExp(String.raw`(?:${PASSWORD})\s?[:=]\s{1,3}${BARE}(?=\s*$|\\[nr])`, 'gim'),
    check: isPassword,
  },
  {
    kind: 'SECRET',
    pattern: new RegExp(`(?:${PASSWORD}|${KEY}|${TOKEN})${IS}${BARE}`, 'gi'),
    check: isSecret,
  },
  {
    kind: 'SECRET',
    pattern: new RegExp(
      String.raw`(?<![\w-])--?(?:${PASSWORD}|${KEY}|${TOKEN}|token|secret)\s{1,3}["']?${BARE}`,
      'gi',
    ),
    check: isPassword,
  },
  {
    kind: 'SECRET',
    pattern: new RegExp(String.raw`(?:${ANY})${IS}(?:\\?["'])?(?<value>[\w.~+/-]{16,4000}={0,2})`, 'gi'),
    check: isMixed,
  },
  {
    kind: 'SECRET',
    // Not after `key`: the keys of caches are like this.
    pattern: new RegExp(
      String.raw`(?:token|secret|auth|session|sid|sig|hmac|salt)${IS}(?:\\?["'])?(?<value>[0-9a-fA-F-]{32,200})`,
      'gi',
    ),
    check: isHex,
  },
];

function quoted(names: string, check: (value: string) => boolean): readonly Detector[] {
  return QUOTED.map((value) => ({
    kind: 'SECRET',
    pattern: new RegExp(`(?:${names})${IS}${value}`, 'gi'),
    check,
  }));
}

export const SECRETS: readonly Detector[] = [...FORMS, ...NAMED];

/** Whether what stands under this name in an object is a secret by its name alone. */
export function secretCheckOf(name: string): ((value: string) => boolean) | null {
  if (/^(?:.*[^a-z])?(?:authorization|set-cookie|cookie)$/i.test(name)) return isPassword;
  return NAMES.find(([names]) => names.test(name))?.[1] ?? null;
}

const NAMES: readonly (readonly [RegExp, (value: string) => boolean])[] = [
  [new RegExp(`(?:${PASSWORD})$`, 'i'), isPassword],
  [new RegExp(`(?:${KEY}|${TOKEN})$`, 'i'), isSecret],
  [/key$/i, isMixed],
  [new RegExp(`(?:${ANY})$`, 'i'), (value) => isMixed(value) || isHex(value)],
];
