import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Request, Response } from 'express';

import { SlidingWindow, type Window } from '#src/access/limits.ts';
import { isDatabaseAway } from '#src/db/lost.ts';
import type { Context } from '#src/engine/context.ts';
import { UserError } from '#src/errors.ts';

import type { HttpDeps } from './deps.ts';
import { refusalFor } from './errors.ts';
import { OnlyOnce } from './once.ts';
import type { HttpState } from './route.ts';
import { send, type Answer } from './send.ts';

/** How often, at most, the log says that the database is away, or that we are busy; every request would say it otherwise. */
const AWAY_LOG_MS = 5000;

/** What all routes share beside the deps: limits, repeats, and the one place where errors become answers. */
export class Door {
  readonly deps: HttpDeps;
  readonly once: OnlyOnce;
  readonly state: HttpState;
  /** What verbs need, but for who asks. */
  readonly context: Omit<Context, 'actor' | 'role'>;
  readonly #requests: Window | null;
  readonly #events: Window | null;
  #lastAwayLog = -Infinity;
  #awaySinceLog = 0;
  #lastRefusedLog = -Infinity;
  #refusedSinceLog = 0;

  constructor(deps: HttpDeps, state: HttpState) {
    const { requestsPerMinute, eventsPerMinute } = deps.settings;
    const windowOf =
      deps.windowOf ?? ((_name: string, limit: number) => new SlidingWindow(limit, () => deps.now()));
    this.deps = deps;
    this.state = state;
    this.context = {
      db: deps.db,
      now: () => deps.now(),
      newId: () => deps.newId(),
      committed: () => deps.committed(),
      settings: deps.engine,
    };
    this.once = new OnlyOnce(deps);
    this.#requests = requestsPerMinute === undefined ? null : windowOf('requests', requestsPerMinute);
    this.#events = eventsPerMinute === undefined ? null : windowOf('events', eventsPerMinute);
  }

  /** Counts a request, and writes what is left into `headers`; undefined where nothing is counted. Rejects with `too_many`. */
  count(
    kind: 'requests' | 'events',
    owner: string,
    headers: Record<string, string>,
  ): Promise<void> | undefined {
    const window = kind === 'events' ? this.#events : this.#requests;
    return window ? this.#count(window, owner, headers) : undefined;
  }

  async #count(window: Window, owner: string, headers: Record<string, string>): Promise<void> {
    const { allowed, limit, remaining, resetAt, retryAfterS } = await window.take(owner);
    headers['X-RateLimit-Limit'] = String(limit);
    headers['X-RateLimit-Remaining'] = String(remaining);
    headers['X-RateLimit-Reset'] = String(resetAt);
    if (allowed) return;
    throw new UserError(
      'too_many',
      `This key may make ${limit} requests a minute. Send this one again in ${retryAfterS} s.`,
      { retryAfterS },
    );
  }

  /** The answer for anything that was thrown. What nobody foresaw is logged here, once, with its stack. */
  refuse(
    thrown: unknown,
    about: { readonly method: string; readonly route: string; readonly id?: string },
  ): Answer {
    const { deps } = this;
    const id = about.id ?? deps.newId().slice(0, 8);
    const { status, error, message, details, headers, bug } = refusalFor(thrown, id);
    if (bug) deps.log.error({ err: thrown, ...about, id }, 'a request failed');
    else if (isDatabaseAway(thrown)) this.#logAway(thrown);
    else if (status === 429 || status === 503) this.#logRefused(message);
    return {
      status,
      headers,
      body: { error, message, details, timestamp: deps.now().toISOString() },
    };
  }

  #logRefused(message: string): void {
    this.#refusedSinceLog += 1;
    const now = performance.now();
    if (now - this.#lastRefusedLog < AWAY_LOG_MS) return;
    this.deps.log.warn({ requests: this.#refusedSinceLog, message }, 'requests were told to come again');
    this.#lastRefusedLog = now;
    this.#refusedSinceLog = 0;
  }

  #logAway(thrown: unknown): void {
    this.#awaySinceLog += 1;
    const now = performance.now();
    if (now - this.#lastAwayLog < AWAY_LOG_MS) return;
    this.deps.log.error({ err: thrown, requests: this.#awaySinceLog }, 'the database cannot be reached');
    this.#lastAwayLog = now;
    this.#awaySinceLog = 0;
  }
}

/** A handler whose failures are answered as any error is. */
export function handler(
  door: Door,
  route: string,
  run: (request: Request, response: Response) => Promise<void>,
): (request: Request, response: Response) => void {
  return (request, response) => {
    run(request, response).catch((error: unknown) =>
      send(response, door.refuse(error, { method: request.method, route })),
    );
  };
}

/** The id that ties an answer to its line in the log: the sender's own if it is a sane one. */
export function idOf(request: IncomingMessage, newId: () => string): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : newId();
}

/** The same, and the answer says it. */
export function requestId(request: IncomingMessage, response: ServerResponse, newId: () => string): string {
  const id = idOf(request, newId);
  response.setHeader('X-Request-Id', id);
  return id;
}
