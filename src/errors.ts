/**
 * Every error this program throws on purpose is one of these two.
 * Anything else that surfaces is a bug, and is logged with its stack.
 */

export type UserErrorCode =
  | 'bad_arguments'
  | 'bad_payload'
  | 'bad_signature'
  | 'not_signed_in'
  | 'not_allowed'
  | 'not_found'
  | 'illegal_transition'
  | 'conflict'
  | 'too_large'
  | 'too_many'
  | 'busy';

/** The person can fix it. The message is shown to them word for word. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: UserErrorCode;
  /** More for a program to read: the field that is wrong, the actions that are allowed. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: UserErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** The outside world failed. `retry` decides whether the job runs again. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly provider: string;
  readonly retry: boolean;
  readonly retryAfterMs: number | undefined;
  /** What is not there any more, so that it can be made again. */
  readonly gone: 'room' | 'message' | 'person' | undefined;

  constructor(
    provider: string,
    message: string,
    options: {
      retry: boolean;
      retryAfterMs?: number;
      gone?: 'room' | 'message' | 'person';
      cause?: unknown;
    },
  ) {
    super(`${provider}: ${message}`, { cause: options.cause });
    this.provider = provider;
    this.retry = options.retry;
    this.retryAfterMs = options.retryAfterMs;
    this.gone = options.gone;
  }
}
