import { setTimeout as sleep } from 'node:timers/promises';

import type { Urgency } from '#src/chat/queueing.ts';
import { ProviderError } from '#src/errors.ts';

import { PLATFORM } from './limits.ts';
import { CONNECTOR_RATE, METHODS, RATES, type Method, type MethodName, type Service } from './methods.ts';
import { Pace } from './pace.ts';
import type { TeamsSettings } from './settings.ts';
import { Tokens } from './tokens.ts';
import { bytesOf, refusal, Refused, signedFetch } from './wire.ts';

interface Call {
  /** What stands in the braces of the path. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** A function is asked when it is the call's turn. */
  readonly body?: object | (() => Promise<object>);
  /** Of the Bot Connector: the conversation that it is about, where none is in the path. */
  readonly at?: string;
  /** What is not there when it is not found, where it depends. */
  readonly gone?: Method['gone'];
  /** What the call is counted for; where left out, the conversation or the team. */
  readonly lane?: string;
  readonly urgency?: Urgency;
  /** Of calls under the same name that wait, only the latest is made. */
  readonly merge?: string;
}

/** All that we say to Teams goes through here: in its turn, under a deadline, and what fails is a ProviderError. */
export interface Api {
  call<T>(method: MethodName, call: Call): Promise<T>;
  /** The bytes of a file, with our token for that service if it is one of theirs. */
  download(url: string, service: Service | null): Promise<Uint8Array>;
  /** Whether the issuer gives us a token. */
  signIn(): Promise<void>;
}

const DEADLINE_MS = 10_000;
const DOWNLOAD_MS = 60_000;

/** What only asks is asked again once, so many milliseconds later. */
const AGAIN_MS = 250;

/** When a channel is tried again in which the app is not, though it is in the team, in milliseconds. */
const SHUT_OUT_MS = 30_000;

/** @param serviceUrlOf where the Bot Connector has a conversation */
export function makeApi(
  settings: TeamsSettings,
  now: () => Date,
  serviceUrlOf: (conversation: string) => Promise<string>,
): Api {
  const tokens = new Tokens(settings, now);
  const paces = { connector: new Pace(CONNECTOR_RATE), graph: new Pace([]) };

  async function ask(method: Method, name: MethodName, given: Call): Promise<unknown> {
    const { service, verb } = method;
    const body = typeof given.body === 'function' ? await given.body() : given.body;
    const at = given.at ?? given.params?.['conversation'] ?? '';
    const base = service === 'graph' ? settings.graphUrl : await serviceUrlOf(at);
    const init: RequestInit = body
      ? { method: verb, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
      : { method: verb };
    const url = addressOf(base, method, given);
    const response = await signedFetch(tokens, { service, url, init, deadlineMs: DEADLINE_MS });
    if (response.ok) return await response.json().catch(() => null);
    throw await refusal(response, given.gone ? { ...method, gone: given.gone } : method, name);
  }

  /** Whether the app is not in the team at all, and not just in that one conversation. */
  const isTakenOut = async () => {
    const lobby = { params: { conversation: settings.channelId }, query: { pageSize: '50' } };
    return await ask(METHODS.members, 'members', lobby).then(() => false, isNotInRoster);
  };

  return {
    async call<T>(name: MethodName, given: Call): Promise<T> {
      const method: Method = METHODS[name];
      const windows = RATES[method.rate];
      const { params = {}, urgency = 'message', merge } = given;
      const lane = `${method.rate} ${given.lane ?? params['conversation'] ?? params['team'] ?? ''}`;
      const pace = paces[method.service];
      const make = async () => {
        try {
          return await ask(method, name, given);
        } catch (error) {
          const wait = error instanceof ProviderError ? error.retryAfterMs : undefined;
          if (wait !== undefined) pace.rest(lane, windows, name, wait);
          throw isNotInRoster(error) && isChannel(given) ? shutOut(error, await isTakenOut()) : error;
        }
      };
      const paced = async () => {
        // Calls are counted where they arrive: one that still waited for a token would come together with later ones.
        await tokens.of(method.service);
        return (await pace.run(lane, windows, make, { urgency, merge, kind: name })) as T;
      };
      return await (method.verb === 'GET' ? twice(paced) : paced());
    },
    download: async (url, service) => await downloaded(tokens, url, service),
    async signIn() {
      await tokens.of('connector');
    },
  };
}

async function downloaded(tokens: Tokens, ...[url, service]: Parameters<Api['download']>) {
  const wanted = { service, url, init: { method: 'GET' }, deadlineMs: DOWNLOAD_MS };
  const response = await signedFetch(tokens, wanted);
  if (!response.ok) throw await refusal(response, {}, 'the download');
  return await bytesOf(response);
}

function isNotInRoster(error: unknown): error is Refused {
  return error instanceof Refused && error.code === 'BotNotInConversationRoster';
}

function isChannel({ at, params }: Call): boolean {
  return (at ?? params?.['conversation'] ?? '').startsWith('19:');
}

/**
 * Nothing that we do helps until somebody puts the app into the team again: then it goes on where it
 * stopped. Where it is in the team it may have come back this moment, or is missing in that channel alone.
 */
function shutOut(cause: Refused, isTakenOut: boolean): ProviderError {
  if (isTakenOut) {
    return new ProviderError(PLATFORM, 'the app was taken out of the team', { retry: true, cause });
  }
  return new ProviderError(PLATFORM, cause.message, { retry: true, retryAfterMs: SHUT_OUT_MS, cause });
}

async function twice<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const mayPass = error instanceof ProviderError && error.retry && error.retryAfterMs === undefined;
    if (!mayPass) throw error;
    await sleep(AGAIN_MS);
    return await ask();
  }
}

function addressOf(base: string, { path }: Method, { params = {}, query }: Call): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  return `${base.replace(/\/+$/, '')}${filled}${query ? `?${new URLSearchParams(query).toString()}` : ''}`;
}
