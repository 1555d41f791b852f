import { besideKey, dayKey, duration, format } from '../times.ts';
import type { Bar } from './bars.ts';
import type { DutyView, EmptyView, OverrideView } from './views.ts';
import { DAY } from './zone.ts';

/** Everybody's name by id. */
export type Names = ReadonlyMap<string, string>;

export function nameIn(names: Names, id: string): string {
  return names.get(id) ?? (id.startsWith('key:') ? 'an API key' : id);
}

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const UTC = { zone: 'UTC' };

/** `today 18:00`, `tomorrow 09:00`, `Mon 23 Nov 09:00`. */
export function whenWords(at: number, now: number, zone: string): string {
  const clock = clockWords(at, zone);
  const [key, today] = [dayKey(at, { zone }), dayKey(now, { zone })];
  if (key === today) return `today ${clock}`;
  if (key === besideKey(today, 1)) return `tomorrow ${clock}`;
  return `${dayWords(at, zone)} ${clock}`;
}

/** `Mon 23 Nov 02:00 to 06:00`; the day of its end where that is another one. */
export function spanWords(from: number, until: number, now: number, zone: string): string {
  const isOneDay = dayKey(from, { zone }) === dayKey(until, { zone });
  return `${whenWords(from, now, zone)} to ${isOneDay ? clockWords(until, zone) : whenWords(until, now, zone)}`;
}

/** `09:00` */
export function clockWords(at: number, zone: string): string {
  return format(at, CLOCK, { zone });
}

/** `Mon 23 Nov` */
export function dayWords(at: number, zone: string): string {
  const weekday = format(at, { weekday: 'short' }, { zone });
  return `${weekday} ${format(at, { day: 'numeric', month: 'short' }, { zone })}`;
}

/** `Monday 23 November 2026`, of a wall time. */
export function longDay(wall: number): string {
  const weekday = format(wall, { weekday: 'long' }, UTC);
  return `${weekday} ${format(wall, { day: 'numeric', month: 'long', year: 'numeric' }, UTC)}`;
}

/** `November 2026`, of a wall time. */
export function monthWords(wall: number): string {
  return format(wall, { month: 'long', year: 'numeric' }, UTC);
}

/** `16 to 22 Nov 2026`, of the wall time of its Monday. */
export function weekWords(wall: number): string {
  const day = (at: number) => format(at, { day: 'numeric', month: 'short' }, UTC);
  return `${day(wall)} to ${day(wall + 6 * DAY)} ${format(wall + 6 * DAY, { year: 'numeric' }, UTC)}`;
}

/** Why somebody is on call: `layer Primary`, `for Ana: a train`. */
export function whyWords({ why, layer, instead_of: other, reason, by }: DutyView, names: Names): string {
  if (why === 'layer') return `layer ${layer ?? ''}`.trim();
  const how = other === null ? `put in by ${nameIn(names, by ?? '')}` : `for ${nameIn(names, other)}`;
  return reason === null ? how : `${how}: ${reason}`;
}

/** The same as far as it fits on a bar: whom it is for, or else what was said, or else by whom. */
export function shortWhy(duty: DutyView, names: Names): string {
  const { instead_of: other, reason } = duty;
  return other === null && reason !== null ? reason : whyWords(duty, names);
}

/** Why nobody is on call. */
export function emptyWords({ why, reason, by }: EmptyView, names: Names): string {
  if (why === 'unplanned') return 'nobody is planned';
  if (why === 'disabled') return 'the schedule is switched off';
  const made = `an override by ${nameIn(names, by ?? '')}`;
  return reason === null ? made : `${made}: ${reason}`;
}

/** All of a bar in one line, for those who do not see it. */
export function barWords(bar: Bar, names: Names, now: number, zone: string): string {
  const times = `from ${spanWords(bar.from, bar.until, now, zone)}`;
  const gap = bar.empty ? `, ${emptyWords(bar.empty, names)}` : '';
  if (bar.kind === 'gap') return `Nobody is on call ${times}${gap}`;
  const who = nameIn(names, bar.person ?? '');
  const does = bar.kind === 'shadow' ? 'is told along and learns' : 'is on call';
  return `${who} ${does} ${times}, ${bar.duty ? whyWords(bar.duty, names) : ''}`;
}

/** `Bo instead of Ana`, `Cy too`, `Ana off`, `nobody`. */
export function overrideWords({ kind, people, instead_of: other }: OverrideView, names: Names): string {
  const who = people.map((it) => nameIn(names, it)).join(', ');
  if (kind === 'cover') return who === '' ? 'nobody is on call' : `${who} alone`;
  if (kind === 'replace') return `${who} instead of ${nameIn(names, other ?? '')}`;
  return kind === 'add' ? `${who} too` : `${who} is off`;
}

/** `5 min`, `1 h 30 min`; nothing to wait for is `at once`. */
export function waitWords(ms: number): string {
  return ms === 0 ? 'at once' : duration(ms);
}

/** `Ana`, `Ana and Bo`, `Ana, Bo and Cy`. */
export function listed(words: readonly string[], last = 'and'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

/** A sentence of the server with the times in it by the clocks of a zone; theirs are UTC, and say so. */
export function inZone(sentence: string, now: number, zone: string): string {
  return sentence.replaceAll(/(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC/g, (all, day: string, clock: string) => {
    const at = Date.parse(`${day}T${clock}Z`);
    return Number.isNaN(at) ? all : whenWords(at, now, zone);
  });
}
