import { createHash, timingSafeEqual } from 'node:crypto';

import { z } from 'zod';

import { UserError } from '#src/errors.ts';
import type { Environment } from '#src/incident/incident.ts';

/** Fields as vendors send them: absent, null and the empty text all say nothing. */

export const words = z
  .string()
  .nullish()
  .transform((it) => (it === undefined || it === null || it.trim() === '' ? null : it));

/** Ids are numbers or text. */
export const id = z.union([z.string(), z.number()]).transform(String);

/** An object of which only these fields are read; null where it is not there. */
export function part<S extends z.ZodRawShape>(shape: S) {
  return z
    .looseObject(shape)
    .nullish()
    .transform((it) => it ?? null);
}

/**
 * The form that a body seems to have, chosen by its members, so that a refusal names what is wrong with that one and not
 * with each of several.
 */
export function formOf<T>(choose: (body: Readonly<Record<string, unknown>>) => z.ZodType<T>) {
  return z.looseObject({}).transform((body, ctx): T => {
    const read = choose(body).safeParse(body);
    if (read.success) return read.data;
    for (const { message, path } of read.error.issues) {
      ctx.addIssue({ code: 'custom', message, path: [...path] });
    }
    return z.NEVER;
  });
}

/** The years that are taken for times; what lies outside is a mistake, and no database should store it. */
const [FIRST, LAST] = [Date.UTC(1990, 0), Date.UTC(2200, 0)];

/** ISO 8601, `2021-04-28 21:50:00 +0200`, `2020-11-02 12:55:12 UTC`, or seconds since 1970; null for anything else. */
export function timeOf(value: string | number | null | undefined): Date | null {
  if (value === null || value === undefined || value === '') return null;
  const ms = typeof value === 'number' ? value * 1000 : parse(value);
  return Number.isFinite(ms) && ms >= FIRST && ms <= LAST ? new Date(ms) : null;
}

function parse(text: string): number {
  const [, day, time, zone] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|UTC|[+-]\d\d:?\d\d)?$/.exec(text.trim()) ??
    [];
  if (day === undefined || time === undefined) return Number.NaN;
  const offset = zone === undefined || zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  return Date.parse(`${day}T${time}${offset}`);
}

const ENVIRONMENTS: readonly (readonly [Environment, RegExp])[] = [
  ['qa', /^(?:qa|test|testing|uat)$/],
  ['staging', /^(?:staging|stage|stg|preprod|preproduction|canary)$/],
  ['development', /^(?:development|develop|dev|review|preview|sandbox|local)$/],
  ['production', /^(?:production|prod|prd|live)$/],
];

/** `prod-eu` and `Production` are production; `pre-prod` is not. Null: none that we know. */
export function environmentOf(name: string | null): Environment | null {
  if (name === null) return null;
  const pieces = name
    .toLowerCase()
    .replaceAll(/pre[-_ ]?prod/g, 'preprod')
    .split(/[^a-z]+/);
  return ENVIRONMENTS.find(([, pattern]) => pieces.some((it) => pattern.test(it)))?.[0] ?? null;
}

/** The first line of a commit's message. */
export function firstLine(text: string | null): string | null {
  return text === null ? null : (text.trimStart().split('\n')[0] ?? null);
}

/** Without those that say nothing. */
export function said(details: Readonly<Record<string, string | null | undefined>>): Record<string, string> {
  const entries = Object.entries(details).filter((it): it is [string, string] => typeof it[1] === 'string');
  return Object.fromEntries(entries);
}

/** The value of a header, whatever the case of its name. */
export function headerOf(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(headers).find(([it]) => it.toLowerCase() === name)?.[1];
}

/** Throws `bad_signature` where `given` is not `expected`; takes the same time wherever they differ. */
export function demandSame(given: string, expected: string, says: string): void {
  const [a, b] = [given, expected].map((it) => createHash('sha256').update(it).digest());
  if (a && b && timingSafeEqual(a, b)) return;
  throw new UserError('bad_signature', says);
}
