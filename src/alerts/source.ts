import type { z } from 'zod';

import { UserError } from '#src/errors.ts';

import { quickAlert } from './alert-read.ts';
import { Alert, type AlertInput } from './alert.ts';
import type { Apart } from './apart.ts';

/**
 * A system that sends alerts. One file each: what its webhook looks like, how
 * that reads as our alerts, and real-looking payloads to prove it. The samples
 * are the tests, the documentation, what `/incident test-alert` sends, and the
 * "Send a sample alert" buttons of the first page.
 */
export interface AlertSource<P extends z.ZodType = z.ZodType> {
  /** The last part of its address: POST /api/v1/events/<name> and /webhooks/<name>/<key>. */
  readonly name: string;
  readonly title: string;
  readonly docs: string;
  /** Only the fields `read` uses; unknown ones pass through unread. */
  readonly payload: P;
  /** Present where the sender can sign. Throws UserError('bad_signature') when `secret` did not sign `raw`. */
  readonly verify?: (raw: Buffer, headers: Readonly<Record<string, string>>, secret: string) => void;
  /** The same as `payload` makes of it, sooner; null where that has to look. */
  readonly quick?: (body: unknown) => z.output<P> | null;
  /** Its messages taken apart, one for each alert that `read` makes of them; null where they have to be read. */
  readonly apart?: (body: unknown) => Apart[] | null;
  read(payload: z.output<P>): AlertInput[];
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly name: string;
  readonly payload: unknown;
  /** Fields left out of an expectation are not compared. */
  readonly alerts: readonly Partial<Alert>[];
}

export function defineSource<P extends z.ZodType>(source: AlertSource<P>): AlertSource<P> {
  return source;
}

/**
 * Payload to alerts, checked on the way in and on the way out. Throws
 * UserError('bad_payload') that names every field that is missing or wrong;
 * `details` has them as `missing` and `wrong`.
 */
export function readAlerts(source: AlertSource, body: unknown): Alert[] {
  return source.read(payloadOf(source, body)).map((input) => {
    const quick = quickAlert(input);
    if (quick !== null) return quick;
    const alert = Alert.safeParse(input);
    if (!alert.success) throw refusal(source, input, alert.error.issues);
    return alert.data;
  });
}

function payloadOf(source: AlertSource, body: unknown): unknown {
  const quick = source.quick?.(body) ?? null;
  if (quick !== null) return quick;
  const payload = source.payload.safeParse(body);
  if (!payload.success) throw refusal(source, body, payload.error.issues);
  return payload.data;
}

const PROBLEMS_SHOWN = 10;

function refusal(
  { title, docs }: AlertSource,
  body: unknown,
  issues: readonly z.core.$ZodIssue[],
): UserError {
  const isMissing = (issue: z.core.$ZodIssue): boolean =>
    issue.path.length > 0 && at(body, issue.path) === undefined;
  const missing = issues.filter(isMissing).map(({ path }) => path.join('.'));
  const wrong = issues
    .filter((issue) => !isMissing(issue))
    .map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`);
  const parts = [
    missing.length > 0 ? `missing ${missing.slice(0, PROBLEMS_SHOWN).join(', ')}` : '',
    ...wrong.slice(0, PROBLEMS_SHOWN),
  ].filter((it) => it !== '');
  return new UserError('bad_payload', `This is not a payload of ${title}: ${parts.join('; ')}. See ${docs}`, {
    missing: missing.slice(0, PROBLEMS_SHOWN),
    wrong: wrong.slice(0, PROBLEMS_SHOWN),
  });
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value;
  for (const name of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return undefined;
    here = (here as Record<PropertyKey, unknown>)[name];
  }
  return here;
}
