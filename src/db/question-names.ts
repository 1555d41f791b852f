import { sql } from 'kysely';

import type { Viewer } from '#src/incident/privacy.ts';
import type { Name } from '#src/questions/names.ts';

import { visibleTo } from './incidents.ts';
import { listSchedules } from './on-call.ts';
import { listPeople, listTeams } from './people.ts';
import type { Reader } from './schema.ts';

/** The most of each kind that questions may name: those that were heard of last. */
const MOST = 2000;
/** They are looked for in so many incidents, the last ones, and in their alerts. */
const LATEST = 5000;

/** What exists and can be asked about, as far as this viewer may know of it. */
export async function namesFor(r: Reader, viewer: Viewer): Promise<Name[]> {
  const [people, teams, schedules] = [await listPeople(r), await listTeams(r), await listSchedules(r)];
  const first = Map.groupBy(people, ({ name }) => firstName(name));
  const { rows } = await heard(r, viewer);
  return [
    ...rows.map(({ field, value }): Name => ({ field, value, called: [] })),
    ...teams.map(({ id, name }): Name => ({ field: 'team', value: id, called: [name] })),
    ...schedules.map(({ id, name }): Name => ({ field: 'schedule', value: id, called: [name] })),
    ...people.map(({ id, name }): Name => {
      const isOnly = first.get(firstName(name))?.length === 1;
      return { field: 'assignee', value: id, called: isOnly ? [name, firstName(name)] : [name] };
    }),
  ];
}

function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] ?? name;
}

/** Services, rules and sources of alerts, incidents and changes. Those of private incidents only for whoever may see them. */
async function heard(r: Reader, { id, role }: Viewer) {
  const mine = role === 'admin' ? sql`true` : visibleTo(id);
  return await sql<{ field: 'service' | 'source' | 'rule' | 'author'; value: string }>`
    with latest as materialized (
      select resource, source, created_at, number from incidents where ${mine} order by number desc limit ${LATEST}
    ), told as materialized (
      select service, source, rule, last_at from alerts
      where incident = any(array(select number from latest))
      union all (select service, source, rule, last_at from alerts where incident is null limit ${LATEST})
    ), known as (
      select 'service' as field, resource ->> 'name' as value, created_at as at from latest
      union all select 'source', source, created_at from latest
      union all select 'service', service, last_at from told
      union all select 'source', source, last_at from told
      union all select 'rule', rule, last_at from told
      union all select 'service', service, started_at from changes
      union all select 'source', source, started_at from changes
      union all select 'author', author, started_at from changes
    ), ranked as (
      select field, value, row_number() over (partition by field order by max(at) desc, value) as place
      from known where value is not null and value <> '' group by field, value
    )
    select field, value from ranked where place <= ${MOST} order by field, value collate "C"`.execute(r);
}
