import type { IncomingMessage, ServerResponse } from 'node:http';

import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  INVOKE_RESPONSE_KEY,
  type Activity,
  type TurnContext,
} from 'botbuilder';

import { tenantOf } from './places.ts';
import type { TeamsSettings } from './settings.ts';

/** Where Teams sends everything to. */
export const PATH = '/api/messages';

/** The largest activity that is read, in bytes. */
const BODY_BYTES = 1_000_000;

interface Deps {
  readonly settings: TeamsSettings;
  /** Runs for every genuine activity, and answers the invokes. */
  readonly genuine: (context: TurnContext) => Promise<void>;
  readonly isOpen: () => boolean;
  readonly report: (error: unknown) => void;
}

type Answered = { readonly status: number; readonly body?: unknown };

/**
 * The door: the library's CloudAdapter checks who signed a call, with the keys of
 * the Bot Framework, on every call. Whatever fails there is answered 401.
 */
export function makeDoor({ settings, genuine, isOpen, report }: Deps) {
  const adapter = new CloudAdapter(authenticationFor(settings));

  async function admit(request: IncomingMessage): Promise<Answered> {
    if (request.method !== 'POST') return { status: 405 };
    if (!isOpen()) return { status: 503 };
    const authorization = request.headers.authorization ?? '';
    if (settings.appId !== '' && authorization === '') return { status: 401 };
    if (settings.appId === '' && !isFromHere(request)) return { status: 403 };
    // A page in a browser of this machine can send plain text anywhere, but not this.
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return { status: 415 };
    const raw = await bodyOf(request);
    if (raw === null) return { status: 413 };
    const activity = activityIn(raw);
    if (activity === null) return { status: 400 };
    const tenant = tenantOf(activity);
    const isOurs = settings.tenantId === '' || tenant === undefined || tenant === settings.tenantId;
    if (!isOurs) return { status: 403 };
    return await checked(adapter, { activity, authorization }, genuine);
  }

  async function answered(request: IncomingMessage): Promise<Answered> {
    try {
      return await admit(request);
    } catch (error) {
      report(error);
      return { status: 500 };
    }
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body } = await answered(request);
    // Who is refused before the body was read is not read on.
    if (!request.complete) response.setHeader('connection', 'close');
    if (body === undefined) {
      response.writeHead(status).end();
      return;
    }
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body));
  };
}

async function checked(
  adapter: CloudAdapter,
  { activity, authorization }: { readonly activity: Activity; readonly authorization: string },
  genuine: Deps['genuine'],
): Promise<Answered> {
  let isGenuine = false;
  let answer: Answered = { status: activity.type === 'invoke' ? 501 : 200 };
  try {
    // Not `process`, which writes a stack for each forgery, and answers 500 to a bad signature.
    await adapter.processActivityDirect(authorization, activity, async (context) => {
      isGenuine = true;
      await genuine(context);
      const invoked = context.turnState.get<{ readonly value: Answered }>(INVOKE_RESPONSE_KEY);
      if (invoked) answer = { status: invoked.value.status, body: invoked.value.body };
    });
  } catch (error) {
    if (isGenuine) throw error;
    return { status: 401 };
  }
  return answer;
}

/** All of it is said, so that every address can be somebody else's; none of the library's own defaults is used. */
function authenticationFor(settings: TeamsSettings): ConfigurationBotFrameworkAuthentication {
  const { appId, appPassword, tenantId, loginUrl, openIdUrl, issuer } = settings;
  if (appId === '') return new ConfigurationBotFrameworkAuthentication({});
  return new ConfigurationBotFrameworkAuthentication({
    MicrosoftAppId: appId,
    MicrosoftAppPassword: appPassword,
    MicrosoftAppType: 'MultiTenant',
    MicrosoftAppTenantId: tenantId,
    ToChannelFromBotLoginUrl: `${loginUrl}/${tenantId}`,
    ToChannelFromBotOAuthScope: 'https://api.botframework.com',
    ToBotFromChannelTokenIssuer: issuer,
    OAuthUrl: 'https://api.botframework.com',
    ToBotFromChannelOpenIdMetadataUrl: openIdUrl,
    // The emulator's tokens are none of ours: with these keys they never fit.
    ToBotFromEmulatorOpenIdMetadataUrl: openIdUrl,
    ValidateAuthority: 'false',
    CallerId: 'urn:botframework:azure',
  });
}

function isFromHere({ socket }: IncomingMessage): boolean {
  return /^(?:::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '');
}

/** Null for a body that is too large. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Null for what is no activity of Teams. The library trusts other channels in other ways, so none is let in. */
function activityIn(raw: string): Activity | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw);
  } catch {
    return null;
  }
  const activity = (parsed ?? {}) as Partial<Activity>;
  const isWhole =
    activity.channelId === 'msteams' &&
    typeof activity.type === 'string' &&
    isUrl(activity.serviceUrl) &&
    typeof activity.conversation?.id === 'string' &&
    activity.conversation.id !== '' &&
    typeof activity.recipient?.id === 'string' &&
    (typeof activity.from?.id === 'string' || !['message', 'invoke'].includes(activity.type));
  if (!isWhole) return null;
  const { timestamp } = activity as { readonly timestamp?: unknown };
  const at = typeof timestamp === 'string' ? new Date(timestamp) : null;
  return {
    ...activity,
    ...(at && !Number.isNaN(at.getTime()) ? { timestamp: at } : { timestamp: undefined }),
  } as Activity;
}

function isUrl(url: unknown): boolean {
  return typeof url === 'string' && /^https?:\/\//.test(url) && URL.canParse(url);
}
