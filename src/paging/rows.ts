import { rank, SEVERITIES, type Severity } from '#src/incident/incident.ts';

import type { PolicyFacts } from './policy.ts';
import { listed } from './words.ts';

/** Contracts 1.5. */
export const OPERATORS = [
  'equals',
  'not_equals',
  'contains',
  'not_contains',
  'greater_than',
  'less_than',
  'in',
  'not_in',
  'matches',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** One condition of a rule. */
export interface Row {
  /** A name of `FIELDS`, or `tag.<name>` or `metric.<name>`. */
  readonly field: string;
  readonly operator: Operator;
  readonly value: string | number | readonly string[];
}

/** What is known of an incident when it is routed. */
export interface RouteFacts extends PolicyFacts {
  readonly title: string;
  readonly team: string | null;
  readonly region: string | null;
  readonly labels: readonly string[];
  readonly metrics: Readonly<Record<string, number>>;
}

export const FIELDS = [
  'severity',
  'category',
  'source',
  'environment',
  'service',
  'title',
  'team',
  'region',
  'label',
] as const;
type Field = (typeof FIELDS)[number];

/** A pattern no longer than this is matched, against no more than so much of a text: at most half a million steps. */
export const PATTERN = { most: 200, text: 2500 } as const;

/**
 * Whether a row holds, and a clause that says what it looked at. Text is
 * compared without regard to case. Of a field with many values (`label`) one
 * has to fit, and with a `not_` none may. What is not known equals nothing.
 * A severity is greater than another where it is worse.
 */
export function holds(row: Row, facts: RouteFacts): { readonly isMet: boolean; readonly why: string } {
  const values = valuesOf(row.field, facts);
  const wanted = wantedOf(row.value);
  const isNegative =
    row.operator === 'not_equals' || row.operator === 'not_in' || row.operator === 'not_contains';
  const fits = values.some((value) => TESTS[row.operator](value, wanted, row.field));
  const is = values.length === 0 ? 'not known' : listed(values);
  const asked = `${row.operator.replaceAll('_', ' ')} ${listed(wanted, 'or')}`;
  return { isMet: isNegative ? !fits : fits, why: `${row.field} is ${is} (asked: ${asked})` };
}

/** What is wrong with a row, as a sentence that says what to change; null: nothing. */
export function faultOfRow({ field, operator, value }: Row): string | null {
  const isNamed = /^(?:tag|metric)\../.test(field) || FIELDS.includes(field as Field);
  if (!isNamed) {
    return `${JSON.stringify(field)} is no field; use ${listed([...FIELDS, 'tag.<name>', 'metric.<name>'], 'or')}.`;
  }
  if (!OPERATORS.includes(operator)) {
    return `${JSON.stringify(operator)} is no operator; use ${listed(OPERATORS, 'or')}.`;
  }
  const values = wantedOf(value);
  if (values.length === 0) return `${field} ${operator} needs a value.`;
  if (Array.isArray(value) && operator !== 'in' && operator !== 'not_in') {
    return `${field} ${operator} takes one value; for a list use in or not_in.`;
  }
  const isOrder = operator === 'greater_than' || operator === 'less_than';
  if (isOrder && field === 'severity') {
    return isSeverity(String(value)) ? null : `Compare severity with P0 to P4, not ${String(value)}.`;
  }
  if (isOrder && !Number.isFinite(Number(value))) {
    return `${field} ${operator} needs a number, not ${JSON.stringify(value)}.`;
  }
  if (operator === 'matches' && String(value).length > PATTERN.most) {
    return `A pattern has at most ${PATTERN.most} characters; use * and ? to shorten it.`;
  }
  return null;
}

/**
 * `*` is any run of characters, `?` any one, all else itself, and the whole text
 * must fit. There is no regular expression, so no pattern can take longer than
 * its length times the text's.
 */
export function fitsPattern(pattern: string, text: string): boolean {
  if (pattern.length > PATTERN.most) return false;
  const [want, has] = [pattern.toLowerCase(), text.slice(0, PATTERN.text).toLowerCase()];
  let [at, place, star, mark] = [0, 0, -1, 0];
  while (at < has.length) {
    if (want[place] === '*') {
      star = place;
      mark = at;
      place += 1;
    } else if (place < want.length && (want[place] === '?' || want[place] === has[at])) {
      place += 1;
      at += 1;
    } else if (star >= 0) {
      place = star + 1;
      mark += 1;
      at = mark;
    } else return false;
  }
  while (want[place] === '*') place += 1;
  return place === want.length;
}

type Test = (value: string, wanted: readonly string[], field: string) => boolean;

const same: Test = (value, wanted) => wanted.some((it) => it.toLowerCase() === value.toLowerCase());
const within: Test = (value, wanted) => wanted.some((it) => value.toLowerCase().includes(it.toLowerCase()));

const TESTS: Record<Operator, Test> = {
  equals: same,
  not_equals: same,
  in: same,
  not_in: same,
  contains: within,
  not_contains: within,
  matches: (value, wanted) => wanted.some((it) => fitsPattern(it, value)),
  greater_than: (value, [wanted = ''], field) => compare(value, wanted, field) > 0,
  less_than: (value, [wanted = ''], field) => compare(value, wanted, field) < 0,
};

/** Above zero where `a` is greater; NaN, which is neither, where they cannot be compared. */
function compare(a: string, b: string, field: string): number {
  if (field !== 'severity') return Number(a) - Number(b);
  return isSeverity(a) && isSeverity(b) ? rank(b) - rank(a) : NaN;
}

function isSeverity(text: string): text is Severity {
  return SEVERITIES.includes(text as Severity);
}

function wantedOf(value: Row['value']): string[] {
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [...value];
}

function valuesOf(field: string, facts: RouteFacts): string[] {
  if (field === 'label') return [...facts.labels];
  const [kind, name] = [field.slice(0, field.indexOf('.')), field.slice(field.indexOf('.') + 1)];
  const named = kind === 'tag' ? facts.tags : kind === 'metric' ? facts.metrics : null;
  if (named) return Object.hasOwn(named, name) ? [String(named[name])] : [];
  if (!FIELDS.includes(field as Field)) return [];
  const value = facts[field as Exclude<Field, 'label'>];
  return value === null ? [] : [value];
}
