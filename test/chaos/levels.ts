import type { LoggedEvent } from '#src/incident/events.ts';

import { DRIFTLESS_MS, LEVELS, WINDOW_MS } from './cast.ts';
import type { Span } from './faults.ts';

/** A level that was paged: when it was due, and when it came. Milliseconds since 1970. */
export interface Paged {
  readonly level: number;
  readonly due: number;
  readonly at: number;
}

export interface Levels {
  readonly paged: readonly Paged[];
  /** Levels that somebody's answer made needless after they were due: by how many milliseconds. */
  readonly overtaken: readonly number[];
  /** Levels that were passed over since a later one was due by then, too. */
  readonly passed: number;
  /** Pages that were wanted no more when they were written down, in the look that found both: they must not be sent. */
  readonly cancelled: readonly string[];
  readonly wrong: readonly string[];
}

/** A level that is due is paged, at the end, within so many milliseconds. */
const AT_THE_END_MS = 60_000;

/**
 * What the log of an incident says of its escalation: each level once, none before its time, none
 * after somebody answered, and none left out but where a later one was due as well.
 */
export function levelsOf(number: number, log: readonly LoggedEvent[], end: number): Levels {
  const paged: Paged[] = [];
  const overtaken: number[] = [];
  const cancelled: string[] = [];
  const wrong: string[] = [];
  let passed = 0;
  /** Which level comes next and when; null: nobody is wanted. */
  let next: { readonly level: number; readonly due: number } | null = null;
  let isOver = false;
  /** Somebody answered before anybody looked at the incident: its first level is written down and taken back. */
  let isUnseen = false;
  for (const event of log) {
    const at = event.at.getTime();
    if (event.type === 'incident.declared' || (event.type === 'incident.reopened' && isOver)) {
      next = { level: 1, due: at };
      isUnseen = true;
      isOver = false;
    } else if (isAnswer(event)) {
      if (next && next.due < at) overtaken.push(at - next.due);
      next = null;
      isOver ||= event.type === 'incident.resolved' || event.type === 'incident.closed';
    } else if (event.type === 'incident.paged') {
      const { level } = event.data;
      if (!next && isUnseen && level === 1) {
        isUnseen = false;
        cancelled.push(...event.data.pages.map((it) => it.page));
        continue;
      }
      isUnseen = false;
      if (!next) {
        wrong.push(`INC-${number}: level ${level} was paged though nobody was wanted.`);
        continue;
      }
      if (level < next.level) {
        wrong.push(`INC-${number}: level ${level} was paged twice.`);
        continue;
      }
      passed += level - next.level;
      const due: number = next.due + (level - next.level) * WINDOW_MS;
      if (at < due - 1000) wrong.push(`INC-${number}: level ${level} came ${due - at} ms early.`);
      paged.push({ level, due, at });
      const base = at - due <= DRIFTLESS_MS ? due : at;
      next = level < LEVELS ? { level: level + 1, due: base + WINDOW_MS } : null;
    }
  }
  if (next && next.due < end - AT_THE_END_MS) {
    wrong.push(
      `INC-${number}: level ${next.level} was due at ${new Date(next.due).toISOString()} and never came.`,
    );
  }
  return { paged, overtaken, passed, cancelled, wrong };
}

function isAnswer({ type, by }: LoggedEvent): boolean {
  if (type === 'incident.resolved' || type === 'incident.closed') return true;
  return (type === 'incident.acknowledged' || type === 'incident.started') && by.type !== 'system';
}

/** How much of the time between the two nothing was broken in, in milliseconds. */
export function calmWithin(spans: readonly Span[], from: number, until: number): number {
  let calm = 0;
  let seen = from;
  for (const it of spans.toSorted((a, b) => a.from - b.from)) {
    if (it.until <= seen) continue;
    if (it.from >= until) break;
    calm += Math.max(0, it.from - seen);
    seen = Math.max(seen, it.until);
  }
  return calm + Math.max(0, until - seen);
}
