import type { PersonId, TeamId } from '#src/incident/person.ts';

/** `2026-03-29T09:00`, seconds allowed: what the clocks of a zone show, whatever their offset is that day. */
export type WallTime = string;

export interface Schedule {
  readonly id: string;
  readonly name: string;
  readonly team: TeamId | null;
  /** An IANA name such as `Europe/Berlin`. */
  readonly timezone: string;
  readonly layers: readonly Layer[];
  readonly overrides: readonly Override[];
  readonly temporaries: readonly TemporarySchedule[];
  readonly holidays: readonly Holiday[];
  /** False: nobody is on call by it. */
  readonly enabled: boolean;
  /** What is told and asked at its hand-offs; left out: `HANDOFF_DEFAULTS`. */
  readonly handoff?: HandoffRules;
  /** Groups of chat platforms whose members are those on call, by the platform's name. */
  readonly groups?: Readonly<Record<string, string>>;
  /** Shifts that stay with the one before until somebody has taken them. Made by the program; kept apart, like overrides. */
  readonly holds?: readonly Hold[];
}

/** What is told and asked around the hand-offs of a schedule. Lengths are in milliseconds. */
export interface HandoffRules {
  /** Rooms that are told, as `platform/room` in the platform's own words. */
  readonly rooms: readonly string[];
  /** A shift moves when the next one says so, and not by the clock. */
  readonly acceptance: boolean;
  /** So long after the hand-off the backup is paged, where nobody has taken the shift. */
  readonly grace: number;
  /** Null: the one who should have taken it is paged. */
  readonly backup: { readonly kind: 'person' | 'team' | 'schedule'; readonly id: string } | null;
  /** So long before a shift its person is reminded; none: never. */
  readonly reminders: readonly number[];
  /** Every Monday at 09:00 by the clocks of the schedule: who is on call in that week. */
  readonly lookAhead: boolean;
  /** So long before nobody, or nobody who can be reached, is on call somebody is warned; 0: never. */
  readonly warnBefore: number;
}

/** `by` has the shift wherever `person` would, until `person` takes it. */
export interface Hold {
  readonly id: string;
  readonly person: PersonId;
  readonly by: PersonId;
  readonly start: Date;
  readonly end: Date;
}

/**
 * Who takes turns. At an instant the layers with the highest priority that have
 * somebody on duty count, all of them together; the others wait behind them.
 */
export interface Layer {
  readonly id: string;
  readonly name: string;
  readonly priority: number;
  /** Where its wall times are read; null: in the schedule's zone. */
  readonly timezone: string | null;
  readonly rotation: Rotation;
  /** The turns in order; several people share one. */
  readonly shifts: readonly (readonly PersonId[])[];
  /** When it is on duty at all, any of these; none: always. */
  readonly restrictions: readonly Restriction[];
  readonly onHolidays: 'as-usual' | 'nobody' | 'only';
  /** Whose holidays count beside those of every calendar; null: all of them. */
  readonly calendar: string | null;
  /** Its people are told along and learn; they are never the ones who are responsible. */
  readonly shadow: boolean;
}

export type Rotation = Length & {
  /** Nobody is on duty before it; also when the first turn begins, if there is no anchor. */
  readonly start: WallTime;
  /** When the first turn begins, or would have begun: its date and time say when turns are handed over. */
  readonly anchor: WallTime | null;
  /** Nobody is on duty from here on. */
  readonly end: WallTime | null;
};

/**
 * How long a turn is. Days, weeks and months end at the same wall time (day 31
 * is the last day of a shorter month); hours are elapsed time. A custom one is
 * an ISO 8601 duration: in months, or weeks and days, or hours and minutes.
 */
export type Length =
  | { readonly unit: 'hour' | 'day' | 'week' | 'month'; readonly every: number }
  | { readonly unit: 'custom'; readonly duration: string };

/** A window of wall time that begins on each of `days`. */
export interface Restriction {
  /** 0 to 6, 0 is Sunday: the days on which it begins. */
  readonly days: readonly number[];
  /** `22:00` */
  readonly from: string;
  /** `06:00`: on the next day if it is not after `from`. */
  readonly until: string;
  /** So many days later still: Monday 09:00 to Friday 17:00 is `days [1]`, `plusDays 4`. */
  readonly plusDays: number;
}

/** A whole day in the zone of the layer that asks. */
export interface Holiday {
  /** `2026-12-25` */
  readonly date: string;
  readonly name: string;
  /** For layers of this calendar only; null: for every layer. */
  readonly calendar: string | null;
}

/** Instead of the schedule's own layers, from `start` until before `end`. */
export interface TemporarySchedule {
  readonly id: string;
  readonly name: string;
  readonly layers: readonly Layer[];
  readonly start: Date;
  readonly end: Date;
  readonly reason: string | null;
  readonly createdBy: PersonId;
}

export type Override = Change & {
  readonly id: string;
  readonly start: Date;
  /** The first instant at which it does not hold any more. */
  readonly end: Date;
  readonly reason: string | null;
  readonly createdBy: PersonId;
};

/**
 * `cover`: these people and nobody of the layers (nobody at all if it is empty);
 * `add`: that person too; `replace`: wherever `person` would be, `by` is;
 * `remove`: that person is not. In this order, whatever order they are written in.
 */
export type Change =
  | { readonly kind: 'cover'; readonly people: readonly PersonId[] }
  | { readonly kind: 'add' | 'remove'; readonly person: PersonId }
  | { readonly kind: 'replace'; readonly person: PersonId; readonly by: PersonId };
