import { z } from 'zod';

import { clean } from '#src/chat/text.ts';
import { UserError } from '#src/errors.ts';

import type { Chat, Visitor } from './chat.ts';

/** A request of the page, taken apart but not yet trusted. */
export interface Call {
  readonly chat: Chat;
  readonly who: Visitor;
  /** What stood in the variable place of the path. */
  readonly param: string;
  readonly query: URLSearchParams;
  /** The parsed JSON; undefined where there was none. */
  readonly body: unknown;
  /** What was sent, as it was sent. */
  readonly bytes: Uint8Array;
  /** Its Content-Type. */
  readonly type: string;
}

/** What is answered: JSON, or nothing for undefined. */
export type Answering = (call: Call) => Promise<object | undefined>;

/** The most a person may write in one message, in UTF-16 units. */
export const WORDS = 4000;

/** A UUID that the page made. It may be of any version: pages without a secure origin must make their own. */
export const uuid = z.guid('must be a UUID').transform((it) => it.toLowerCase());

/** Database ids are far below what this admits. */
export const messageId = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Words of a person, cleaned. @throws UserError too_large */
export function wordsOf(text: string): string {
  const words = clean(text)
    .replace(/^\s*\n/, '')
    .trimEnd();
  if (words === '') throw new UserError('bad_arguments', 'Write something first.');
  if (words.length > WORDS) {
    throw new UserError(
      'too_large',
      `A message may have ${WORDS} characters; this one has ${words.length}.`,
      {
        limit: WORDS,
        length: words.length,
      },
    );
  }
  return words;
}

/** @throws UserError bad_arguments that names the first thing that is wrong */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((it) => ({ field: it.path.join('.'), problem: it.message }));
  const { field = '', problem = 'wrong' } = problems[0] ?? {};
  const message = field === '' ? `The request: ${problem}` : `${field}: ${problem}`;
  throw new UserError('bad_arguments', message, { problems: problems.slice(0, 10) });
}

/** An id in a path or a query: digits. */
export function idOf(text: string, what: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new UserError('bad_arguments', `${what} must be a whole number.`);
  return Number(text);
}
