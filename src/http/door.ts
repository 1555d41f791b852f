import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Request, Response } from 'express';

import { SlidingWindow } from '#src/access/limits.ts';
import { UserError } from '#src/errors.ts';

import type { HttpDeps } from './deps.ts';
import { isDatabaseAway, refusalFor } from './errors.ts';
import { OnlyOnce } from './once.ts';
import type { HttpState } from './route.ts';
import { send, type Answer } from './send.ts';

/** How often, at most, the log says that the database is away; every request would say it otherwise. */
const AWAY_LOG_MS = 5000;

/** What all routes share beside the deps: limits, repeats, and the one place where errors become answers. */
export class Door {
  readonly deps: HttpDeps;
  readonly once: OnlyOnce;
  readonly state: HttpState;
  readonly #requests: SlidingWindow | null;
  readonly #events: SlidingWindow | null;
  #lastAwayLog = -Infinity;
  #awaySinceLog = 0;

  constructor(deps: HttpDeps, state: HttpState) {
    const { requestsPerMinute, eventsPerMinute } = deps.settings;
    const now = () => deps.now();
    this.deps = deps;
    this.state = state;
    this.once = new OnlyOnce(deps);
    this.#requests = requestsPerMinute === undefined ? null : new SlidingWindow(requestsPerMinute, now);
    this.#events = eventsPerMinute === undefined ? null : new SlidingWindow(eventsPerMinute, now);
  }

  /** Counts a request, and writes what is left into `headers`. Throws `too_many`. */
  count(kind: 'requests' | 'events', owner: string, headers: Record<string, string>): void {
    const window = kind === 'events' ? this.#events : this.#requests;
    if (!window) return;
    const { allowed, limit, remaining, resetAt, retryAfterS } = window.take(owner);
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
    return {
      status,
      headers,
      body: { error, message, details, timestamp: deps.now().toISOString() },
    };
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
export function requestId(request: IncomingMessage, response: ServerResponse, newId: () => string): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : newId();
  response.setHeader('X-Request-Id', id);
  return id;
}
