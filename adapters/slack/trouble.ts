import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';

import { ProviderError } from '#src/errors.ts';

/** Slack's word for what went wrong, where it said one. */
export function wordOf(error: unknown): string | null {
  const cause = error instanceof ProviderError ? error.cause : error;
  return cause instanceof WebAPIPlatformError ? cause.data.error : null;
}

type Gone = 'room' | 'message' | 'person';

const GONE: Readonly<Record<string, Gone>> = {
  channel_not_found: 'room',
  // Nobody can write there any more: by hand, since what we archived is not written in.
  is_archived: 'room',
  message_not_found: 'message',
  thread_not_found: 'message',
  user_not_found: 'person',
  users_not_found: 'person',
  user_disabled: 'person',
  user_not_visible: 'person',
  cannot_dm_bot: 'person',
};

/** It passes by itself, or when an admin lets us in again. Until then every call fails alike. */
const PASSES = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'team_access_not_granted',
  'rollup_error',
  'not_authed',
  'invalid_auth',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'org_login_required',
  'two_factor_setup_required',
]);

const RATES = new Set(['ratelimited', 'rate_limited', 'accesslimited']);
/** For how long we wait when Slack says that it is too much and not for how long. */
const RATE_MS = 30_000;

/** What a call of the Web API threw, in the engine's words: whether to try again, when, and what is not there any more. */
export function troubleOf(error: unknown, method: string): ProviderError {
  if (error instanceof ProviderError) return error;
  const trouble = (what: string, options: { retry: boolean; retryAfterMs?: number; gone?: Gone }) =>
    new ProviderError('slack', `${method}: ${what}`, { ...options, cause: error });

  if (error instanceof WebAPIRateLimitedError) {
    return trouble('too many calls', { retry: true, retryAfterMs: error.retryAfter * 1000 });
  }
  if (error instanceof WebAPIHTTPError) {
    const { statusCode: status } = error;
    return trouble(`status ${status}`, { retry: status >= 500 || [401, 403, 408, 429].includes(status) });
  }
  if (error instanceof WebAPIPlatformError) {
    const word = error.data.error;
    if (RATES.has(word)) return trouble(word, { retry: true, retryAfterMs: RATE_MS });
    // An answer that is no JSON comes from something on the way, not from Slack.
    if (!/^[\w.:-]{1,100}$/.test(word)) return trouble('an answer that cannot be read', { retry: true });
    const gone = GONE[word];
    return trouble(explained(error, word), { retry: PASSES.has(word), ...(gone ? { gone } : {}) });
  }
  const what = error instanceof WebAPIRequestError ? error.original : error;
  return trouble(what instanceof Error ? what.message : String(what), { retry: true });
}

function explained({ data }: WebAPIPlatformError, word: string): string {
  if (word === 'missing_scope') {
    const { needed } = data as { needed?: string };
    return `the app lacks the scope ${needed ?? ''}; install it again with its manifest`;
  }
  const said = data.response_metadata?.messages?.slice(0, 3).join('; ');
  return said ? `${word} (${said})` : word;
}

/** Runs something whose refusal by one of these words means that it is so already, or does not matter. */
export async function unless<T>(words: readonly string[], run: () => Promise<T>): Promise<T | null> {
  try {
    return await run();
  } catch (error) {
    if (words.includes(wordOf(error) ?? '')) return null;
    throw error;
  }
}
