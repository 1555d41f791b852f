import type { ColumnType, Generated, JSONColumnType, Selectable } from 'kysely';

import type { Message } from '#src/chat/message.ts';
import type { Severity } from '#src/incident/incident.ts';
import type { Actor, PersonId } from '#src/incident/person.ts';
import type { NoticeKind } from '#src/notify/channel.ts';
import type { Change, Schedule } from '#src/oncall/schedule.ts';
import type { EscalationPolicy } from '#src/paging/policy.ts';
import type { RoutingRule } from '#src/paging/routing.ts';
import type { ContactKind, PersonalRules, QuietHours } from '#src/paging/rules.ts';
import type { EscalationRun, Urgency } from '#src/paging/run.ts';

/** Who is on call, how people are told, and what became of it. */
export interface PeopleSchema {
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
  policies: { id: string; definition: JSONColumnType<EscalationPolicy>; updatedAt: Date };
  routingRules: { id: string; definition: JSONColumnType<RoutingRule>; updatedAt: Date };
  escalations: { incident: number; run: JSONColumnType<EscalationRun>; seen: number; updatedAt: Date };
  escalationTurns: { key: string; turns: number };
  pages: PageTable;
  notifications: NotificationTable;
  spentTokens: { id: string; at: Date };
  outgoing: OutgoingTable;
}

/** Overrides have a table of their own, since people make them all day; dates inside jsonb are ISO text. */
export type StoredSchedule = Omit<Schedule, 'overrides' | 'temporaries'> & {
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
}

/** What sort of notice a page is: most are about an incident. */
export type PageKind = Extract<NoticeKind, 'page' | 'handoff' | 'reminder' | 'test'>;

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
