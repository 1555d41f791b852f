import { sql, type Insertable, type Selectable } from 'kysely';

import type { Alert } from '#src/alerts/alert.ts';

import type { MuteTable } from './schema-people.ts';
import type { Reader, Tx } from './schema.ts';
import { setMissing } from './timers.ts';

export type MuteRow = Selectable<MuteTable>;

/** Those that hold at an instant, the first to end first. */
export async function activeMutes(r: Reader, now: Date): Promise<MuteRow[]> {
  return await r
    .selectFrom('mutes')
    .selectAll()
    .where('endedAt', 'is', null)
    .where('endsAt', '>', now)
    .orderBy('endsAt')
    .orderBy('id')
    .execute();
}

/** Mutes begin and end one after the other, so that what is found muted is what is there. After the incident's lock. */
export async function lockMutes(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('mutes', 0))`.execute(tx);
}

/** The ends of those that hold, and of those whose alerts were not heard again yet. */
export async function rearmMutes(tx: Tx, now: Date): Promise<void> {
  const rows = await tx
    .selectFrom('mutes')
    .select(['id', 'endsAt', 'endedAt'])
    .where((it) =>
      it.or([
        it('endedAt', 'is', null),
        it(
          'id',
          'in',
          it
            .selectFrom('alerts')
            .select('mutedBy')
            .where('mutedBy', 'is not', null)
            .$castTo<{ mutedBy: string }>(),
        ),
      ]),
    )
    .execute();
  await setMissing(
    tx,
    'mute-end',
    rows.map(({ id, endsAt, endedAt }) => ({ subject: id, at: endedAt ? now : endsAt })),
  );
}

/** Null where there is none of this id. */
export async function findMute(r: Reader, id: string): Promise<MuteRow | null> {
  return (await r.selectFrom('mutes').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** Adds it, or changes how long and why the one of this id holds. */
export async function saveMute(tx: Tx, mute: Insertable<MuteTable>): Promise<void> {
  const { endsAt, reason, evenCritical, createdBy } = mute;
  await tx
    .insertInto('mutes')
    .values(mute)
    .onConflict((it) => it.column('id').doUpdateSet({ endsAt, reason, evenCritical, createdBy }))
    .execute();
}

/** False where it had ended before, or is to hold beyond `at` by now. */
export async function endMute(
  tx: Tx,
  id: string,
  { at, by }: { readonly at: Date; readonly by: string | null },
): Promise<boolean> {
  const ended = tx.updateTable('mutes').set({ endedAt: at, endedBy: by }).where('id', '=', id);
  const { numUpdatedRows } = await (by === null ? ended.where('endsAt', '<=', at) : ended)
    .where('endedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * Counts the messages that mutes silenced, by mute. False where one of them has ended
 * meanwhile: whoever meant to silence something by it has to look again. Who ends one waits for this.
 * Alerts that are silenced refer to the mute, so it is locked in the way that does not wait for those who do.
 */
export async function countSilenced(tx: Tx, counts: ReadonlyMap<string, number>, at: Date): Promise<boolean> {
  if (counts.size === 0) return true;
  const rows = [...counts].map(([id, messages]) => ({ id, messages }));
  const { numAffectedRows = 0n } = await sql`
    with held as materialized (
      select mutes.id, it.messages from mutes
      join jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as it(id text, messages integer) on it.id = mutes.id
      where mutes.ended_at is null order by mutes.id for no key update of mutes
    )
    update mutes set silenced = mutes.silenced + held.messages, last_at = ${at}
    from held where held.id = mutes.id`.execute(tx);
  return Number(numAffectedRows) === counts.size;
}

/** An alert that was kept from an incident and fires, as it was last told when it began to. */
export interface Silenced {
  readonly fingerprint: string;
  readonly alert: Alert;
  readonly payload: unknown;
}

/** Those that a mute keeps from an incident, by their fingerprints, after this one; of open incidents they are not kept. */
export async function silencedBy(
  r: Reader,
  mute: string,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<Silenced[]> {
  const { rows } = await sql<Stored>`
    select alerts.fingerprint, alert_events.alert, alert_events.payload
    from alerts join alert_events on alert_events.id = alerts.fired_by
    left join incidents on incidents.number = alerts.incident
    where alerts.muted_by = ${mute} and alerts.state = 'firing'
      and alerts.fingerprint > ${after}
      and (incidents.number is null or incidents.status in ('RESOLVED', 'CLOSED'))
    order by alerts.fingerprint limit ${limit}`.execute(r);
  return rows.map(({ alert, ...it }) => ({
    ...it,
    alert: { ...alert, at: alert.at === null ? null : new Date(alert.at) },
  }));
}

/** Dates inside jsonb are ISO text. */
interface Stored extends Omit<Silenced, 'alert'> {
  readonly alert: Omit<Alert, 'at'> & { readonly at: string | null };
}

/** No alert is kept from anything by it any more. */
export async function freeAlerts(tx: Tx, mute: string): Promise<void> {
  await sql`
    update alerts set muted_by = null where fingerprint in (
      select fingerprint from alerts where muted_by = ${mute} order by fingerprint for update
    )`.execute(tx);
}

/** How many alerts of a service, a rule or a label were ever heard of, and fire now. */
export async function alertsLike(
  r: Reader,
  { kind, name, value }: Pick<MuteRow, 'kind' | 'name' | 'value'>,
): Promise<{ readonly known: number; readonly firing: number }> {
  const isIt =
    kind === 'label'
      ? sql`lower(labels ->> ${name}) = lower(${value})`
      : sql`lower(${sql.ref(kind === 'rule' ? 'rule' : 'service')}) = lower(${name})`;
  const { rows } = await sql<{ known: number; firing: number }>`
    select count(*)::int as known, (count(*) filter (where state = 'firing'))::int as firing
    from alerts where ${isIt}`.execute(r);
  return rows[0] ?? { known: 0, firing: 0 };
}
