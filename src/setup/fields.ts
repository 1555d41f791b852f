import { z } from 'zod';

import { nearest } from '#src/incident/nearest.ts';
import { clean } from '#src/incident/text.ts';
import { zoneOf } from '#src/oncall/zone.ts';

import { readLength } from './words.ts';

/**
 * The words that the shapes of the file are made of. What is read is text,
 * yes or no, nothing, lists and fields: numbers come as text, so that a telephone
 * number keeps its plus. Each says in a clause what to write instead.
 */

/** Cleaned, on one line, not empty. */
export function text(max = 1000) {
  return said('a text').transform((it, ctx) => {
    const line = clean(it)
      .replaceAll(/\s*\n\s*/g, ' ')
      .trim();
    if (line === '') ctx.addIssue('it is empty; write a text or take it away');
    if (line.length > max) ctx.addIssue(`it has more than ${max} characters; shorten it`);
    return line;
  });
}

/** Cleaned, any number of lines; may be empty. */
export function lines(max = 10_000) {
  return said('a text').transform((it, ctx) => {
    const cleaned = clean(it).trim();
    if (cleaned.length > max) ctx.addIssue(`it has more than ${max} characters; shorten it`);
    return cleaned;
  });
}

export function yesNo() {
  return z.boolean({ error: missingOr('write true or false') });
}

export function whole() {
  return said('a whole number').transform((it, ctx) => {
    if (!/^-?\d{1,15}$/.test(it.trim())) ctx.addIssue(`${quoted(it)} is no whole number`);
    return Number(it);
  });
}

/** One of these words. */
export function word<const T extends string>(words: readonly T[]) {
  return said(`one of ${words.join(', ')}`).transform((it, ctx) => {
    const found = words.find((known) => known.toLowerCase() === it.trim().toLowerCase());
    if (found !== undefined) return found;
    ctx.addIssue(`${quoted(it)} is none of ${words.join(', ')}${meant(it, words)}`);
    return z.NEVER;
  });
}

/** `5m`, `2h`, `1d`, in milliseconds. */
export function length() {
  return said('a length such as 5m, 2h or 1d').transform((it, ctx) => {
    const ms = readLength(it);
    if (ms === null) ctx.addIssue(`${quoted(it)} is no length; write it like 30s, 5m, 2h or 1d`);
    return ms ?? 0;
  });
}

export function zone() {
  return said('a time zone such as Europe/Berlin').transform((it, ctx) => {
    const name = it.trim();
    try {
      zoneOf(name);
    } catch {
      const known = ['UTC', ...Intl.supportedValuesOf('timeZone')];
      const hint = meant(name, known) || '; write it like Europe/Berlin or UTC';
      ctx.addIssue(`${quoted(it)} is no time zone${hint}`);
    }
    return name;
  });
}

export function list<T extends z.ZodType>(of: T) {
  return z.array(of, { error: missingOr('write a list here, like [a, b]') });
}

/** Fields with these names and no others. Nothing at all is fields that are all left out. */
export function fields<S extends z.ZodRawShape>(shape: S) {
  const names = Object.keys(shape);
  const object = z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') {
        return missingOr(`write fields here: ${names.join(', ')}`)(issue);
      }
      const [unknown = ''] = issue.keys;
      const hint = meant(unknown, names) || `; there are ${names.join(', ')}`;
      return `${quoted(unknown)} is no field here${hint}`;
    },
  });
  return z.preprocess((it) => it ?? {}, object);
}

/** Many by their ids. */
export function byId<T extends z.ZodType>(of: T, id: RegExp, says: string) {
  return z.record(z.string(), of, { error: missingOr('write each below its id') }).superRefine((all, ctx) => {
    for (const key of Object.keys(all)) {
      if (!id.test(key)) {
        ctx.addIssue({ code: 'custom', path: [key], message: `${quoted(key)} is no id; ${says}` });
      }
    }
  });
}

/** The short form as text, or the long one as fields; faults are those of the one that was written. */
export function either<T>(short: z.ZodType<T>, long: z.ZodType<T>) {
  return z.unknown().transform((value, ctx): T => {
    const isLong = typeof value === 'object' && value !== null;
    const read = (isLong ? long : short).safeParse(value);
    if (read.success) return read.data;
    for (const { message, path } of read.error.issues) {
      ctx.addIssue({ code: 'custom', message, path: [...path] });
    }
    return z.NEVER;
  });
}

/** ` Did you mean ...?`, as the end of a clause; empty where nothing is near. */
export function meant(it: string, known: readonly string[]): string {
  const [near] = nearest(it, known, 1);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

/** A word of theirs in a sentence of ours. */
export function quoted(it: string): string {
  return JSON.stringify(clean(it).slice(0, 80));
}

function said(what: string) {
  return z.string({ error: missingOr(`write ${what}`) });
}

function missingOr(advice: string) {
  return ({ input }: { readonly input?: unknown }) =>
    input === undefined ? `it is missing; ${advice}` : advice;
}
