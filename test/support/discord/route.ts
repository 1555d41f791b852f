import type { Upload } from './call.ts';
import type { Bucket, Rate } from './rates.ts';

/** What a handler is given of a request. Bodies have been checked as far as Discord's description goes. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly files: readonly Upload[];
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export interface Route {
  readonly method: string;
  /** Like `/channels/{channel_id}`, as in Discord's description. */
  readonly path: string;
  /** `bot`: the bot's token; `token`: one in the path, and no global limit; `none`: anybody. */
  readonly auth: 'bot' | 'token' | 'none';
  readonly rate: Rate;
  run(call: Call): Answer | Promise<Answer>;
  /** Limits beside the route's own. */
  beside?(call: Call): readonly Bucket[];
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const done: Answer = { status: 204 };

/** Discord names its limits in headers only; these are what its API has been seen to answer. */
export const RATES = {
  message: { limit: 5, perMs: 5000 },
  reaction: { limit: 1, perMs: 250 },
  channel: { limit: 5, perMs: 5000 },
  read: { limit: 30, perMs: 5000 },
  commands: { limit: 5, perMs: 20_000 },
  direct: { limit: 5, perMs: 5000 },
  webhook: { limit: 5, perMs: 2000 },
  callback: { limit: 1000, perMs: 1000 },
} as const satisfies Record<string, Rate>;

/** What a route's limit is counted by beside its path: the channel, the guild or the webhook. */
const MAJOR = ['channel_id', 'guild_id', 'webhook_id', 'webhook_token', 'interaction_id'];

export function bucketOf({ method, path, rate }: Route, { params }: Pick<Call, 'params'>): Bucket {
  const major = MAJOR.flatMap((it) => params[it] ?? []).join(':');
  return { name: `${method} ${path}:${major}`, rate };
}

/** The route of a request, and what its path says; null where there is none. */
export function match(
  routes: readonly Route[],
  method: string,
  pathname: string,
): { route: Route; params: Record<string, string> } | 'method' | null {
  const steps = pathname.split('/');
  let isOther = false;
  for (const route of routes) {
    const params = paramsOf(route.path.split('/'), steps);
    if (!params) continue;
    if (route.method === method) return { route, params };
    isOther = true;
  }
  return isOther ? 'method' : null;
}

function paramsOf(pattern: readonly string[], steps: readonly string[]): Record<string, string> | null {
  if (pattern.length !== steps.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const step = decoded(steps[index] ?? '');
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== step) return null;
    } else params[name] = step;
  }
  return params;
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
