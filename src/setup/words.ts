import type { Length } from '#src/oncall/schedule.ts';

/**
 * How lengths, hours and turns are written in the file. Each `say` is read
 * again by its `read` as what it was; a `read` gives null for what it cannot read.
 */

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** `5m`, `2h`, `1h30m`, `90 min` to milliseconds. */
export function readLength(text: string): number | null {
  const compact = text.replaceAll(/\s/g, '').replaceAll(/min(?:utes?)?/g, 'm');
  const match = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(compact);
  if (!match || compact === '') return null;
  return UNITS.reduce((sum, [, ms], index) => sum + Number(match[index + 1] ?? 0) * ms, 0);
}

export function sayLength(ms: number): string {
  let left = ms;
  let said = '';
  for (const [unit, size] of UNITS) {
    const many = Math.floor(left / size);
    if (many > 0) said += `${many}${unit}`;
    left -= many * size;
  }
  return said || '0s';
}

/** `1 week`, `12 hours`, `month`, or an ISO 8601 duration. */
export function readTurn(text: string): Length | null {
  if (/^P[\dA-Z]+$/.test(text)) return { unit: 'custom', duration: text };
  const match = /^(?:(\d{1,4})\s*)?(hour|day|week|month)s?$/.exec(text);
  return match ? { unit: match[2] as 'hour' | 'day' | 'week' | 'month', every: Number(match[1] ?? 1) } : null;
}

export function sayTurn(length: Length): string {
  if (length.unit === 'custom') return length.duration;
  return `${length.every} ${length.unit}${length.every === 1 ? '' : 's'}`;
}

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

export interface Times {
  /** 0 is Sunday, in order; all seven where none is named. */
  readonly days: readonly number[];
  readonly from: string;
  readonly until: string;
}

/** `mon-fri 09:00-17:00`, `sat,sun 10:00-14:00`, `22:00-06:00`; fri-mon goes over the weekend. */
export function readTimes(text: string): Times | null {
  const match = /^(?:([a-z][a-z, -]*?)\s+)?(\d\d:\d\d(?::\d\d)?)\s*(?:-|to)\s*(\d\d:\d\d(?::\d\d)?)$/i.exec(
    text,
  );
  if (!match) return null;
  const [, named, from = '', until = ''] = match;
  const days = named === undefined ? EVERY_DAY : readDays(named.toLowerCase());
  return days && { days, from, until };
}

export function sayTimes({ days, from, until }: Times): string {
  const named = days.length === 0 || days.length === 7 ? '' : `${sayDays(days)} `;
  return `${named}${from}-${until}`;
}

function readDays(text: string): number[] | null {
  const found = new Set<number>();
  for (const part of text.split(',').map((it) => it.trim())) {
    const [first, last = first] = part.split('-').map((it) => dayNamed(it.trim()));
    if (first === undefined || last === undefined || first < 0 || last < 0 || part.split('-').length > 2) {
      return null;
    }
    for (let day = first; ; day = (day + 1) % 7) {
      found.add(day);
      if (day === last) break;
    }
  }
  return [...found].toSorted((a, b) => a - b);
}

/** Three letters are enough; the whole English name is fine too. */
function dayNamed(word: string): number {
  const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
  return word.length < 3 ? -1 : names.findIndex((it) => it.startsWith(word));
}

/** From Monday on; three in a row or more are a range. */
function sayDays(days: readonly number[]): string {
  const week = [1, 2, 3, 4, 5, 6, 0];
  const runs: number[][] = [];
  for (const [place, day] of week.entries()) {
    if (!days.includes(day)) continue;
    const before = week[place - 1];
    const last = runs.at(-1);
    if (last && before !== undefined && last.at(-1) === before) last.push(day);
    else runs.push([day]);
  }
  return runs
    .flatMap((run) => {
      const names = run.map((day) => WEEKDAYS[day] ?? '');
      return names.length > 2 ? [`${names[0]}-${names.at(-1)}`] : names;
    })
    .join(',');
}
