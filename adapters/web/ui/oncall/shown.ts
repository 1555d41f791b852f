import type { Bar } from './bars.ts';
import type { Day } from './zone.ts';

/** What is drawn, and what follows when something in it is chosen. */
export interface Shown {
  readonly days: readonly Day[];
  /** The wall time of the first day of the period: of its week or its month. */
  readonly first: number;
  readonly bars: readonly Bar[];
  readonly colours: ReadonlyMap<string, number>;
  readonly zone: string;
  readonly now: number;
  readonly onDay: (day: Day) => void;
  readonly onBar: (bar: Bar) => void;
  readonly onStep: (by: 1 | -1) => void;
}
