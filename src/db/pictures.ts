import { sql } from 'kysely';

import type { AlertRow, Reader, RoomRow } from './schema.ts';

/** What a picture of an incident shows beside the incident itself. */
export interface Picture {
  readonly rooms: readonly Pick<RoomRow, 'platform' | 'name' | 'url'>[];
  readonly firing: number;
  readonly total: number;
  /** How often its alerts were reported in all. */
  readonly times: number;
  /** The latest alert of each title, firing ones first. */
  readonly alerts: readonly Pick<AlertRow, 'title' | 'links'>[];
  /** Until when its alerts are muted. */
  readonly mutedUntil: Date | null;
  /** The past incident that it is clearly like, where that is for everybody. */
  readonly like: { readonly number: number; readonly cause: string | null; readonly lastedMs: number } | null;
  /** Of those people and teams that are there. */
  readonly names: readonly { readonly id: string; readonly name: string }[];
}

/** In one query, since every change of an incident is drawn on every platform. `most` is how many titles are read. */
export async function pictureOf(
  r: Reader,
  incident: number,
  { ids, most }: { readonly ids: readonly string[]; readonly most: number },
): Promise<Picture> {
  const { rows } = await sql<Picture>`
    with mine as (
      select title, links, state, fired_at, times from alerts where incident = ${incident}
    ),
    repeated as (
      select sum(times) as times from repeats_of_incidents where incident = ${incident}
    ),
    titles as (select distinct on (title) title, links, state, fired_at from mine order by title, state, fired_at desc),
    shown as (select title, links, state, fired_at from titles order by state, fired_at desc limit ${most}),
    known as (
      select id, name from people where id = any(${ids}::text[])
      union all
      select id, name from teams where id = any(${ids}::text[])
    )
    select
      (select coalesce(jsonb_agg(jsonb_build_object('platform', platform, 'name', name, 'url', url) order by platform), '[]')
        from rooms where rooms.incident = ${incident}) as rooms,
      (select count(*) filter (where state = 'firing') from mine) as firing,
      (select count(*) from mine) as total,
      (select coalesce(sum(times), 0) + coalesce((select times from repeated), 0) from mine)::bigint as times,
      (select coalesce(jsonb_agg(jsonb_build_object('title', title, 'links', links) order by state, fired_at desc), '[]')
        from shown) as alerts,
      (select max(ends_at) from mutes where mutes.incident = ${incident} and ended_at is null) as muted_until,
      (select jsonb_build_object('number', past.incident, 'cause', past.cause, 'lastedMs', past.lasted_ms)
        from incident_likenesses as found join incident_memories as past on past.incident = found.past
        join incidents as it on it.number = past.incident
        where found.incident = ${incident} and not it.is_private) as "like",
      (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', name)), '[]') from known) as names`.execute(
    r,
  );
  const [picture] = rows;
  if (!picture) throw new Error('a query without a table has always one row');
  return picture;
}
