import { setTimeout as sleep } from 'node:timers/promises';

import {
  DiscordAPIError,
  HTTPError,
  parseResponse,
  RateLimitError,
  REST,
  type RawFile,
  type RESTOptions,
} from 'discord.js';

import { ProviderError } from '#src/errors.ts';

import { CALLS, type AnswerTo, type CallName, type ParamsOf, type Spec } from './calls.ts';
import { PLATFORM } from './limits.ts';
import { Pace, type Priority } from './pace.ts';

export interface CallOptions {
  /** Where it is a function, it is asked when the call is really made. */
  readonly body?: object | (() => Promise<object>);
  readonly query?: Readonly<Record<string, string>>;
  readonly files?: RawFile[];
  readonly priority?: Priority;
}

/** Discord's API. Every method throws ProviderError. */
export interface Api {
  call<N extends CallName>(name: N, params: ParamsOf<N>, options?: CallOptions): Promise<AnswerTo<N>>;
  /** The clock of Discord, as it says it with every answer, in milliseconds; null when it does not. */
  clock(): Promise<number | null>;
}

/** A call that is not answered by then has failed, in milliseconds; a file takes longer. */
const DEADLINE_MS = 10_000;
const UPLOAD_MS = 60_000;

/** A limit that lasts longer than this is told to who called, who can do something else meanwhile. */
const LONGEST_WAIT_MS = 3000;

/** Clocks do not run quite alike. */
const MARGIN_MS = 20;

/** Before each try that follows, in milliseconds. */
const WAITS_MS = [200, 800];

interface Settings {
  readonly token: string;
  readonly guildId: string;
  readonly apiUrl: string;
}

/**
 * The platform's own fetch. Left to itself the library calls through whichever copy of its HTTP client the
 * process loaded first, and that of another version takes no files from it.
 */
export const BY_FETCH: Pick<RESTOptions, 'makeRequest'> = {
  makeRequest: async (url, init) => await fetch(url, init as unknown as RequestInit),
};

/**
 * `apiUrl` without a slash at the end, like `https://discord.com/api`. Answers to
 * people have a client of their own: what slows the others down does not slow them.
 */
export function makeApi({ token, guildId, apiUrl }: Settings): Api {
  const options = {
    api: apiUrl,
    version: '10',
    // What may be repeated is repeated here, and only that.
    retries: 0,
    timeout: UPLOAD_MS,
    ...BY_FETCH,
    rejectOnRateLimit: ({ retryAfter }: { readonly retryAfter: number }) => retryAfter > LONGEST_WAIT_MS,
  };
  const clients = { answer: new REST(options), shared: new REST(options) };
  const pace = new Pace();
  const request = async (name: CallName, path: string, given: CallOptions) => {
    const { tier }: Spec = CALLS[name];
    // The library forgets the token when Discord has once refused it; it may be good again by now.
    return await clients[tier].setToken(token).queueRequest(await requestOf(CALLS[name], path, given));
  };

  /** Whether the bot is not in the server at all, and not just kept out of one channel. */
  const isTakenOut = async () => {
    const asked = request('guild', fill(CALLS.guild.path, { guild_id: guildId }), {});
    return await asked.then(
      () => false,
      (error: unknown) => NOT_IN_GUILD.has(codeOf(error) ?? 0),
    );
  };

  return {
    async call(name, params, given = {}) {
      const { method, path, tier, again }: Spec = CALLS[name];
      const filled = fill(path, params);
      const send = async () => {
        const response = await request(name, filled, given);
        return { value: await parseResponse(response), holdMs: holdMs(response.headers) };
      };
      const work = () => repeated(again, send);
      try {
        const lane = `${path.endsWith('/@me') ? '' : method} ${path} ${major(params)}`;
        const done =
          tier === 'answer' ? (await work()).value : await pace.run(lane, given.priority ?? 'later', work);
        return done as AnswerTo<typeof name>;
      } catch (error) {
        if (path.startsWith('/channels/') && NOT_IN_GUILD.has(codeOf(error) ?? 0) && (await isTakenOut())) {
          throw takenOut(error, name);
        }
        throw providerError(error, name, path);
      }
    },
    async clock() {
      const { path } = CALLS.me;
      try {
        const date = Date.parse((await request('me', path, {})).headers.get('date') ?? '');
        return Number.isNaN(date) ? null : date;
      } catch (error) {
        throw providerError(error, 'clock', path);
      }
    },
  };
}

/** Discord says with each answer when the next call of its kind may be made. */
function holdMs(headers: { get(name: string): string | null }): number {
  if (headers.get('x-ratelimit-remaining') !== '0') return 0;
  const seconds = Number(headers.get('x-ratelimit-reset-after'));
  return Number.isFinite(seconds) ? Math.ceil(seconds * 1000) + MARGIN_MS : 0;
}

type Request = Parameters<REST['queueRequest']>[0];

async function requestOf({ method, tier }: Spec, path: string, given: CallOptions): Promise<Request> {
  const { files, query } = given;
  const body = typeof given.body === 'function' ? await given.body() : given.body;
  return {
    fullRoute: path as `/${string}`,
    method: method as Request['method'],
    auth: tier === 'shared',
    signal: AbortSignal.timeout(files ? UPLOAD_MS : DEADLINE_MS),
    ...(body === undefined ? null : { body }),
    ...(files === undefined ? null : { files }),
    ...(query === undefined ? null : { query: new URLSearchParams(query) }),
  };
}

async function repeated<T>(again: boolean, send: () => Promise<T>): Promise<T> {
  for (const wait of again ? WAITS_MS : []) {
    try {
      return await send();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await sleep(wait);
    }
  }
  return await send();
}

/** Discord's own number of what it refused; null for any other error. */
export function codeOf(error: unknown): number | null {
  const cause = error instanceof ProviderError ? error.cause : error;
  return cause instanceof DiscordAPIError && typeof cause.code === 'number' ? cause.code : null;
}

/** The HTTP status with which Discord refused; null for any other error. */
export function statusOf(error: unknown): number | null {
  const cause = error instanceof ProviderError ? error.cause : error;
  return cause instanceof DiscordAPIError || cause instanceof HTTPError ? cause.status : null;
}

const NO_MORE_CHANNELS = 30013;

/** Whether a channel was refused because the server has as many as it can (`MAX.inServer`). */
export function isServerFull(error: unknown): boolean {
  return codeOf(error) === NO_MORE_CHANNELS;
}

/** What is not there any more, by Discord's numbers. */
const GONE: Readonly<Record<number, 'room' | 'message' | 'person'>> = {
  10003: 'room',
  10008: 'message',
  10007: 'person',
  10013: 'person',
  50033: 'person',
};

/** The server is not there for us: nothing that we do helps, until somebody invites the bot again. */
const NOT_IN_GUILD = new Set([10004, 50001]);
const BAD_ANSWER_TOKEN = 50027;

function providerError(error: unknown, name: string, path: string): ProviderError {
  const fail = (
    why: string,
    rest: { retry: boolean; retryAfterMs?: number; gone?: 'room' | 'message' | 'person' },
  ) => new ProviderError(PLATFORM, `${name}: ${why}`, { ...rest, cause: error });

  if (error instanceof ProviderError) return error;
  if (error instanceof RateLimitError) {
    return fail('too many calls', { retry: true, retryAfterMs: error.retryAfter });
  }
  if (!(error instanceof DiscordAPIError)) {
    return fail(error instanceof Error ? error.message || error.name : 'no answer', { retry: true });
  }
  const { code, status, message } = error;
  const why = `${message} (${code})`;
  const isToken = status === 401 && code !== BAD_ANSWER_TOKEN;
  if (isToken) return fail(`the token is not accepted: ${why}`, { retry: true });
  if (path.startsWith('/guilds/') && NOT_IN_GUILD.has(Number(code))) return takenOut(error, name);
  const gone = GONE[Number(code)];
  return fail(why, { retry: false, ...(gone ? { gone } : null) });
}

function takenOut(cause: unknown, name: string): ProviderError {
  const why = cause instanceof DiscordAPIError ? `: ${cause.message} (${cause.code})` : '';
  return new ProviderError(PLATFORM, `${name}: the bot is not in the server${why}`, { retry: true, cause });
}

/** It may be over in a moment: Discord's own failures, and connections that broke off. Not what took too long already. */
function isPassing(error: unknown): boolean {
  if (error instanceof HTTPError) return true;
  if (error instanceof DiscordAPIError || error instanceof RateLimitError) return false;
  return error instanceof Error && error.name !== 'AbortError' && error.name !== 'TimeoutError';
}

function fill(path: string, params: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

/** What Discord's limits of a route are counted by. */
function major(params: Readonly<Record<string, string>>): string {
  return params['channel_id'] ?? params['guild_id'] ?? '';
}
