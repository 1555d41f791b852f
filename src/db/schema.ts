import type { ColumnType, Generated, JSONColumnType, Kysely, Selectable, Transaction } from 'kysely';

import type { AlertIdentity } from '#src/alerts/identity.ts';
import type {
  Category,
  Environment,
  Resolution,
  Resource,
  Severity,
  Status,
} from '#src/incident/incident.ts';
import type { Actor, PersonId, Role, TeamId } from '#src/incident/person.ts';

import type { ChangesSchema } from './schema-changes.ts';
import type { ChatSchema } from './schema-chat.ts';
import type { EgressSchema } from './schema-egress.ts';
import type { InvestigationsSchema } from './schema-investigations.ts';
import type { LessonsSchema } from './schema-lessons.ts';
import type { LlmSchema } from './schema-llm.ts';
import type { PeopleSchema } from './schema-people.ts';
import type { QuestionsSchema } from './schema-questions.ts';
import type { SimilarSchema } from './schema-similar.ts';
import type { SummariesSchema } from './schema-summaries.ts';

export type { SaidRow } from './schema-chat.ts';

export type Db = Kysely<Schema>;
export type Tx = Transaction<Schema>;

/** What reads may be given: outside a transaction or in one. */
export type Reader = Db | Tx;

/** Objects come out of jsonb as they are, and go in as text. */
type Json<T> = JSONColumnType<T extends object | null ? T : never>;
/** jsonb that is empty at first. */
type Kept<T> = ColumnType<T, string | undefined, string>;
/** Set once and never changed. */
type Fixed<T> = ColumnType<T, T, never>;

/**
 * The database as TypeScript sees it. Columns are snake_case in SQL and
 * camelCase here; what is inside jsonb keeps its own names.
 */
export interface Schema
  extends
    ChatSchema,
    PeopleSchema,
    LlmSchema,
    EgressSchema,
    ChangesSchema,
    InvestigationsSchema,
    SimilarSchema,
    QuestionsSchema,
    LessonsSchema,
    SummariesSchema {
  people: PersonTable;
  teams: TeamTable;
  teamMembers: { teamId: TeamId; personId: PersonId };
  identities: { platform: string; externalId: string; personId: PersonId };
  apiKeys: ApiKeyTable;
  signInLinks: { tokenHash: string; personId: PersonId; expiresAt: Date; usedAt: Date | null };
  sessions: { tokenHash: string; personId: PersonId; createdAt: Date; expiresAt: Date };
  accessLog: { id: Generated<number>; at: Date; actor: Json<Actor>; action: string; details: Json<object> };
  settings: { key: string; value: ColumnType<unknown, string, string> };

  incidentDays: { day: string; last: number };
  incidents: IncidentTable;
  incidentEvents: IncidentEventTable;
  chainAnchors: { day: string; lastSeq: number; incidents: number; hash: string; madeAt: Date };
  incidentViews: { personId: PersonId; incident: number; lastSeq: number };

  alertGroups: { key: string; incident: number | null; touchedAt: Date };
  alerts: AlertTable;
  /** How often the alerts of incidents repeated themselves, beside `alerts.times`: several rows an incident, to be added. */
  repeatsOfIncidents: { incident: number; times: number };
  /** By the month in which they came in; see `event-months.ts`. */
  alertEvents: AlertEventTable;
  /** What senders call their messages; see `event-names.ts`. */
  alertEventNames: { key: string; event: string; receivedAt: Date };

  timers: TimerTable;
  jobs: JobTable;
  leases: { name: string; holder: string; until: Date };
  platformState: { platform: string; key: string; value: Json<object>; at: Date };
  deliveries: { key: string; destination: string; incident: number | null; result: Json<object>; at: Date };
  idempotencyKeys: IdempotencyKeyTable;
  rooms: RoomTable;
  formerRooms: { platform: string; room: string; incident: number; lostAt: Date };
  /** `told`: whether the rooms were had told of it as it now is. */
  outages: {
    id: Generated<number>;
    platform: string;
    since: Date;
    overAt: Date | null;
    told: Generated<boolean>;
    /** When a process last found that it is away. */
    seenAt: Generated<Date | null>;
  };
}

interface PersonTable {
  id: PersonId;
  name: string;
  email: string | null;
  role: Role;
  timezone: Generated<string>;
  active: Generated<boolean>;
  createdAt: Date;
  skills: Generated<string[]>;
  region: string | null;
}

interface TeamTable {
  id: TeamId;
  name: string;
  createdAt: Date;
  description: Generated<string>;
  lead: PersonId | null;
  /** The ids of its on-call schedule and of its escalation policy. */
  schedule: string | null;
  policy: string | null;
}

interface ApiKeyTable {
  id: string;
  name: string;
  secretHash: string;
  role: Role;
  scopes: string[];
  personId: PersonId | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

/** Dates inside jsonb are ISO text. */
export interface StoredSla {
  acknowledgmentDeadline: string | null;
  resolutionDeadline: string | null;
  acknowledgmentBreached: boolean;
  resolutionBreached: boolean;
}

interface IncidentTable {
  number: Generated<number>;
  id: Fixed<string>;
  title: string;
  description: string;
  impact: string;
  severity: Severity;
  status: Status;
  category: Category;
  environment: Environment;
  source: Fixed<string>;
  sourceEventId: Fixed<string | null>;
  groupKey: string | null;
  fingerprint: Fixed<string>;
  resource: Json<Resource | null> | null;
  assignee: PersonId | null;
  team: TeamId | null;
  roles: Json<Record<string, PersonId>>;
  isPrivate: Generated<boolean>;
  insiders: Json<PersonId[]>;
  escalationLevel: number;
  tags: Json<Record<string, string>>;
  labels: Json<string[]>;
  sla: Json<StoredSla>;
  resolution: Json<Resolution | null> | null;
  related: Json<number[]>;
  parent: number | null;
  duplicateOf: number | null;
  lastUpdate: string | null;
  nextUpdateAt: Date | null;
  postMortemUrl: string | null;
  detectedAt: Date;
  createdAt: Fixed<Date>;
  updatedAt: Date;
  acknowledgedAt: Date | null;
  resolvedAt: Date | null;
  closedAt: Date | null;
  chainPosition: Generated<number>;
  chainHash: Generated<string>;
  /** Those of title, description and impact, for searches. */
  words: ColumnType<string, never, never>;
}
export type IncidentRow = Selectable<IncidentTable>;

interface IncidentEventTable {
  seq: Generated<number>;
  incident: Fixed<number>;
  position: Fixed<number>;
  type: Fixed<string>;
  at: Fixed<Date>;
  actor: Json<Actor>;
  data: Json<object>;
  hash: Fixed<string>;
  dispatchedAt: Date | null;
  /** What it came of, for whatever follows from it; null where traces are off. */
  trace: Generated<string | null>;
}
export type IncidentEventRow = Selectable<IncidentEventTable>;

export type AlertState = 'firing' | 'resolved' | 'acknowledged' | 'other';

interface AlertTable {
  fingerprint: string;
  crossKey: string | null;
  groupKey: string;
  incident: number | null;
  source: string;
  rule: string;
  title: string;
  severity: Severity;
  service: string | null;
  environment: Environment;
  state: AlertState;
  labels: Json<Record<string, string>>;
  /** What tells it from others, as it last read; see `sameAlert`. */
  about: Json<AlertIdentity>;
  links: Json<{ label: string; url: string }[]>;
  times: number;
  firstAt: Date;
  lastAt: Date;
  /** When it last changed from quiet to firing, and the event that said so. */
  firedAt: Date;
  firedBy: string;
  /** The names it fires under at its senders; empty when it is over. */
  copies: Json<string[]>;
  resolvedAt: Date | null;
  /** The mute that kept it from an incident when it last fired. */
  mutedBy: string | null;
}
export type AlertRow = Selectable<AlertTable>;

interface AlertEventTable {
  id: string;
  externalId: string | null;
  source: string;
  fingerprint: string;
  incident: number | null;
  duplicate: boolean;
  duplicateOf: string | null;
  state: AlertState;
  severity: Severity;
  alert: Json<object>;
  payload: Json<object>;
  at: Date;
  receivedAt: Date;
}
export type AlertEventRow = Selectable<AlertEventTable>;

interface TimerTable {
  key: string;
  kind: string;
  incident: number | null;
  dueAt: Date;
  subject: string | null;
  /** As that of events. */
  trace: Generated<string | null>;
}

interface JobTable {
  id: string;
  kind: string;
  lane: string;
  payload: Json<object>;
  priority: number;
  runAt: Date;
  /** Those that ended, and counted. */
  attempts: Generated<number>;
  /** Attempts since then that were begun, and of which nothing was heard yet. */
  interrupted: Generated<number>;
  lockedUntil: Date | null;
  /** Until then another server knows that it is ready, unless it lost it; null: it was not told. */
  handedUntil: Generated<Date | null>;
  deadAt: Date | null;
  lastError: string | null;
  createdAt: Date;
  /** The order in which they were added. */
  seq: Generated<number>;
  /** Of several that wait one is enough. */
  whole: Generated<boolean>;
  /** What follows `@` in the lane. */
  class: ColumnType<string, never, never>;
}

interface IdempotencyKeyTable {
  owner: string;
  key: string;
  requestHash: string;
  status: number | null;
  body: Json<object | null> | null;
  createdAt: Date;
}

interface RoomTable {
  incident: number;
  platform: string;
  room: string;
  name: string;
  url: string;
  card: string | null;
  openedAt: Date;
  archivedAt: Date | null;
  /** A digest of what the card was last seen to show; null where that is not certain. */
  cardShown: Generated<string | null>;
  /** Cards that somebody deleted; each new one needs a key of its own. */
  cardsLost: Generated<number>;
  /** The topic as it was last set; null where that is not certain. */
  topicShown: Generated<string | null>;
  /** Its line in the room that everybody is in, and what that was last seen to show. */
  line: Generated<string | null>;
  lineShown: Generated<string | null>;
  linesLost: Generated<number>;
  /** Who was invited, by the platform's ids. */
  invited: Kept<readonly string[]>;
  /** What was said of platforms that do not answer, by outage. */
  notices: Kept<Readonly<Record<string, Notice>>>;
}
export type RoomRow = Selectable<RoomTable>;

/** A message that is kept up to date. */
export interface Notice {
  /** Null: not posted yet, or deleted by somebody. */
  readonly id: string | null;
  /** A digest of what it was last seen to show; null where that is not certain. */
  readonly shown: string | null;
  /** Those before it that somebody deleted; each new one needs a key of its own. */
  readonly lost: number;
}
