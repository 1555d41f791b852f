/**
 * Reading JSON that nobody has checked. Own properties only, so that a payload
 * naming `constructor` or `__proto__` reads as the data it is; never an error,
 * whatever the value is.
 */
import { clean } from '#src/incident/text.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same without a name that schemas leave out and that assigning would lose. */
export function isPlainFields(value: unknown): value is Fields {
  return isFields(value) && !Object.hasOwn(value, '__proto__');
}

/** The value at a dotted path, `undefined` where there is none: `get(body, 'data.issue.title')`. A number picks from a list. */
export function get(value: unknown, path: string): unknown {
  let here = value;
  for (const name of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return undefined;
    here = (here as Fields)[name];
  }
  return here;
}

/** Text, or a number or boolean as text; null for everything else and for blank text. */
export function text(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'boolean' ? String(value) : null;
}

/** The first of these paths that holds text. */
export function firstText(value: unknown, ...paths: readonly string[]): string | null {
  for (const path of paths) {
    const found = text(get(value, path));
    if (found !== null) return found;
  }
  return null;
}

/** The scalar members of an object as text: a label set. Lists of scalars are joined with a comma. */
export function texts(value: unknown): Record<string, string> {
  if (!isFields(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, it]) => {
      const found = Array.isArray(it) ? it.flatMap((one) => text(one) ?? []).join(', ') : text(it);
      return found === null || found === '' ? [] : [[name, found] as const];
    }),
  );
}

/** The members that are finite numbers: a metric set. */
export function numbers(value: unknown): Record<string, number> {
  if (!isFields(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}

const JSON_DEPTH = 4;
const JSON_MEMBERS = 50;
const JSON_TEXT = 2000;

/** A copy that any database takes: cleaned text, no deeper than 4 levels, at most 50 members a level. */
export function cleanJson(value: Fields): Record<string, unknown> {
  return cleanFields(value, JSON_DEPTH);
}

function cleanFields(value: Fields, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, JSON_MEMBERS)
      .map(([name, it]) => [clean(name.slice(0, 200)), cleanValue(it, depth - 1)]),
  );
}

function cleanValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return clean(value.slice(0, JSON_TEXT));
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value;
  if (depth <= 0) return null;
  if (Array.isArray(value)) return value.slice(0, JSON_MEMBERS).map((it) => cleanValue(it, depth - 1));
  return isFields(value) ? cleanFields(value, depth) : null;
}
