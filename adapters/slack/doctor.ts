import type { SlackSettings } from './adapter.ts';
import { DEADLINES } from './limits.ts';
import { botScopes } from './methods.ts';
import { PATH } from './names.ts';

/** One thing that was looked at: what is so, and how to mend it where it is not well. */
export interface Finding {
  readonly ok: boolean;
  readonly what: string;
  readonly fix: string;
}

const FRESH_MANIFEST =
  'Paste manifests/slack.yaml into "App Manifest" of the app at api.slack.com/apps, save it, and press "Reinstall to Workspace" under "Install App".';

/** Slack refuses what is signed more than five minutes ago; half of it is a warning. */
const CLOCK_MS = 150_000;

/** Looks at the set-up as Slack sees it; changes nothing there. */
export async function checkSlack(settings: SlackSettings, now: () => Date): Promise<readonly Finding[]> {
  const kinds = tokenKinds(settings);
  if (kinds.some(({ ok }) => !ok)) return kinds;
  const bot = await ask(settings, 'auth.test', settings.botToken);
  const found = [...kinds, ...reached(settings, bot)];
  if (bot === null || !bot.ok) return found;
  const { appToken } = settings;
  const way = appToken === undefined ? await checkAddress(settings) : await checkSocket(settings, appToken);
  return [...found, ...scopesOf(bot), clockOf(bot, now), way];
}

function tokenKinds({ botToken, appToken, signingSecret }: SlackSettings): Finding[] {
  const findings = [
    finding(
      botToken.startsWith('xoxb-'),
      'SLACK_BOT_TOKEN is a bot token',
      'Take the "Bot User OAuth Token", which begins with xoxb-, from "OAuth & Permissions".',
    ),
  ];
  if (appToken !== undefined) {
    const fix =
      'Make one under "Basic Information", "App-Level Tokens", with the scope connections:write; it begins with xapp-.';
    return [...findings, finding(appToken.startsWith('xapp-'), 'SLACK_APP_TOKEN is an app token', fix)];
  }
  const isSecret = /^[0-9a-f]{32}$/i.test(signingSecret ?? '');
  const fix =
    'Take the "Signing Secret", 32 hexadecimal digits, from "Basic Information", or set SLACK_APP_TOKEN.';
  return [...findings, finding(isSecret, 'SLACK_SIGNING_SECRET is a signing secret', fix)];
}

interface Answer {
  readonly ok: boolean;
  readonly error: string;
  readonly team: string;
  readonly scopes: readonly string[];
  readonly date: string | null;
}

/** Null where nobody answers. */
async function ask({ apiUrl }: SlackSettings, method: string, token: string): Promise<Answer | null> {
  try {
    const response = await fetch(new URL(method, apiUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
      signal: AbortSignal.timeout(DEADLINES.call),
    });
    const body = (await response.json()) as { ok?: boolean; error?: string; team?: string };
    const scopes = (response.headers.get('x-oauth-scopes') ?? '').split(',').map((it) => it.trim());
    return {
      ok: body.ok === true,
      error: body.error ?? `status ${response.status}`,
      team: body.team ?? '',
      scopes: scopes.filter((it) => it !== ''),
      date: response.headers.get('date'),
    };
  } catch {
    return null;
  }
}

function reached({ apiUrl }: SlackSettings, answer: Answer | null): Finding[] {
  if (answer === null) {
    return [
      finding(
        false,
        `Slack is reached at ${apiUrl}`,
        'Let this machine reach it, or set SLACK_API_URL to a proxy that may.',
      ),
    ];
  }
  const what = answer.ok
    ? `Slack lets the bot into ${answer.team}`
    : `Slack lets the bot in (it says ${answer.error})`;
  return [
    finding(
      answer.ok,
      what,
      'Install the app ("Install App"), and put its new Bot User OAuth Token into SLACK_BOT_TOKEN.',
    ),
  ];
}

function scopesOf({ scopes: granted }: Answer): Finding[] {
  // A proxy may keep the header to itself; then nothing can be said.
  if (granted.length === 0) return [];
  const wanted = botScopes();
  const missing = wanted.filter((it) => !granted.includes(it));
  const more = granted.filter((it) => !wanted.includes(it));
  const listed = (some: readonly string[]) => some.join(', ');
  return [
    finding(
      missing.length === 0,
      missing.length === 0 ? 'No scope is missing' : `Scopes are missing: ${listed(missing)}`,
      FRESH_MANIFEST,
    ),
    finding(
      more.length === 0,
      more.length === 0
        ? 'No scope is there that is not used'
        : `Scopes are there that are not used: ${listed(more)}`,
      FRESH_MANIFEST,
    ),
  ];
}

function clockOf({ date }: Answer, now: () => Date): Finding {
  const difference = date === null ? 0 : Math.abs(new Date(date).getTime() - now().getTime());
  const seconds = Math.round(difference / 1000);
  return finding(
    difference <= CLOCK_MS,
    `The clock is ${seconds} s off Slack's`,
    'Turn on time synchronisation of this machine, such as systemd-timesyncd or chrony.',
  );
}

async function checkSocket(settings: SlackSettings, appToken: string): Promise<Finding> {
  const answer = await ask(settings, 'apps.connections.open', appToken);
  const what = 'Slack opens a socket';
  if (answer?.ok) return finding(true, what, '');
  const isOff = answer?.error === 'not_allowed_token_type' || answer?.error === 'forbidden';
  const fix = isOff
    ? `Turn on "Socket Mode" of the app. ${FRESH_MANIFEST}`
    : 'Make an app token under "Basic Information", "App-Level Tokens", with the scope connections:write, and put it into SLACK_APP_TOKEN.';
  return finding(false, `${what} (it says ${answer?.error ?? 'nothing'})`, fix);
}

/** What is not signed by Slack is refused by us: whoever refuses it so is us. */
async function checkAddress({ publicUrl }: SlackSettings): Promise<Finding> {
  const url = `${publicUrl}${PATH}`;
  const what = `Slack's calls get to ${url}`;
  const fix = `Start the program, let ${url} lead to it from outside by https, and paste a manifest made with that address.`;
  try {
    const init = { method: 'POST', body: '{}', signal: AbortSignal.timeout(DEADLINES.call) };
    const { status } = await fetch(url, init);
    return finding(status === 401 && publicUrl.startsWith('https://'), `${what} (status ${status})`, fix);
  } catch {
    return finding(false, what, fix);
  }
}

function finding(ok: boolean, what: string, fix: string): Finding {
  return { ok, what, fix };
}
