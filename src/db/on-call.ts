import { sql } from 'kysely';

import type { PersonId, TeamId } from '#src/incident/person.ts';
import type { Hold, Override, Schedule } from '#src/oncall/schedule.ts';
import type { EscalationPolicy } from '#src/paging/policy.ts';
import type { RoutingRule } from '#src/paging/routing.ts';

import { openHolds } from './handoff-holds.ts';
import type { StoredSchedule } from './schema-people.ts';
import type { Reader, Tx } from './schema.ts';

/** Everything that decides who is told of an incident, as it is now. */
export interface Setup {
  /** Rises with every change of the rest. */
  readonly version: number;
  readonly schedules: readonly Schedule[];
  readonly policies: readonly EscalationPolicy[];
  readonly rules: readonly RoutingRule[];
  /** The policy of incidents that none matches; null: they are paged for nobody. */
  readonly defaultPolicy: string | null;
  readonly teams: readonly TeamSetup[];
  readonly people: readonly PersonSetup[];
}

export interface TeamSetup {
  readonly id: TeamId;
  readonly name: string;
  readonly description: string;
  readonly members: readonly PersonId[];
  readonly lead: PersonId | null;
  /** The id of its on-call schedule. */
  readonly schedule: string | null;
  /** The id of its escalation policy. */
  readonly policy: string | null;
}

export interface PersonSetup {
  readonly id: PersonId;
  readonly name: string;
  readonly active: boolean;
  readonly timezone: string;
  readonly skills: readonly string[];
  readonly region: string | null;
}

/** The key in `settings` of the policy that is used where none matches. */
const DEFAULT_POLICY = 'default_policy';

/** 0 where nothing was ever changed. */
export async function setupVersion(r: Reader): Promise<number> {
  const row = await r.selectFrom('onCallVersion').select('version').executeTakeFirst();
  return row?.version ?? 0;
}

/** Overrides that ended before `since` are left out: they decide nothing any more. */
export async function readSetup(r: Reader, since: Date): Promise<Setup> {
  const version = await setupVersion(r);
  const stored = await r.selectFrom('schedules').select(['id', 'definition']).orderBy('id').execute();
  const overrides = await readOverrides(r, since);
  const holds = await openHolds(r);
  const policies = await r.selectFrom('policies').select('definition').orderBy('id').execute();
  const rules = await r.selectFrom('routingRules').select('definition').orderBy('id').execute();
  const setting = await r
    .selectFrom('settings')
    .select('value')
    .where('key', '=', DEFAULT_POLICY)
    .executeTakeFirst();
  return {
    version,
    schedules: stored.map(({ id, definition }) =>
      toSchedule(definition, overrides.get(id) ?? [], holds.get(id) ?? []),
    ),
    policies: policies.map((it) => it.definition),
    rules: rules.map((it) => it.definition),
    defaultPolicy: (setting?.value as string | undefined) ?? null,
    teams: await readTeams(r),
    people: await r
      .selectFrom('people')
      .select(['id', 'name', 'active', 'timezone', 'skills', 'region'])
      .orderBy('id')
      .execute(),
  };
}

/** By name. */
export async function listSchedules(r: Reader): Promise<{ readonly id: string; readonly name: string }[]> {
  return await r
    .selectFrom('schedules')
    .select(['id', sql<string>`definition ->> 'name'`.as('name')])
    .orderBy('name')
    .orderBy('id')
    .execute();
}

/** One schedule with all of its overrides that end after `since`; null where there is none. */
export async function findSchedule(r: Reader, id: string, since: Date): Promise<Schedule | null> {
  const row = await r.selectFrom('schedules').select('definition').where('id', '=', id).executeTakeFirst();
  if (!row) return null;
  const overrides = await readOverrides(r, since);
  const holds = await openHolds(r);
  return toSchedule(row.definition, overrides.get(id) ?? [], holds.get(id) ?? []);
}

/** Everything but its overrides and holds, which stay as they are. */
export async function saveSchedule(tx: Tx, schedule: Schedule, now: Date): Promise<void> {
  const { overrides: _, holds: __, temporaries, ...rest } = schedule;
  const definition: StoredSchedule = {
    ...rest,
    temporaries: temporaries.map(({ start, end, ...it }) => ({
      ...it,
      start: start.toISOString(),
      end: end.toISOString(),
    })),
  };
  const row = { definition: JSON.stringify(definition), updatedAt: now };
  await tx
    .insertInto('schedules')
    .values({ id: schedule.id, ...row })
    .onConflict((it) => it.column('id').doUpdateSet(row))
    .execute();
}

export async function savePolicy(tx: Tx, policy: EscalationPolicy, now: Date): Promise<void> {
  const row = { definition: JSON.stringify(policy), updatedAt: now };
  await tx
    .insertInto('policies')
    .values({ id: policy.id, ...row })
    .onConflict((it) => it.column('id').doUpdateSet(row))
    .execute();
}

export async function saveRoutingRule(tx: Tx, rule: RoutingRule, now: Date): Promise<void> {
  const row = { definition: JSON.stringify(rule), updatedAt: now };
  await tx
    .insertInto('routingRules')
    .values({ id: rule.id, ...row })
    .onConflict((it) => it.column('id').doUpdateSet(row))
    .execute();
}

export async function saveDefaultPolicy(tx: Tx, policy: string | null): Promise<void> {
  const value = JSON.stringify(policy);
  await tx
    .insertInto('settings')
    .values({ key: DEFAULT_POLICY, value })
    .onConflict((it) => it.column('key').doUpdateSet({ value }))
    .execute();
}

/** Takes away those of a kind that are not among `kept`; a schedule goes with its overrides. */
export async function removeOthers(
  tx: Tx,
  table: 'schedules' | 'policies' | 'routingRules',
  kept: readonly string[],
): Promise<void> {
  const gone = tx.deleteFrom(table);
  await (kept.length === 0 ? gone : gone.where('id', 'not in', kept)).execute();
}

/** What a team has beside its name and members. */
export async function saveTeamSetup(
  tx: Tx,
  {
    id,
    description,
    lead,
    schedule,
    policy,
  }: Pick<TeamSetup, 'id' | 'description' | 'lead' | 'schedule' | 'policy'>,
): Promise<void> {
  await tx.updateTable('teams').set({ description, lead, schedule, policy }).where('id', '=', id).execute();
}

export async function saveProfile(
  tx: Tx,
  { id, skills, region }: Pick<PersonSetup, 'id' | 'skills' | 'region'>,
): Promise<void> {
  await tx
    .updateTable('people')
    .set({ skills: [...skills], region })
    .where('id', '=', id)
    .execute();
}

/** Said again it changes nothing. */
export async function addOverride(tx: Tx, schedule: string, override: Override, now: Date): Promise<void> {
  const { id, start, end, reason, createdBy, ...change } = override;
  await tx
    .insertInto('overrides')
    .values({
      id,
      schedule,
      change: JSON.stringify(change),
      startsAt: start,
      endsAt: end,
      reason,
      createdBy,
      createdAt: now,
    })
    .onConflict((it) => it.column('id').doNothing())
    .execute();
}

/** False where there is none of this id. */
export async function removeOverride(tx: Tx, schedule: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('overrides')
    .where('schedule', '=', schedule)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Transactions that change the setup go one after the other, so that what each of them validated is what is there. */
export async function lockSetup(tx: Tx): Promise<void> {
  await sql`insert into on_call_version values (true, 0) on conflict do nothing`.execute(tx);
  await sql`select version from on_call_version for update`.execute(tx);
}

async function readTeams(r: Reader): Promise<TeamSetup[]> {
  const members = await r.selectFrom('teamMembers').selectAll().orderBy('personId').execute();
  const teams = await r
    .selectFrom('teams')
    .select(['id', 'name', 'description', 'lead', 'schedule', 'policy'])
    .orderBy('id')
    .execute();
  return teams.map((team) => ({
    ...team,
    members: members.filter((it) => it.teamId === team.id).map((it) => it.personId),
  }));
}

async function readOverrides(r: Reader, since: Date): Promise<Map<string, Override[]>> {
  const rows = await r
    .selectFrom('overrides')
    .selectAll()
    .where('endsAt', '>', since)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
  const grouped = Map.groupBy(rows, (it) => it.schedule);
  return new Map(
    [...grouped].map(([schedule, all]) => [
      schedule,
      all.map(({ id, change, startsAt, endsAt, reason, createdBy }) => ({
        ...change,
        id,
        start: startsAt,
        end: endsAt,
        reason,
        createdBy,
      })),
    ]),
  );
}

function toSchedule(
  { temporaries, ...rest }: StoredSchedule,
  overrides: readonly Override[],
  holds: readonly Hold[],
): Schedule {
  return {
    ...rest,
    ...(holds.length > 0 ? { holds } : {}),
    overrides,
    temporaries: temporaries.map(({ start, end, ...it }) => ({
      ...it,
      start: new Date(start),
      end: new Date(end),
    })),
  };
}
