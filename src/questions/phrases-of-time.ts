import type { Sense } from './senses.ts';
import type { TimeRange, Unit } from './spec.ts';
import { isDay } from './time.ts';

interface Found {
  readonly sense: Sense;
  /** In words. */
  readonly length: number;
}

const UNIT_WORDS: Readonly<Record<string, Unit>> = {
  hour: 'hour',
  hours: 'hour',
  day: 'day',
  days: 'day',
  week: 'week',
  weeks: 'week',
  month: 'month',
  months: 'month',
  quarter: 'quarter',
  quarters: 'quarter',
  year: 'year',
  years: 'year',
};
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
/** From one on. */
export const NUMBERS = [
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];

/** Every word that a time is said with. */
export const WORDS_OF_TIME: readonly string[] = [
  ...Object.keys(UNIT_WORDS),
  ...WEEKDAYS,
  ...MONTHS,
  ...NUMBERS,
  ...'today yesterday this current last past previous preceding since over within during between until till through'.split(
    ' ',
  ),
  ...'beginning start first the from to and date all time'.split(' '),
];

/** The time that is said from this word on, with the words that lead to it; null where none is. */
export function timeAt(words: readonly string[], at: number): Found | null {
  const readers = [rangeAt, sinceAt, lastAt, thisAt, pointAt, dayWordAt];
  const found = readers.map((read) => read(words, at)).filter((it) => it !== null);
  return found.toSorted((a, b) => b.length - a.length)[0] ?? null;
}

function time(range: TimeRange, length: number): Found {
  return { sense: { is: 'time', time: range }, length };
}

function dayWordAt(words: readonly string[], at: number): Found | null {
  const word = words[at];
  if (word === 'today') return time({ kind: 'this', unit: 'day' }, 1);
  if (word === 'yesterday') return time({ kind: 'previous', unit: 'day' }, 1);
  if (words.slice(at, at + 2).join(' ') === 'all time') return time({ kind: 'all' }, 2);
  const toDate = words.slice(at, at + 3).join(' ');
  const unit = UNIT_WORDS[word ?? ''];
  return unit && toDate.endsWith(' to date') ? time({ kind: 'this', unit }, 3) : null;
}

/** `this week`, `the current month`. */
function thisAt(words: readonly string[], at: number): Found | null {
  if (!/^(?:this|current)$/.test(words[at] ?? '')) return null;
  const unit = one(words[at + 1]);
  return unit ? time({ kind: 'this', unit }, 2) : null;
}

/**
 * `last week` is the whole one before this, `the past week` and `the last 7 days` are counted back from now;
 * `last monday` is that day.
 */
function lastAt(words: readonly string[], at: number): Found | null {
  const lead = leadAt(words, at, ['over', 'in', 'within', 'during', 'for']);
  const start = at + lead;
  const word = words[start] ?? '';
  if (!/^(?:last|past|previous|preceding)$/.test(word)) return null;
  const length = start - at + 1;
  const next = words[start + 1];
  const count = numberOf(next);
  const many = UNIT_WORDS[words[start + 2] ?? ''];
  if (count !== null && many && count > 0) return time({ kind: 'last', unit: many, count }, length + 2);
  const unit = one(next);
  if (!unit) return null;
  if (word === 'past' || unit === 'hour') return time({ kind: 'last', unit, count: 1 }, length + 1);
  return time({ kind: 'previous', unit }, length + 1);
}

/** `since monday`, `since 2026-03-01`, `since the beginning of the month`. */
function sinceAt(words: readonly string[], at: number): Found | null {
  if (words[at] !== 'since') return null;
  const phrase = words.slice(at + 1, at + 6).join(' ');
  const begin = /^(?:the )?(?:beginning|start|first) of (?:the|this) (week|month|quarter|year)\b/.exec(
    phrase,
  );
  const unit = begin && UNIT_WORDS[begin[1] ?? ''];
  if (unit) return time({ kind: 'this', unit }, 1 + (begin[0]?.split(' ').length ?? 0));
  const next = words[at + 1] ?? '';
  const weekday = WEEKDAYS.indexOf(next);
  if (weekday >= 0) return time({ kind: 'since_weekday', weekday: weekday + 1 }, 2);
  return isDay(next) ? time({ kind: 'between', from: next, to: null }, 2) : null;
}

/** `from 2026-03-01 to 2026-03-07`, `between ... and ...`: both days included. */
function rangeAt(words: readonly string[], at: number): Found | null {
  const [lead, from = '', middle, to = ''] = words.slice(at, at + 4);
  const isRange =
    (lead === 'between' && middle === 'and') ||
    (lead === 'from' && /^(?:to|until|till|through)$/.test(middle ?? ''));
  if (!isRange || !isDay(from) || !isDay(to) || from > to) return null;
  return time({ kind: 'between', from, to }, 4);
}

/** `on monday`, `in october`, `in october 2025`, `in 2025`, `q3 2025`, `on 2026-03-01`. */
function pointAt(words: readonly string[], at: number): Found | null {
  const lead = leadAt(words, at, ['on', 'in', 'during', 'for', 'of']);
  const start = at + lead;
  const word = words[start] ?? '';
  const weekday = WEEKDAYS.indexOf(word);
  // `from monday` may be that day, or all days since.
  if (words[at - 1] === 'from') return null;
  if (weekday >= 0) return time({ kind: 'weekday', weekday: weekday + 1 }, lead + 1);
  if (isDay(word)) return time({ kind: 'between', from: word, to: word }, lead + 1);
  const year = yearOf(words[start + 1]);
  const month = MONTHS.indexOf(word);
  if (month >= 0 && (lead > 0 || word !== 'may' || year !== null)) {
    if (year === null) return time({ kind: 'month', month: month + 1 }, lead + 1);
    return time(months(year, month, 1), lead + 2);
  }
  const quarter = /^q([1-4])$/.exec(word);
  if (quarter && year !== null) return time(months(year, 3 * (Number(quarter[1]) - 1), 3), lead + 2);
  const alone = yearOf(word);
  return alone !== null && lead > 0 ? time(months(alone, 0, 12), lead + 1) : null;
}

/** So many months from that one on (0 is January). */
function months(year: number, month: number, count: number): TimeRange {
  const last = new Date(Date.UTC(year, month + count, 0)).toISOString().slice(0, 10);
  return { kind: 'between', from: `${year}-${String(month + 1).padStart(2, '0')}-01`, to: last };
}

function yearOf(word: string | undefined): number | null {
  return /^20\d\d$/.test(word ?? '') ? Number(word) : null;
}

function leadAt(words: readonly string[], at: number, leads: readonly string[]): number {
  if (!leads.includes(words[at] ?? '')) return 0;
  return words[at + 1] === 'the' ? 2 : 1;
}

function numberOf(word: string | undefined): number | null {
  if (word === undefined) return null;
  if (/^\d{1,3}$/.test(word)) return Number(word);
  const index = NUMBERS.indexOf(word);
  return index < 0 ? null : index + 1;
}

function one(word: string | undefined): Unit | undefined {
  return word?.endsWith('s') ? undefined : UNIT_WORDS[word ?? ''];
}
