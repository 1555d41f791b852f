import { z } from 'zod';

import { severityOf } from '#src/chat/words.ts';
import { SEVERITIES } from '#src/incident/incident.ts';
import type { Actor } from '#src/incident/person.ts';
import { clean, cleanLine } from '#src/incident/text.ts';

/** Words that make shapes readable: in requests they clean and check, in answers they only describe. */

/** One line of at most `max` characters; longer is refused, not cut. */
export function line(max: number) {
  return z
    .string()
    .max(50_000)
    .transform((it) => cleanLine(it, Infinity))
    .pipe(z.string().min(1).max(max))
    .meta({ override: { type: 'string', minLength: 1, maxLength: max } });
}

/** Any number of lines; may be empty. */
export function lines(max: number) {
  return z
    .string()
    .transform((it) => clean(it).trim())
    .pipe(z.string().max(max))
    .meta({ override: { type: 'string', maxLength: max } });
}

/** Any number of lines, and at least one. */
export function someLines(max: number) {
  return lines(max)
    .pipe(z.string().min(1))
    .meta({ override: { type: 'string', minLength: 1, maxLength: max } });
}

/** A lower-case handle, such as a person's or a team's id. */
export const Handle = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/,
    'use 1 to 64 letters, digits, dots, dashes or underscores',
  );

export const time = z.iso.datetime();

/** An instant with its offset, from 1970 on: what every database can store. */
export const Instant = z.iso
  .datetime({ offset: true })
  .transform((it) => new Date(it))
  .refine((it) => it.getTime() >= 0, 'use a time after 1970');

/** P0 to P4, and the other words people use for them. */
export const SeverityWord = z
  .string()
  .transform((it) => severityOf(it.trim()) ?? it)
  .pipe(z.enum(SEVERITIES))
  .meta({
    override: {
      type: 'string',
      description: 'P0 (worst) to P4; sev1 to sev5 and critical, high, medium, low, info mean the same.',
      examples: ['P1', 'sev2', 'high'],
    },
  });

export const ActorShape = z
  .object({ type: z.enum(['user', 'system', 'integration']), id: z.string(), name: z.string() })
  .meta({ id: 'Actor' });

export function actorShape({ type, id, name }: Actor): z.input<typeof ActorShape> {
  return { type, id, name };
}

export const Pagination = z
  .object({
    page: z.int(),
    page_size: z.int(),
    total_count: z.int(),
    total_is_exact: z
      .boolean()
      .meta({ description: 'false: there are more than total_count; they are not counted further.' }),
    total_pages: z.int(),
    has_next: z.boolean(),
    has_previous: z.boolean(),
    next_cursor: z
      .string()
      .nullable()
      .meta({ description: 'What to send as `cursor` for the next page; null on the last one.' }),
  })
  .meta({ id: 'Pagination' });

export function pagination(
  { page, size }: { readonly page: number; readonly size: number },
  { total, isMore, next }: { readonly total: number; readonly isMore: boolean; readonly next: string | null },
): z.input<typeof Pagination> {
  return {
    page,
    page_size: size,
    total_count: total,
    total_is_exact: !isMore,
    total_pages: Math.ceil(total / size),
    has_next: next !== null,
    has_previous: page > 1,
    next_cursor: next,
  };
}

/** ISO 8601, or null. */
export function iso(at: Date | null): string | null {
  return at && at.toISOString();
}
