import type { z } from 'zod';

import { UserError } from '#src/errors.ts';

import { ChangeShape, type Change, type ChangeInput } from './change.ts';

/**
 * A system that tells of changes. One file each: what its webhook looks like, how that reads as our changes, and
 * payloads written after its documentation to prove it.
 */
export interface ChangeSource<P extends z.ZodType = z.ZodType> {
  /** The last part of its address: POST /api/v1/changes/<name> and /webhooks/changes/<name>/<key>. */
  readonly name: string;
  readonly title: string;
  readonly docs: string;
  /** Only the fields `read` uses; unknown ones pass through unread. */
  readonly payload: P;
  /** Present where the sender proves who it is. Throws UserError('bad_signature') when it does not know `secret`. */
  readonly verify?: (raw: Buffer, headers: Readonly<Record<string, string>>, secret: string) => void;
  /** None for what is no change, such as a push to a branch that is not the default one. `now` is when it came in. */
  read(payload: z.output<P>, now: Date): ChangeInput[];
  readonly samples: readonly ChangeSample[];
}

export interface ChangeSample {
  readonly name: string;
  readonly payload: unknown;
  /** Fields left out of an expectation are not compared. */
  readonly changes: readonly Partial<Change>[];
}

export function defineChangeSource<P extends z.ZodType>(source: ChangeSource<P>): ChangeSource<P> {
  return source;
}

/** The most that one body may tell of. */
const CHANGES_MAX = 100;
const PROBLEMS_SHOWN = 10;

/** Payload to changes, checked on the way in and on the way out. Throws UserError('bad_payload') that names what is wrong. */
export function readChanges(source: ChangeSource, body: unknown, now: Date): Change[] {
  const payload = source.payload.safeParse(body);
  if (!payload.success) throw refusal(source, payload.error.issues);
  const read = source.read(payload.data, now);
  if (read.length > CHANGES_MAX) {
    throw new UserError(
      'bad_payload',
      `A body tells of ${CHANGES_MAX} changes at the most; send the rest apart.`,
    );
  }
  return read.map((input) => {
    const change = ChangeShape.safeParse(input);
    if (!change.success) throw refusal(source, change.error.issues);
    return change.data;
  });
}

function refusal({ title, docs }: ChangeSource, issues: readonly z.core.$ZodIssue[]): UserError {
  const wrong = issues
    .slice(0, PROBLEMS_SHOWN)
    .map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`);
  return new UserError('bad_payload', `This is not a payload of ${title}: ${wrong.join('; ')}. See ${docs}`, {
    wrong,
  });
}
