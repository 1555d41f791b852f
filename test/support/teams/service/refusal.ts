/** What the real service answers instead of doing what it was asked. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** The service's own word for it. */
  readonly code: string;
  readonly retryAfterS: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterS?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterS = retryAfterS;
  }
}

/** Statuses of the words that a test may ask for by name; any other is a 400. */
const STATUSES: Readonly<Record<string, number>> = {
  BotNotInConversationRoster: 403,
  Forbidden: 403,
  BotDisabledByAdmin: 403,
  MessageWritesBlocked: 403,
  Unauthorized: 401,
  InvalidAuthenticationToken: 401,
  ConversationNotFound: 404,
  ActivityNotFoundInConversation: 404,
  NotFound: 404,
  itemNotFound: 404,
  Conflict: 409,
  PreconditionFailed: 412,
  MessageSizeTooBig: 413,
  TooManyRequests: 429,
  BotApiError: 502,
  ServiceUnavailable: 503,
};

export function refusalOf(code: string): Refusal {
  return new Refusal(STATUSES[code] ?? 400, code, `${code} was asked for`);
}
