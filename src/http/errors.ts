import { z } from 'zod';

import { isDatabaseAway } from '#src/db/lost.ts';
import { ProviderError, UserError, type UserErrorCode } from '#src/errors.ts';

import { SenderGone, UnknownEncoding } from './body.ts';

/** What every refusal looks like (contracts 3.1). */
export const ErrorObject = z
  .object({
    error: z.string().meta({ description: 'One upper-case word for programs.', example: 'NOT_FOUND' }),
    message: z.string().meta({ description: 'A sentence for people: what is wrong, and what to do.' }),
    details: z.record(z.string(), z.unknown()),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'Error' });

export interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  /** True when nobody foresaw it: to be logged, with its stack. */
  readonly bug: boolean;
}

type Known = readonly [status: number, error: string];

// oxfmt-ignore
const KNOWN: Record<UserErrorCode, Known> = {
  bad_arguments:      [400, 'VALIDATION_ERROR'],
  bad_payload:        [400, 'VALIDATION_ERROR'],
  bad_signature:      [401, 'AUTHENTICATION_ERROR'],
  not_signed_in:      [401, 'AUTHENTICATION_ERROR'],
  not_allowed:        [403, 'AUTHORIZATION_ERROR'],
  not_found:          [404, 'NOT_FOUND'],
  illegal_transition: [409, 'INVALID_STATE_TRANSITION'],
  conflict:           [409, 'CONFLICT'],
  too_large:          [413, 'PAYLOAD_TOO_LARGE'],
  too_many:           [429, 'RATE_LIMIT_EXCEEDED'],
  busy:               [503, 'SERVICE_UNAVAILABLE'],
};

/** What is answered for anything that was thrown. `id` is what the person and the log can both name. */
export function refusalFor(thrown: unknown, id: string): Refusal {
  if (thrown instanceof UnknownEncoding) {
    const headers = { 'Accept-Encoding': 'gzip, deflate' };
    return refuse(415, 'UNSUPPORTED_MEDIA_TYPE', thrown.message, thrown.details, headers);
  }
  if (thrown instanceof UserError) return refuseUser(thrown);
  if (thrown instanceof SenderGone) return refuse(400, 'VALIDATION_ERROR', thrown.message);
  if (thrown instanceof ProviderError) return refuse(502, 'INTEGRATION_ERROR', thrown.message);
  if (isDatabaseAway(thrown)) {
    const wait = { 'Retry-After': '1' };
    return refuse(503, 'SERVICE_UNAVAILABLE', whyAway(codeOf(thrown)), {}, wait);
  }
  const code = codeOf(thrown);
  if (code === '23505') return refuse(409, 'CONFLICT', 'Somebody else took that name at the same moment.');
  const status = statusOf(thrown);
  if (status !== undefined) return refuse(status, 'VALIDATION_ERROR', 'The address cannot be read.');
  const message = `Something went wrong here; it is not your fault. The log has it under ${id}.`;
  return { ...refuse(500, 'INTERNAL_ERROR', message, { id }), bug: true };
}

function refuseUser({ code, message, details: { retryAfterS, ...details } }: UserError): Refusal {
  const [status, error] = KNOWN[code];
  const seconds = typeof retryAfterS === 'number' ? retryAfterS : status === 429 || status === 503 ? 1 : null;
  return refuse(status, error, message, details, {
    ...(seconds === null ? null : { 'Retry-After': String(Math.ceil(seconds)) }),
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : null),
  });
}

function refuse(
  status: number,
  error: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  return { status, error, message, details, headers, bug: false };
}

function whyAway(code: string | undefined): string {
  if (code === '53100') return "The database's disk is full. Make room; then send this again.";
  if (code?.startsWith('53')) return 'The database has too much to do. Try again soon.';
  return 'The database cannot be reached. Try again soon.';
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined;
}

/** Express refuses addresses that do not decode, with a status of its own. */
function statusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('status' in thrown)) return undefined;
  const { status } = thrown;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
