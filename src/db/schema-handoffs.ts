import type { ColumnType, JSONColumnType, Selectable } from 'kysely';

import type { PersonId } from '#src/incident/person.ts';

/** What is told of hand-offs, and what was told of them. */
export interface HandoffSchema {
  handoffPlans: HandoffPlanTable;
  handoffs: HandoffTable;
  handoffHolds: HandoffHoldTable;
  onCallGroups: OnCallGroupTable;
}

/** What was told of a schedule; the next message says what is other. */
interface HandoffPlanTable {
  schedule: string;
  people: JSONColumnType<PersonId[]>;
  /** Since when they were on call, as it was told. */
  since: Date;
  /** When somebody looked last whether they still are. */
  lookedAt: Date;
  /** Reminders and look-aheads up to then were sent. */
  remindedAt: Date;
  aheadAt: Date;
}
export type HandoffPlanRow = Selectable<HandoffPlanTable>;

interface HandoffTable {
  id: string;
  schedule: string;
  at: Date;
  /** When the shift before it began. */
  since: Date;
  leaving: JSONColumnType<PersonId[]>;
  coming: JSONColumnType<PersonId[]>;
}
export type HandoffRow = Selectable<HandoffTable>;

/** `late`: it waits still, and the backup was paged; `over`: nobody took it, and there is nothing to take any more. */
export type HoldState = 'waiting' | 'late' | 'taken' | 'over';

interface HandoffHoldTable {
  id: string;
  handoff: string;
  schedule: string;
  /** Who is to take the shift, and who has it until then. */
  person: PersonId;
  heldBy: PersonId;
  startsAt: Date;
  endsAt: Date;
  graceAt: Date;
  state: ColumnType<HoldState, HoldState, HoldState>;
  takenBy: PersonId | null;
  takenAt: Date | null;
}
export type HandoffHoldRow = Selectable<HandoffHoldTable>;

/** A group of a chat platform that follows the shift, as it was last set. */
export interface OnCallGroupTable {
  platform: string;
  name: string;
  people: JSONColumnType<PersonId[]>;
  /** Why the platform will not have it; null: it has. */
  failed: string | null;
  setAt: Date;
}
