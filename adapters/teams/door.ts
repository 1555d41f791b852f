import type { IncomingMessage, ServerResponse } from 'node:http';

import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  INVOKE_RESPONSE_KEY,
  type Activity,
  type TurnContext,
} from 'botbuilder';

import { within } from '#src/chat/within.ts';
import { ProviderError } from '#src/errors.ts';

import { PLATFORM } from './limits.ts';
import { tenantOf } from './places.ts';
import type { TeamsSettings } from './settings.ts';

/** Where Teams sends everything to. */
export const PATH = '/api/messages';

/** The largest activity that is read, in bytes. */
const BODY_BYTES = 1_000_000;

/** So long the signing keys are waited for, which the library fetches once a day without a deadline, in milliseconds. */
const KEYS_MS = 5000;

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
 * the Bot Framework, on every call. What is not signed as it should be is answered
 * 401, and what cannot be checked because the keys do not come 503: Teams sends it again.
 */
export function makeDoor({ settings, genuine, isOpen, report }: Deps) {
  const adapter = new Turning(authenticationFor(settings));

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
    const proof = await proved({ activity, authorization });
    return 'status' in proof ? proof : await adapter.run(proof, activity, genuine);
  }

  async function proved(call: Call): Promise<Proof | Answered> {
    try {
      return await adapter.prove(call);
    } catch (error) {
      if (!(error instanceof ProviderError)) return { status: 401 };
      report(error);
      return { status: 503 };
    }
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

interface Call {
  readonly activity: Activity;
  readonly authorization: string;
}

/** What a call proved about who sent it; the library keeps the type to itself. */
type Proof = Awaited<ReturnType<ConfigurationBotFrameworkAuthentication['authenticateRequest']>>;

/** The library's adapter in two steps: who failed at which of them matters, and its own ways do not tell. */
class Turning extends CloudAdapter {
  readonly #authentication: ConfigurationBotFrameworkAuthentication;

  constructor(authentication: ConfigurationBotFrameworkAuthentication) {
    super(authentication);
    this.#authentication = authentication;
  }

  /** @throws ProviderError when it cannot be said who sent it now, any other error when it is a forgery */
  async prove({ activity, authorization }: Call): Promise<Proof> {
    const proving = this.#authentication.authenticateRequest(activity, authorization);
    try {
      const proved = await within(KEYS_MS, proving);
      if (proved) return proved.value;
    } catch (error) {
      throw isUnchecked(error) ? unchecked(error) : error;
    }
    proving.catch(() => {});
    throw unchecked(new Error(`nothing was heard of the signing keys for ${KEYS_MS} ms`));
  }

  async run(proof: Proof, activity: Activity, genuine: Deps['genuine']): Promise<Answered> {
    let answer: Answered = { status: activity.type === 'invoke' ? 501 : 200 };
    await this.processActivity(proof, activity, async (context) => {
      await genuine(context);
      const invoked = context.turnState.get<{ readonly value: Answered }>(INVOKE_RESPONSE_KEY);
      if (invoked) answer = { status: invoked.value.status, body: invoked.value.body };
    });
    return answer;
  }
}

/** Nothing is said about the signature by that: the keys, or the address where they are, could not be fetched. */
function isUnchecked(error: unknown): boolean {
  const { name, statusCode } = error as { readonly name?: string; readonly statusCode?: number };
  return name === 'FetchError' || (statusCode !== undefined && statusCode >= 500);
}

function unchecked(cause: unknown): ProviderError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const text = `who signed a call cannot be checked, so it was not let in: ${why}`;
  return new ProviderError(PLATFORM, text, { retry: true, cause });
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
