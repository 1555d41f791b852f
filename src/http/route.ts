import type { IncomingHttpHeaders } from 'node:http';

import type { z } from 'zod';

import type { Scope, Who } from '#src/access/who.ts';
import type { Attempt } from '#src/db/idempotency.ts';
import type { Tx } from '#src/db/schema.ts';
import type { Context } from '#src/engine/context.ts';

import type { HttpDeps } from './deps.ts';

/**
 * One address of the API, said once. From this value come what Express mounts,
 * what is checked on the way in, and the OpenAPI document.
 */
export interface RouteDefinition<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodType,
  R extends z.ZodType,
> {
  /** Unique; the operation's id in the OpenAPI document. */
  readonly name: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With parameters in braces. */
  readonly path: string;
  /** Other paths at which it is served too, with the same parameters. */
  readonly also?: readonly string[];
  readonly tag: Tag;
  /** One line, in the imperative. */
  readonly summary: string;
  readonly description?: string;
  /** What the caller's key or role must allow; `none`: everybody may. */
  readonly access: Scope | 'none';
  /** What it is counted against: requests (the default), events, or nothing. */
  readonly limit?: 'requests' | 'events' | 'none';
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** The body is documented but not read as JSON: `run` gets the bytes, as signatures need them. */
  readonly raw?: true;
  /** The answer has a secret that is shown once, so it is not kept for a repeat. */
  readonly secret?: true;
  readonly answers: { readonly status: number; readonly description: string; readonly body: R };
  /** Statuses beside those every route of its kind may answer. */
  readonly refuses?: readonly number[];
  run(call: Call<z.output<P>, z.output<Q>, z.output<B>>): Promise<Result<z.input<R>>>;
}

export type Tag = 'Events' | 'Incidents' | 'Commands' | 'People' | 'Access' | 'Operations' | 'Page';

/** What a request that came with a key is known by, to do it once whatever an attempt before it met. */
export interface Trying extends Attempt {
  /** Says in the transaction that does it what was done. */
  finish(tx: Tx, done: string): Promise<void>;
}

/** One request, checked. */
export interface Call<P = unknown, Q = unknown, B = unknown> {
  readonly deps: HttpDeps;
  readonly who: Who;
  /** For verbs: as the one who asks. */
  readonly ctx: Context;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly raw: Buffer;
  readonly headers: IncomingHttpHeaders;
  readonly state: HttpState;
  /** Of a request that came with an Idempotency-Key. */
  readonly once: Trying | null;
}

/** What the doors know of themselves. */
export interface HttpState {
  readonly stopping: boolean;
  /** The people whose page is connected. */
  online(): ReadonlySet<string>;
}

export interface Result<R> {
  readonly body: R;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where it is not the status of `answers`. */
  readonly status?: number;
}

/** A route whose types have been checked; the door parses by its schemas before it calls `run`. */
export type Route = Omit<RouteDefinition<z.ZodObject, z.ZodObject, z.ZodType, z.ZodType>, 'run'> & {
  run(call: Call): Promise<Result<unknown>>;
};

export function route<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, R extends z.ZodType>(
  definition: RouteDefinition<P, Q, B, R>,
): Route {
  return definition;
}
