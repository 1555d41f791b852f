import { NOW, type Call, type Seed, type Store } from './store.ts';

/** What a question is asked about; the words stand in the question, the rest finds the right answer. */
export interface Subject {
  readonly time: Stretch;
  readonly severity: string;
  readonly service: string;
  readonly team: string;
  readonly person: string;
  readonly environment: string;
  readonly category: string;
  readonly source: string;
  readonly rule: string;
}

/** A time in words, and the instants that it means in Berlin on that Wednesday, found by hand. */
export interface Stretch {
  readonly words: string;
  readonly from: string;
  readonly to: string | null;
}

// oxfmt-ignore
export const STRETCHES: readonly Stretch[] = [
  { words: 'this week',             from: '2026-03-15T23:00:00Z', to: null },
  { words: 'last month',            from: '2026-01-31T23:00:00Z', to: '2026-02-28T23:00:00Z' },
  { words: 'in the last 30 days',   from: '2026-02-16T15:30:00Z', to: null },
  { words: 'last week',             from: '2026-03-08T23:00:00Z', to: '2026-03-15T23:00:00Z' },
  { words: 'this month',            from: '2026-02-28T23:00:00Z', to: null },
  { words: 'since Monday',          from: '2026-03-15T23:00:00Z', to: null },
  { words: 'in October',            from: '2025-09-30T22:00:00Z', to: '2025-10-31T23:00:00Z' },
  { words: 'last quarter',          from: '2025-09-30T22:00:00Z', to: '2025-12-31T23:00:00Z' },
  { words: 'over the past 7 days',  from: '2026-03-11T15:30:00Z', to: null },
  { words: 'yesterday',             from: '2026-03-16T23:00:00Z', to: '2026-03-17T23:00:00Z' },
  { words: 'this year',             from: '2025-12-31T23:00:00Z', to: null },
  { words: 'from 2026-02-10 to 2026-03-05', from: '2026-02-09T23:00:00Z', to: '2026-03-05T23:00:00Z' },
  { words: 'in 2025',               from: '2024-12-31T23:00:00Z', to: '2025-12-31T23:00:00Z' },
  { words: 'in the last six weeks', from: '2026-02-04T15:30:00Z', to: null },
  { words: 'since 2026-01-15',      from: '2026-01-14T23:00:00Z', to: null },
  { words: 'last year',             from: '2024-12-31T23:00:00Z', to: '2025-12-31T23:00:00Z' },
];

/** A number, numbers by key, or incidents in order. */
export type Expected =
  | { readonly value: number | null }
  | { readonly groups: ReadonlyMap<string, number> }
  | { readonly incidents: readonly number[] };

export function isIn({ from, to }: Stretch, at: Date | null): boolean {
  return at !== null && at >= new Date(from) && at < (to === null ? NOW : new Date(to));
}

/** What somebody sees who is no insider of anything; merged ones are counted as what they became. */
export function seen({ incidents }: Store): Seed[] {
  return incidents.filter(({ isSecret, mergedInto }) => !isSecret && mergedInto === null);
}

export function opened(store: Store, { time }: Subject): Seed[] {
  return seen(store).filter((it) => isIn(time, it.opened));
}

export function isOpen({ status }: Seed): boolean {
  return status !== 'RESOLVED' && status !== 'CLOSED';
}

export function by<T>(rows: readonly T[], key: (row: T) => string | null): Expected {
  const groups = new Map<string, number>();
  for (const row of rows) groups.set(key(row) ?? '', (groups.get(key(row) ?? '') ?? 0) + 1);
  return { groups };
}

export function meansBy(
  rows: readonly Seed[],
  key: (row: Seed) => string | null,
  of: (row: Seed) => number | null,
  statistic: (all: readonly number[]) => number | null = mean,
): Expected {
  const groups = new Map<string, number>();
  for (const [name, all] of Map.groupBy(rows, (it) => key(it) ?? '')) {
    const value = statistic(all.map(of).filter((it) => it !== null));
    if (value !== null) groups.set(name, value);
  }
  return { groups };
}

export function mean(all: readonly number[]): number | null {
  return all.length === 0 ? null : all.reduce((sum, it) => sum + it, 0) / all.length;
}

/** Interpolated between the two nearest. */
export function percentile(share: number): (all: readonly number[]) => number | null {
  return (all) => {
    const sorted = all.toSorted((a, b) => a - b);
    const place = share * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return low === undefined || high === undefined ? null : low + (high - low) * (place - Math.floor(place));
  };
}

export function numbers(of: (row: Seed) => number | null, rows: readonly Seed[]): number[] {
  return rows.map(of).filter((it) => it !== null);
}

export const toResolve = ({ opened: from, resolved }: Seed) =>
  resolved && (resolved.getTime() - from.getTime()) / 1000;
export const toAcknowledge = ({ opened: from, acknowledged }: Seed) =>
  acknowledged && (acknowledged.getTime() - from.getTime()) / 1000;
export const toDetect = ({ opened: at, detected }: Seed) => (at.getTime() - detected.getTime()) / 1000;

/** The share of those that were promised something, and whose promise is kept or broken by now. */
export function shareKept(rows: readonly Seed[], late: (it: Seed) => boolean, done: (it: Seed) => unknown) {
  const judged = rows.filter((it) => it.severity !== 'P4' && (late(it) || done(it)));
  return { value: judged.length === 0 ? null : judged.filter((it) => !late(it)).length / judged.length };
}

export function newestFirst(rows: readonly Seed[], most = 20): Expected {
  const sorted = rows.toSorted((a, b) => b.opened.getTime() - a.opened.getTime());
  return { incidents: sorted.slice(0, most).map(({ number }) => number) };
}

export function longestFirst(rows: readonly Seed[], most: number): Expected {
  const length = ({ opened: from, resolved }: Seed) => (resolved ?? NOW).getTime() - from.getTime();
  return {
    incidents: rows
      .toSorted((a, b) => length(b) - length(a))
      .slice(0, most)
      .map(({ number }) => number),
  };
}

/** Calls that were no tests: every fiftieth is one. */
export function pagesIn({ calls }: Store, time: Stretch): Call[] {
  return calls.filter((it, index) => index % 50 !== 0 && isIn(time, it.at));
}

const HOURS: Readonly<Record<string, number>> = { bo: -7, chidi: 1, dora: 9 };

export function isNight({ at, person }: Call): boolean {
  const hour = (at.getUTCHours() + (HOURS[person] ?? berlin(at)) + 24) % 24;
  return hour >= 22 || hour < 7;
}

/** Summer time was from 30 March to 26 October 2025. */
function berlin(at: Date): number {
  return at >= new Date('2025-03-30T01:00:00Z') && at < new Date('2025-10-26T01:00:00Z') ? 2 : 1;
}

/** As the clocks in Berlin showed it. */
export function inBerlin(at: Date): Date {
  return new Date(at.getTime() + berlin(at) * 3_600_000);
}
