import type { z } from 'zod';

import { UserError } from '#src/errors.ts';
import { cleanLine } from '#src/incident/text.ts';

/** A file of an export: its name below the folder, with `/`, and what it holds. */
export interface ExportFile {
  readonly name: string;
  readonly text: string;
}

/** What an interface answered when it was asked for an address. */
export interface Answer {
  /** As it stands in a sentence: `schedules/P1.json`, or `all.json at "/schedules/P1"`. */
  readonly file: string;
  /** `/schedules/P1`: the file's name without its ending, or what stands before it in a file of many. */
  readonly address: string;
  /** What was asked besides: `since`, `start_date`. Empty for a file of its own. */
  readonly asked: URLSearchParams;
  /** JSON, or the text of a calendar. */
  readonly body: unknown;
}

/**
 * The answers in an export: one in each `.json` file, named as its address is,
 * or many in one, each below its address. Calendars (`.ics`) are answers too.
 * @throws UserError for a file that is not JSON
 */
export function readAnswers(files: readonly ExportFile[]): Answer[] {
  const answers = files.flatMap(answersIn);
  if (answers.length > 0) return answers;
  throw new UserError(
    'bad_payload',
    'There is nothing to import. Save what the API answers as .json files, each named as its address: schedules.json, users.json.',
  );
}

/** @throws UserError that names the file and the field, and what is wrong with it */
export function read<T>(schema: z.ZodType<T>, { file, body }: Pick<Answer, 'file' | 'body'>): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = (issue?.path ?? []).map(placeOf).join('').replace(/^\./, '');
  const where = field === '' ? 'as a whole' : `field ${cleanLine(field, 200)}`;
  throw new UserError(
    'bad_payload',
    `${file}, ${where}: ${issue?.message ?? 'it cannot be read'}. Export it again, or correct it in the file.`,
    { file, field },
  );
}

/** The part of an address after a word: `P1` in `/schedules/P1/overrides` after `schedules`. */
export function idAfter(word: string, { address }: Pick<Answer, 'address'>): string | null {
  const parts = address.split('/');
  const place = parts.lastIndexOf(word);
  return (place === -1 ? undefined : parts[place + 1]) || null;
}

/** The last word of the address that is one of these, without the number of a page: `users` in `/v2/users-2`. */
export function kindIn(kinds: readonly string[], { address }: Pick<Answer, 'address'>): string | undefined {
  const words = address.split('/').map((it) => it.replace(/-\d+$/, ''));
  return words.findLast((it) => kinds.includes(it));
}

/** Its fields; of what has none, none. */
export function bodyOf({ body }: Pick<Answer, 'body'>): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

/** Each once by its id, the first of it, as lists overlap where they come in pages. */
export function onceById<T extends { readonly id: string }>(all: readonly T[]): T[] {
  return [...new Map(all.toReversed().map((it) => [it.id, it])).values()].toReversed();
}

function answersIn({ name, text }: ExportFile): Answer[] {
  const file = cleanLine(name, 200);
  if (/\.ics$/i.test(name)) return [{ file, ...addressOf(`/${name}`), body: text }];
  const body = jsonIn(file, text);
  if (!isMany(body)) return [{ file, ...addressOf(`/${name.replace(/\.json$/i, '')}`), body }];
  return Object.entries(body).map(([address, each]) => ({
    file: `${file} at ${JSON.stringify(cleanLine(address, 200))}`,
    ...addressOf(address),
    body: each,
  }));
}

function jsonIn(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new UserError(
      'bad_payload',
      `${file} is not JSON. Save what the API answers as it is, without the lines of the command.`,
      { file },
    );
  }
}

function isMany(body: unknown): body is Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  const keys = Object.keys(body);
  return keys.length > 0 && keys.every((it) => /^(?:https?:\/)?\//.test(it));
}

function addressOf(text: string): Pick<Answer, 'address' | 'asked'> {
  const [path = '', ...query] = text.split('?');
  const address = path.replace(/^https?:\/\/[^/]*/, '').replace(/\/+$/, '');
  return { address, asked: new URLSearchParams(query.join('?')) };
}

function placeOf(step: PropertyKey): string {
  return typeof step === 'number' ? `[${step}]` : `.${String(step)}`;
}
