import type { ColumnType, Generated, JSONColumnType, Selectable } from 'kysely';

import type { Message } from '#src/chat/message.ts';
import type { Heard, Heartbeat } from '#src/incident/heartbeat.ts';
import type { IncidentNumber, Severity } from '#src/incident/incident.ts';
import type { MuteKind } from '#src/incident/muting.ts';
import type { Actor, PersonId } from '#src/incident/person.ts';
import type { Change, Schedule } from '#src/oncall/schedule.ts';
import type { EscalationPolicy } from '#src/paging/policy.ts';
import type { RoutingRule } from '#src/paging/routing.ts';
import type { ContactKind, PersonalRules, QuietHours } from '#src/paging/rules.ts';
import type { EscalationRun, PageKind, Urgency } from '#src/paging/run.ts';

import type { HandoffSchema } from './schema-handoffs.ts';

/** Who is on call, how people are told, and what became of it. */
export interface PeopleSchema extends HandoffSchema {
  contactMethods: ContactMethodTable;
  contactCodes: { contact: string; codeHash: string; expiresAt: Date; tries: Generated<number> };
  personalRules: {
    personId: PersonId;
    rules: JSONColumnType<PersonalRules>;
    quiet: JSONColumnType<QuietHours> | null;
  };
  onCallVersion: { single: Generated<boolean>; version: number };
  schedules: { id: string; definition: JSONColumnType<StoredSchedule>; updatedAt: Date };
  overrides: OverrideTable;
  coverRequests: CoverRequestTable;
  swapRequests: SwapRequestTable;
  mutes: MuteTable;
  policies: { id: string; definition: JSONColumnType<EscalationPolicy>; updatedAt: Date };
  routingRules: { id: string; definition: JSONColumnType<RoutingRule>; updatedAt: Date };
  escalations: { incident: number; run: JSONColumnType<EscalationRun>; seen: number; updatedAt: Date };
  escalationTurns: { key: string; turns: number };
  pages: PageTable;
  notifications: NotificationTable;
  spentTokens: { id: string; at: Date };
  outgoing: OutgoingTable;
  heartbeats: HeartbeatTable;
  syntheticPages: SyntheticPageTable;
  writeChecks: { name: string; at: Date };
}

/** Overrides have a table of their own, since people make them all day; dates inside jsonb are ISO text. */
export type StoredSchedule = Omit<Schedule, 'overrides' | 'temporaries' | 'holds'> & {
  readonly temporaries: readonly (Omit<Schedule['temporaries'][number], 'start' | 'end'> & {
    readonly start: string;
    readonly end: string;
  })[];
};

interface ContactMethodTable {
  id: string;
  personId: PersonId;
  kind: ContactKind;
  address: string;
  verifiedAt: Date | null;
  enabled: Generated<boolean>;
  createdAt: Date;
}

interface OverrideTable {
  id: string;
  schedule: string;
  change: JSONColumnType<Change>;
  startsAt: Date;
  endsAt: Date;
  reason: string | null;
  createdBy: PersonId;
  createdAt: Date;
}

/** What somebody asked others to take of their shifts. */
export interface CoverRequestTable {
  id: string;
  schedule: string;
  person: PersonId;
  startsAt: Date;
  endsAt: Date;
  reason: string | null;
  askedAt: Date;
  /** Whoever took it, or the one who asked and took it back. */
  takenBy: PersonId | null;
  takenAt: Date | null;
  /** Who alone is asked; null: whoever is of the team. */
  offeredTo: PersonId | null;
  /** When they said that they will not. */
  declinedAt: Date | null;
}

/** `agreed`: both have the other's part; the rest leaves everything as it was. `undone`: agreed, and taken back. */
export type SwapAnswer = 'agreed' | 'declined' | 'withdrawn' | 'undone';

/** What somebody asked another to exchange. */
export interface SwapRequestTable {
  id: string;
  schedule: string;
  person: PersonId;
  startsAt: Date;
  endsAt: Date;
  other: PersonId;
  otherStartsAt: Date;
  otherEndsAt: Date;
  askedAt: Date;
  /** Null: nobody has answered yet. */
  answer: SwapAnswer | null;
  answeredAt: Date | null;
}

/** Alerts that open no incident for a time; see `src/incident/muting.ts`. */
export interface MuteTable {
  id: string;
  kind: MuteKind;
  /** Of an incident its short name. */
  name: string;
  /** Of a label. */
  value: string | null;
  incident: IncidentNumber | null;
  startsAt: Date;
  endsAt: Date;
  evenCritical: boolean;
  reason: string | null;
  /** A person, or a key. */
  createdBy: string;
  silenced: Generated<number>;
  lastAt: Date | null;
  /** Null: it holds until its end. */
  endedAt: Date | null;
  /** Null: its time was over. */
  endedBy: string | null;
}

interface PageTable {
  id: string;
  /** Null: a test page, or one about something else. */
  incident: number | null;
  /** What it is one page for: the same key is the same page. */
  key: string;
  recipientKind: 'person' | 'room' | 'webhook' | 'external';
  recipient: string;
  /** From 1; 0 for a page that somebody asked for. */
  level: number;
  cycle: number;
  urgency: Urgency;
  severity: Severity;
  reason: string;
  requestedBy: JSONColumnType<Actor>;
  requestedAt: Date;
  kind: ColumnType<PageKind, PageKind | undefined, PageKind>;
  /** What it is about, in one line, where it is about no incident. */
  title: string | null;
  answeredBy: PersonId | null;
  answeredAt: Date | null;
}
export type PageRow = Selectable<PageTable>;

/**
 * `waiting`: its time has not come, or the provider does not answer; `sent`: the provider took it;
 * `failed`: it was tried and did not go; `refused`: it cannot be used, as `why` says;
 * `cancelled`: not wanted any more when its time came.
 */
export type NotificationState = 'waiting' | 'sent' | 'failed' | 'refused' | 'cancelled';

interface NotificationTable {
  id: string;
  page: string;
  step: number;
  channel: string;
  contact: string | null;
  address: string;
  why: string;
  dueAt: Date | null;
  state: ColumnType<NotificationState, NotificationState, NotificationState>;
  attempts: Generated<number>;
  /** When it was first tried. */
  triedAt: Date | null;
  sentAt: Date | null;
  /** When the provider said that it arrived, where it says so. */
  deliveredAt: Date | null;
  providerId: string | null;
  detail: string | null;
}
export type NotificationRow = Selectable<NotificationTable>;

/** What is said in the chat about no incident, once for each platform. */
interface OutgoingTable {
  id: string;
  platform: string;
  toKind: 'person' | 'room' | 'message';
  /** Of a person ours, of a room or a message the platform's. */
  toId: string;
  message: JSONColumnType<Message>;
  createdAt: Date;
  /** The message as the platform calls it, once it is there. */
  posted: string | null;
  /** Why it will never be there. */
  failed: string | null;
}
export type OutgoingRow = Selectable<OutgoingTable>;

/** A call that is expected from outside, and what is known of it; see the migration. */
interface HeartbeatTable extends Heartbeat, Heard {
  key: string;
  createdAt: Date;
  removedAt: Date | null;
}
export type HeartbeatRow = Selectable<HeartbeatTable>;

interface SyntheticPageTable {
  id: string;
  dueAt: Date;
  people: PersonId[];
  checkedAt: Date | null;
  latencyMs: number | null;
  failed: string | null;
}
export type SyntheticPageRow = Selectable<SyntheticPageTable>;
