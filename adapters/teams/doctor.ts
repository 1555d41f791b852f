import { ProviderError } from '#src/errors.ts';

import { adminPermissions, rscPermissions, usefulRoles } from './methods.ts';
import type { TeamsSettings } from './settings.ts';
import { Tokens } from './tokens.ts';

/** One thing that was looked at: what is so, and how to mend it where it is not well. */
export interface Finding {
  readonly ok: boolean;
  readonly what: string;
  readonly fix: string;
}

const DEADLINE_MS = 10_000;

/** Tokens are refused that are this far from our time: the library allows five minutes, half of it is a warning. */
const CLOCK_MS = 150_000;

/** Looks at the set-up as Microsoft sees it; changes nothing there. */
export async function checkTeams(settings: TeamsSettings, now: () => Date): Promise<readonly Finding[]> {
  const told = [...kinds(settings), await keysAt(settings, now)];
  if (settings.appId === '') return told;
  const tokens = new Tokens(settings, now);
  const connector = await tokenOf(tokens, 'connector');
  if (!connector.ok) return [...told, connector];
  return [...told, connector, ...(await graph(settings, tokens))];
}

function kinds({
  appId,
  appPassword,
  tenantId,
  channelId,
  teamId,
  publicUrl,
  isLoopback,
}: TeamsSettings): Finding[] {
  const guid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
  const about: Finding[] = [
    finding(
      /^19:[^;]+@thread\.(?:tacv2|skype)$/.test(channelId),
      'TEAMS_CHANNEL_ID is a channel',
      'In Teams: the channel, "Get link to channel"; the part between /channel/ and the next slash, decoded: it begins with 19: and ends in @thread.tacv2.',
    ),
    finding(
      teamId === undefined || guid.test(teamId),
      teamId === undefined
        ? 'TEAMS_TEAM_ID is not set: rooms are threads of the channel'
        : 'TEAMS_TEAM_ID is a team',
      'In Teams: the team, "Get link to team"; the value of groupId.',
    ),
  ];
  if (appId === '') {
    const what = 'TEAMS_APP_ID is empty: no authentication, for a test platform on this machine';
    return [
      ...about,
      finding(isLoopback, what, 'Set TEAMS_APP_ID and TEAMS_APP_PASSWORD, or HOST to 127.0.0.1.'),
    ];
  }
  return [
    ...about,
    finding(
      guid.test(appId),
      'TEAMS_APP_ID is an app',
      'Azure: the bot, "Configuration", "Microsoft App ID".',
    ),
    finding(
      guid.test(tenantId),
      'TEAMS_TENANT_ID is an organisation',
      'Azure: the app registration, "Directory (tenant) ID".',
    ),
    finding(
      appPassword !== '' && !guid.test(appPassword),
      'TEAMS_APP_PASSWORD is a secret',
      'Azure: the app registration, "Certificates & secrets", the "Value" of a client secret, not its "Secret ID".',
    ),
    finding(
      publicUrl.startsWith('https://'),
      'PUBLIC_URL is an address that Teams can call',
      `Set PUBLIC_URL to the https address of this program, and in Azure the bot's "Messaging endpoint" to that with /api/messages.`,
    ),
  ];
}

/** The keys that calls are checked with, and, by the date of the answer, our clock. */
async function keysAt({ openIdUrl, appId }: TeamsSettings, now: () => Date): Promise<Finding> {
  const what = 'the keys that calls are signed with can be fetched, and the clock is right';
  if (appId === '') return finding(true, 'no keys are needed', '');
  try {
    const response = await fetch(openIdUrl, { signal: AbortSignal.timeout(DEADLINE_MS) });
    const body = (await response.json()) as { readonly jwks_uri?: string };
    if (!response.ok || body.jwks_uri === undefined) {
      return finding(false, what, `Check TEAMS_OPENID_URL: ${openIdUrl} has no keys.`);
    }
    const date = response.headers.get('date');
    const off = date === null ? 0 : Math.abs(Date.parse(date) - now().getTime());
    const minutes = Math.round(off / 60_000);
    return finding(
      off < CLOCK_MS,
      what,
      `The clock is wrong by ${minutes} minutes: set up time synchronisation.`,
    );
  } catch {
    return finding(
      false,
      what,
      `${openIdUrl} cannot be reached: allow this machine to call it, or check TEAMS_OPENID_URL.`,
    );
  }
}

async function tokenOf(tokens: Tokens, service: 'connector' | 'graph'): Promise<Finding> {
  const what = `a token for ${service === 'graph' ? 'Microsoft Graph' : 'the Bot Connector'} is given`;
  try {
    await tokens.of(service);
    return finding(true, what, '');
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const fix = `${error.message} Make a new client secret and set TEAMS_APP_PASSWORD; check TEAMS_APP_ID and TEAMS_TENANT_ID.`;
    return finding(false, what, fix);
  }
}

/** What an administrator grants is in the token; what a team's owner grants is asked for. */
async function graph({ teamId, graphUrl }: TeamsSettings, tokens: Tokens): Promise<Finding[]> {
  if (teamId === undefined) return [];
  const given = await tokenOf(tokens, 'graph');
  const token = given.ok ? await tokens.of('graph') : null;
  if (token === null) return [given];
  const roles = rolesIn(token);
  const missing = adminPermissions().filter((it) => !roles.includes(it));
  const unused = roles.filter((it) => !usefulRoles().includes(it));
  return [
    given,
    finding(
      missing.length === 0,
      'what an administrator must grant is granted: archiving, private rooms, the on-call tag',
      `Azure: the app registration, "API permissions", "Microsoft Graph", "Application permissions": add ${missing.join(', ')}, and "Grant admin consent".`,
    ),
    finding(
      unused.length === 0,
      'nothing is granted that is not needed',
      `Azure: the app registration, "API permissions": remove ${unused.join(', ')}.`,
    ),
    await granted(`${graphUrl}/teams/${encodeURIComponent(teamId)}/permissionGrants`, token),
  ];
}

/** What the owner of the team agreed to by adding the app. */
async function granted(url: string, token: string): Promise<Finding> {
  const what = 'the app is in the team, with what its manifest asks for';
  const add =
    'In Teams: the team, "Manage team", "Apps", "Upload a custom app": the package of `npm run teams:package`, by an owner of the team.';
  try {
    const headers = { authorization: `Bearer ${token}` };
    const init = { headers, redirect: 'error', signal: AbortSignal.timeout(DEADLINE_MS) } as const;
    const response = await fetch(url, init);
    if (response.status === 404) return finding(false, what, 'Check TEAMS_TEAM_ID: there is no such team.');
    if (!response.ok) return finding(false, what, add);
    const { value } = (await response.json()) as { readonly value: readonly { permission?: string }[] };
    const missing = rscPermissions().filter((name) => !value.some((it) => it.permission === name));
    return finding(missing.length === 0, what, `${add} Missing: ${missing.join(', ')}.`);
  } catch {
    const fix = `${new URL(url).host} cannot be reached: allow this machine to call it, or check TEAMS_GRAPH_URL.`;
    return finding(false, what, fix);
  }
}

/** A token's own list of what it may; it is not checked here, because nothing is allowed by it. */
function rolesIn(token: string): readonly string[] {
  try {
    const [, payload = ''] = token.split('.');
    const { roles } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as {
      readonly roles?: string[];
    };
    return roles ?? [];
  } catch {
    return [];
  }
}

function finding(ok: boolean, what: string, fix: string): Finding {
  return { ok, what, fix: ok ? '' : fix };
}
