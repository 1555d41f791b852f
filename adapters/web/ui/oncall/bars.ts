import type { DutyView, EmptyView, SpanView } from './views.ts';
import type { Day } from './zone.ts';

/** One person's shift, or a time in which nobody is on call, as it is drawn: from `from` until before `until`. */
export interface Bar {
  readonly kind: 'shift' | 'override' | 'shadow' | 'gap';
  /** Null: nobody. */
  readonly person: string | null;
  readonly from: number;
  readonly until: number;
  readonly duty: DutyView | null;
  readonly empty: EmptyView | null;
}

/** The part of a bar that lies in a row, in shares of the row from 0 to 1. */
export interface Piece {
  readonly bar: Bar;
  readonly start: number;
  readonly end: number;
  /** The bar goes on before the row, or after it. */
  readonly isCutBefore: boolean;
  readonly isCutAfter: boolean;
  /** Which of those side by side it is, from 0. */
  readonly lane: number;
}

/** Who is on call span by span, as bars: one for as long as the same person has it for the same reason. */
export function barsOf(spans: readonly SpanView[]): Bar[] {
  const bars: Bar[] = [];
  const running = new Map<string, number>();
  const add = (key: string, next: Bar) => {
    const index = running.get(key);
    const before = index === undefined ? undefined : bars[index];
    if (index !== undefined && before?.until === next.from) {
      bars[index] = { ...before, until: next.until };
      return;
    }
    running.set(key, bars.length);
    bars.push(next);
  };
  for (const span of spans) {
    const times = { from: Date.parse(span.from), until: Date.parse(span.until) };
    for (const duty of span.on_call) {
      const kind = duty.why === 'override' ? 'override' : 'shift';
      add(keyOf(kind, duty), { kind, person: duty.person, ...times, duty, empty: null });
    }
    for (const duty of span.shadows) {
      add(keyOf('shadow', duty), { kind: 'shadow', person: duty.person, ...times, duty, empty: null });
    }
    if (span.empty) {
      const key = `gap ${span.empty.override ?? ''}`;
      add(key, { kind: 'gap', person: null, ...times, duty: null, empty: span.empty });
    }
  }
  const [first, last] = [spans[0], spans.at(-1)];
  return first && last ? bars.map((it) => whole(it, Date.parse(first.from), Date.parse(last.until))) : [];
}

/** A shift that began before what was asked for, or ends after it, has its own begin and end. */
function whole(bar: Bar, first: number, last: number): Bar {
  if (!bar.duty) return bar;
  const [from, until] = [Date.parse(bar.duty.from), Date.parse(bar.duty.until)];
  return {
    ...bar,
    from: bar.from === first ? Math.min(from, first) : bar.from,
    until: bar.until === last ? Math.max(until, last) : bar.until,
  };
}

/** The pieces of a row of days: those who are responsible in the first lanes, shadows below them. */
export function piecesIn(bars: readonly Bar[], row: readonly Day[]): Piece[] {
  const [first, last] = [row[0], row.at(-1)];
  if (!first || !last) return [];
  const inRow = bars
    .filter((it) => it.from < last.until && it.until > first.from)
    .toSorted((a, b) => Number(a.kind === 'shadow') - Number(b.kind === 'shadow') || a.from - b.from);
  const ends: number[] = [];
  const shadowsFrom = { lane: -1 };
  return inRow.map((bar) => {
    if (bar.kind === 'shadow' && shadowsFrom.lane < 0) shadowsFrom.lane = ends.length;
    const least = bar.kind === 'shadow' ? shadowsFrom.lane : 0;
    const free = ends.findIndex((end, index) => index >= least && end <= bar.from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = bar.until;
    return {
      bar,
      start: shareOf(Math.max(bar.from, first.from), row),
      end: shareOf(Math.min(bar.until, last.until), row),
      isCutBefore: bar.from < first.from,
      isCutAfter: bar.until > last.until,
      lane,
    };
  });
}

/** Where in a row of equally wide days an instant lies, from 0 to 1. */
export function shareOf(at: number, row: readonly Day[]): number {
  const index = row.findIndex(({ until }) => at < until);
  const day = row[index];
  if (!day) return 1;
  return (index + Math.max(0, at - day.from) / (day.until - day.from)) / row.length;
}

/** How many lanes the pieces need. */
export function lanesOf(pieces: readonly Piece[]): number {
  return pieces.reduce((most, { lane }) => Math.max(most, lane + 1), 1);
}

/** A colour for each person, by number: those of the rotation first, so that neighbours differ. */
export function coloursOf(people: Iterable<string>): ReadonlyMap<string, number> {
  const all = [...new Set(people)];
  return new Map(all.map((person, index) => [person, index % COLOURS]));
}

/** So many the style sheet names. */
const COLOURS = 10;

function keyOf(kind: Bar['kind'], { person, override, layer }: DutyView): string {
  return `${kind} ${person} ${override ?? layer ?? ''}`;
}
