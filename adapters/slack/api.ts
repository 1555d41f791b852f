import { setTimeout as sleep } from 'node:timers/promises';

import { WebClient, type Logger, type WebClientOptions } from '@slack/web-api';

import type { Urgency } from '#src/chat/queueing.ts';
import { ProviderError } from '#src/errors.ts';

import { DEADLINES, LIMITS } from './limits.ts';
import { METHODS, type Method, type MethodName } from './methods.ts';
import { Pace } from './pace.ts';
import { troubleOf } from './trouble.ts';

interface CallOptions {
  readonly urgency?: Urgency;
  /** Of calls under the same name that wait, only the latest is made. */
  readonly merge?: string;
}

type Args = Readonly<Record<string, unknown>>;

/** All that we say to Slack goes through here: in its turn, under a deadline, and what fails is a ProviderError. */
export interface Api {
  call<T extends object>(method: MethodName, args: Args, options?: CallOptions): Promise<T>;
  /** Answers a command or a press at the address that came with it. */
  respond(url: string, body: Args): Promise<void>;
  upload(url: string, bytes: Uint8Array): Promise<void>;
  download(url: string): Promise<{ readonly bytes: Uint8Array; readonly type: string }>;
  /** Who we are there. Asked once, and again after it failed. */
  me(): Promise<Me>;
}

export interface Me {
  readonly user: string;
  readonly team: string;
  /** The workspace's address, with a slash at the end. */
  readonly url: string;
}

export interface ApiSettings {
  readonly botToken: string;
  /** With a slash at the end. */
  readonly apiUrl: string;
}

/** Slack takes about one message a second for a channel, and short bursts. */
const POSTS = { most: 4, interval: 4200 } as const;

/** So often a call is made again that Slack did not take, when making it twice does no harm. */
const TRIES = 3;
const BETWEEN_MS = 250;

export function makeApi({ botToken, apiUrl }: ApiSettings, now: () => Date): Api {
  // What people wait for has a client of its own: neither a full line nor a refusal of the other one holds it up.
  const urgent = new WebClient(botToken, clientOptions(apiUrl));
  const usual = new WebClient(botToken, clientOptions(apiUrl));
  const pace = new Pace(now);
  let me: Promise<Me> | null = null;

  async function call<T extends object>(
    name: MethodName,
    args: Args,
    { urgency = 'message', merge }: CallOptions = {},
  ): Promise<T> {
    const method: Method = METHODS[name];
    const client = urgency === 'person' ? urgent : usual;
    const usualLine = { name, rate: { most: method.perMinute, interval: 60_000 } };
    const line =
      name === 'chat.postMessage' ? { name: `posts to ${String(args['channel'])}`, rate: POSTS } : usualLine;
    const make = async () => {
      try {
        return await client.apiCall(name, args);
      } catch (error) {
        const trouble = troubleOf(error, name);
        if (trouble.retryAfterMs !== undefined) pace.rest(line.name, line.rate, trouble.retryAfterMs);
        throw trouble;
      }
    };
    const paced = async () => await pace.run(line.name, line.rate, make, { urgency, merge });
    return (await repeated(method.again, paced)) as unknown as T;
  }

  return {
    call,
    respond: (url, body) =>
      talk('response_url', url, DEADLINES.call, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(body),
      }).then(drained),
    upload: (url, bytes) =>
      talk('upload', url, DEADLINES.upload, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: new Uint8Array(bytes),
      }).then(drained),
    async download(url) {
      const headers = { authorization: `Bearer ${botToken}` };
      const response = await talk('download', url, DEADLINES.upload, { headers });
      return { bytes: await readAll(response), type: response.headers.get('content-type') ?? '' };
    },
    me() {
      const asked = me ?? call<AuthTest>('auth.test', {}).then(toMe);
      me = asked;
      asked.catch(() => (me === asked ? (me = null) : me));
      return asked;
    },
  };
}

interface AuthTest {
  readonly user_id: string;
  readonly team_id: string;
  readonly url: string;
}

function toMe({ user_id: user, team_id: team, url }: AuthTest): Me {
  return { user, team, url: url.replace(/\/*$/, '/') };
}

/** Refusals come back to us at once, and nothing is tried for half an hour, which is what this library does otherwise. */
export function clientOptions(apiUrl: string): WebClientOptions {
  return {
    slackApiUrl: apiUrl,
    allowAbsoluteUrls: false,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    timeout: DEADLINES.call,
    logger: quiet(),
  };
}

/** The library's own log is left out: what matters in it comes to us as an error. */
export function quiet(report: (error: unknown) => void = () => {}): Logger {
  const nothing = () => {};
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (...what) => report(new ProviderError('slack', what.map(String).join(' '), { retry: true })),
    setLevel: nothing,
    getLevel: () => 'error' as ReturnType<Logger['getLevel']>,
    setName: nothing,
  };
}

async function repeated<T>(mayRepeat: boolean, make: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await make();
    } catch (error) {
      const isPassing = error instanceof ProviderError && error.retry && error.retryAfterMs === undefined;
      const isServer = isPassing && /status 5\d\d$/.test(error.message);
      if (!mayRepeat || !isServer || attempt >= TRIES) throw error;
      await sleep(attempt * BETWEEN_MS);
    }
  }
}

async function talk(what: string, url: string, deadline: number, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(deadline) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ProviderError('slack', `${what}: ${why}`, { retry: true, cause: error });
  }
  if (response.ok) return response;
  await drained(response);
  const seconds = Number(response.headers.get('retry-after'));
  throw new ProviderError('slack', `${what}: status ${response.status}`, {
    retry: response.status >= 500 || response.status === 429,
    ...(seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  });
}

async function drained(response: Response): Promise<void> {
  await response.body?.cancel();
}

async function readAll(response: Response): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.byteLength;
    if (size > LIMITS.file) throw new ProviderError('slack', 'that file is too large', { retry: false });
    pieces.push(piece);
  }
  return new Uint8Array(Buffer.concat(pieces));
}
