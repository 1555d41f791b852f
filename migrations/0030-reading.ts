import { sql, type Kysely } from 'kysely';

/**
 * Indexes for what is read where there are a million incidents. Those of `incidents` serve one filter each in the
 * order that lists have, since the rarest of several filters is what finds them; where few match, all that do are read.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  /* The words of an incident, taken apart once: to do it for each that a search comes by takes longer than all else. */
  `alter table incidents add column words tsvector not null
    generated always as (to_tsvector('simple', title || ' ' || description || ' ' || impact)) stored`,
  `drop index incidents_text`,
  `create index incidents_words on incidents using gin (words)`,
  `create index incidents_by_severity on incidents (severity, created_at desc, number desc)`,
  `create index incidents_by_status on incidents (status, created_at desc, number desc)`,
  `create index incidents_by_category on incidents (category, created_at desc, number desc)`,
  `create index incidents_by_environment on incidents (environment, created_at desc, number desc)`,
  `create index incidents_by_assignee on incidents (assignee, created_at desc, number desc) where assignee is not null`,
  `create index incidents_by_change on incidents (updated_at, number)`,
  /* As lists sort them: by urgency, and by their place in the life of an incident (src/db/incident-list.ts). */
  `create index incidents_by_urgency on incidents
    (array_position(array['P4', 'P3', 'P2', 'P1', 'P0']::text[], severity), number)`,
  `create index incidents_by_stage on incidents
    (array_position(array['NEW', 'ACKNOWLEDGED', 'IN_PROGRESS', 'ESCALATED', 'RESOLVED', 'CLOSED']::text[], status), number)`,
  /* How much somebody has to do, whenever the one with the least to do is asked for. */
  `create index incidents_open_by_assignee on incidents (assignee) where status not in ('RESOLVED', 'CLOSED')`,
  /* Incidents that are merged, and what a mute would silence. */
  `create index alert_groups_by_incident on alert_groups (incident)`,
  `create index alerts_by_service on alerts (lower(service))`,
  `create index alerts_by_rule on alerts (lower(rule))`,
  /* What the same alert rule was about the last times. */
  `create index incident_memories_over on incident_memories (over_at desc)`,
  /* The rooms of the built-in chat: those that people write in, those that were left last, and those of a few. */
  `create index chat_rooms_live on chat_rooms (id) where archived_at is null`,
  `create index chat_rooms_over on chat_rooms (archived_at desc, id) where archived_at is not null`,
  `create index chat_rooms_closed on chat_rooms (id) where kind = 'direct' or is_private`,
  `create index chat_rooms_members on chat_rooms using gin (members) where kind = 'direct' or is_private`,
];
