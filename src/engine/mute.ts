import { saveDecisions } from '#src/db/decisions.ts';
import { findRun } from '#src/db/escalations.ts';
import { lockIncident } from '#src/db/incidents.ts';
import {
  activeMutes,
  endMute,
  findMute,
  freeAlerts,
  lockMutes,
  rearmMutes,
  saveMute,
  silencedBy,
  type MuteRow,
} from '#src/db/mutes.ts';
import { findPerson } from '#src/db/people.ts';
import type { Tx } from '#src/db/schema.ts';
import { setTimers } from '#src/db/timers.ts';
import { UserError } from '#src/errors.ts';
import { decided, event } from '#src/incident/decision.ts';
import type { IncidentEvent } from '#src/incident/events.ts';
import { isOpen, shortName, type Incident, type IncidentNumber } from '#src/incident/incident.ts';
import { isCritical, sayMuted } from '#src/incident/muting.ts';
import type { PersonId } from '#src/incident/person.ts';

import { deciding, type Context, type Place, shortId } from './context.ts';
import { escalateIn } from './escalation.ts';
import { ingest } from './ingest.ts';
import { snoozeRun } from './snooze.ts';

/** What is to be silent. */
export type MuteTarget = Pick<MuteRow, 'kind' | 'name' | 'value' | 'incident'>;

export interface MuteAsked {
  readonly what: MuteTarget;
  readonly until: Date;
  readonly reason: string | null;
  /** P0 and P1 are silent too. */
  readonly evenCritical: boolean;
}

/** Seven days: what is to be silent for longer is a rule to be changed. */
const LONGEST_MS = 7 * 86_400_000;
/** So many alerts are looked at at once when a mute ends. */
const BATCH = 200;

/**
 * Alerts that open no incident and page nobody until then; they are stored and counted, and those
 * that fire still at its end open one then. Where the same is muted already, until when is changed.
 * An incident's own alerts with it: who would be paged for it is not, until then.
 * @throws UserError where `until` is past or more than 7 days off, or the incident is over or breaks through.
 */
export async function mute(ctx: Context, asked: MuteAsked): Promise<MuteRow> {
  const { what, until, reason, evenCritical } = asked;
  const now = ctx.now();
  const ms = until.getTime() - now.getTime();
  if (!(ms > 0)) throw new UserError('bad_arguments', 'That time is over. Mute it for some time to come.');
  if (ms > LONGEST_MS) {
    throw new UserError(
      'bad_arguments',
      'Mute it for at most 7 days; what is to be silent for longer is a rule to be changed.',
    );
  }
  const made = await ctx.db.transaction().execute(async (tx) => {
    // What happened before is followed first: nobody is paged for it after this, and no answer is overtaken.
    if (what.incident !== null) await escalateIn({ ctx, tx }, what.incident);
    const incident = what.incident === null ? null : await mutable(tx, what.incident, evenCritical);
    await lockMutes(tx);
    const before = (await activeMutes(tx, now)).find((it) => isSame(it, what));
    const id = before?.id ?? shortId(ctx);
    const createdBy = ctx.actor.id;
    const row = { ...what, id, startsAt: now, endsAt: until, reason, evenCritical, createdBy };
    await saveMute(tx, { ...row, lastAt: null, endedAt: null, endedBy: null });
    await setTimers(tx, [{ kind: 'mute-end', incident: null, subject: id, at: until }]);
    if (incident) await silence({ ctx, tx }, incident, row, before?.endsAt ?? null);
    return await findMute(tx, id);
  });
  ctx.committed();
  if (!made) throw new Error('a mute that was saved is not there');
  return made;
}

/** Ends a mute at once: alerts that it silenced and that fire still open an incident. Throws `not_found` where it does not hold any more. */
export async function unmute(ctx: Context, id: string): Promise<MuteRow> {
  const ended = await ctx.db.transaction().execute(async (tx) => {
    const held = await findMute(tx, id);
    if (held?.incident) await escalateIn({ ctx, tx }, held.incident);
    const incident = held?.incident ? await lockIncident(tx, held.incident) : null;
    await lockMutes(tx);
    const isEnded = held && (await endMute(tx, id, { at: ctx.now(), by: ctx.actor.id }));
    if (!held || !isEnded) throw new UserError('not_found', 'It is not muted any more.');
    await setTimers(tx, [{ kind: 'mute-end', incident: null, subject: id, at: ctx.now() }]);
    if (incident) await sayUnmuted({ ctx, tx }, incident, held);
    return held;
  });
  ctx.committed();
  return ended;
}

/**
 * The time of a mute is over, or it was ended: what it silenced and fires still goes where it would have
 * gone, and who muted it is told. Before its time it does nothing; asked twice it does nothing twice.
 */
export async function muteOver(ctx: Context, id: string, tell: TellMuter): Promise<void> {
  const held = await findMute(ctx.db, id);
  if (!held) return;
  if (held.endedAt === null) await endInTime(ctx, held);
  const over = await findMute(ctx.db, id);
  if (!over || over.endedAt === null) return;
  const { alerts, incidents } = await hearAgain(ctx, over);
  await ctx.db.transaction().execute(async (tx) => {
    await freeAlerts(tx, id);
    await tellMuter({ ctx, tx }, over, { alerts, incidents }, tell);
  });
  ctx.committed();
}

/** What became of a mute. */
export interface MuteEnded {
  readonly id: string;
  /** `the service checkout`. */
  readonly what: string;
  /** How many messages it silenced. */
  readonly silenced: number;
  /** The name of who ended it before its time; null: its time was over. */
  readonly endedBy: string | null;
  /** How many alerts fired still, and the incidents that have them now. */
  readonly alerts: number;
  readonly incidents: readonly number[];
}

/** Tells who muted something what became of it; the chat has the words. */
export type TellMuter = (place: Place, to: PersonId, ended: MuteEnded) => Promise<void>;

async function mutable(tx: Tx, number: IncidentNumber, evenCritical: boolean): Promise<Incident> {
  const incident = await lockIncident(tx, number);
  const name = shortName(number);
  if (!isOpen(incident)) {
    throw new UserError(
      'conflict',
      `${name} is ${incident.status.toLowerCase()}, so there is nothing to mute.`,
    );
  }
  if (isCritical(incident.severity) && !evenCritical) {
    throw new UserError(
      'conflict',
      `${name} is ${incident.severity}, and what is critical breaks through a mute. Add \`--even-critical\` if you mean it.`,
    );
  }
  return incident;
}

/** Its timeline says so, and whoever would be paged for it is not before the end; `endedAt`: when the same mute was to end. */
async function silence(
  { ctx, tx }: Place,
  incident: Incident,
  { id, endsAt, reason, evenCritical }: Pick<MuteRow, 'id' | 'endsAt' | 'reason' | 'evenCritical'>,
  endedAt: Date | null,
): Promise<void> {
  const who = deciding(ctx);
  const data = { mute: id, until: endsAt.toISOString(), reason, evenCritical };
  const stored = await findRun(tx, incident.number);
  // Whoever snoozed it for longer has said so; the same mute may have been longer until now.
  const until = stored?.run.nextAt ?? 0;
  const isShorter = until < endsAt.getTime() || until === endedAt?.getTime();
  const isPaging = stored?.run.status === 'active' || (stored?.run.status === 'snoozed' && isShorter);
  const snoozed: IncidentEvent[] =
    stored && isPaging ? await snoozeRun({ ctx, tx }, incident, stored, endsAt) : [];
  const muted = event(incident, 'incident.muted', data, who);
  await saveDecisions(tx, [decided(incident, [muted, ...snoozed], who)]);
}

/** An incident that is silent no more is paged again, where nothing else keeps it quiet. */
async function sayUnmuted({ ctx, tx }: Place, incident: Incident, { id, endsAt }: MuteRow): Promise<void> {
  const who = deciding(ctx);
  const stored = await findRun(tx, incident.number);
  if (stored?.run.status === 'snoozed' && stored.run.nextAt === endsAt.getTime() && endsAt > who.at) {
    await snoozeRun({ ctx, tx }, incident, stored, new Date(who.at.getTime() + 1));
  }
  await saveDecisions(tx, [decided(incident, [event(incident, 'incident.unmuted', { mute: id }, who)], who)]);
}

async function endInTime(ctx: Context, held: MuteRow): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const incident = held.incident === null ? null : await lockIncident(tx, held.incident);
    await lockMutes(tx);
    const isEnded = await endMute(tx, held.id, { at: ctx.now(), by: null });
    if (isEnded && incident && isOpen(incident)) await sayUnmuted({ ctx, tx }, incident, held);
    // It holds for longer by now, or the clock went back since its timer was due.
    if (!isEnded) await rearmMutes(tx, ctx.now());
  });
}

/** Takes in again what fires still. Answers how many alerts that are, and the incidents that have them now. */
async function hearAgain(
  ctx: Context,
  { id, kind, name, value }: MuteRow,
): Promise<{ readonly alerts: number; readonly incidents: readonly number[] }> {
  const unmuted = { mute: id, what: sayMuted({ kind, name, value }) };
  const incidents = new Set<number>();
  let alerts = 0;
  for (let after = ''; ;) {
    const batch = await silencedBy(ctx.db, id, { after, limit: BATCH });
    const last = batch.at(-1);
    if (!last) return { alerts, incidents: [...incidents] };
    // The sender's id of the message was heard before, and this is none of the sender's.
    const again = batch.map(({ alert, payload }) => ({
      alert: { ...alert, eventId: null },
      payload,
      unmuted,
    }));
    for (const { incident } of await ingest(ctx, again)) if (incident !== null) incidents.add(incident);
    alerts += batch.length;
    after = last.fingerprint;
  }
}

/** Who muted it hears what became of it, unless nothing did or they ended it themselves. */
async function tellMuter(
  place: Place,
  it: MuteRow,
  still: Pick<MuteEnded, 'alerts' | 'incidents'>,
  tell: TellMuter,
): Promise<void> {
  const { id, kind, name, value, silenced, createdBy, endedBy } = it;
  if (endedBy === createdBy || (silenced === 0 && endedBy === null)) return;
  const muter = await findPerson(place.tx, createdBy);
  if (!muter) return;
  const ender = endedBy === null ? null : await findPerson(place.tx, endedBy);
  const what = sayMuted({ kind, name, value });
  const ended = { id, what, silenced, endedBy: ender?.name ?? null, ...still };
  await tell(place, muter.id, ended);
}

function isSame(one: MuteTarget, other: MuteTarget): boolean {
  return (
    one.kind === other.kind &&
    one.name.toLowerCase() === other.name.toLowerCase() &&
    (one.value ?? '').toLowerCase() === (other.value ?? '').toLowerCase()
  );
}
