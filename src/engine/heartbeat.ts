import { Alert } from '#src/alerts/alert.ts';
import { logAccess } from '#src/db/access-log.ts';
import {
  anyHeartbeat,
  findHeartbeat,
  forgetHeartbeat,
  giveGrace,
  lockHeartbeat,
  removeHeartbeat,
  saveHeard,
  saveHeartbeat,
  watchAgain,
} from '#src/db/heartbeats.ts';
import { lockSetup } from '#src/db/on-call.ts';
import { listTeams } from '#src/db/people.ts';
import type { HeartbeatRow } from '#src/db/schema-people.ts';
import type { Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import {
  EVERY_MS,
  GRACE_MS,
  isMissing,
  missingAfterBeat,
  missingAfterSilence,
  toSay,
  wasDeaf,
  type Heartbeat,
} from '#src/incident/heartbeat.ts';

import type { Context } from './context.ts';
import { ingest } from './ingest.ts';

/** As what its alerts come. */
const SOURCE = 'heartbeat';
const ID = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

/**
 * It was heard, now. Answers it as it is from now on.
 * @throws UserError `not_found`
 */
export async function beat(ctx: Context, id: string): Promise<HeartbeatRow> {
  const now = ctx.now();
  const { before, after } = await ctx.db.transaction().execute(async (tx) => {
    const row = await lockHeartbeat(tx, id);
    if (!row || row.removedAt !== null) throw unknown(id);
    const heard = { heardAt: now, missingAt: missingAfterBeat(row, now) };
    return { before: row, after: await saveHeard(tx, row, heard, now) };
  });
  // Otherwise its timer went to a later time, and nobody waits for that.
  if (before.alarmedAt !== null || before.missingAt === null) ctx.committed();
  return after;
}

/** As it is. @throws UserError `not_found` */
export async function heartbeatAt(ctx: Pick<Context, 'db'>, id: string): Promise<HeartbeatRow> {
  const row = await findHeartbeat(ctx.db, id);
  if (!row) throw unknown(id);
  return row;
}

/**
 * Looks at one at its time: says that it is missing, takes that back where it came again, and
 * sets the time of the next look. The alert goes the way of every alert, under a message id
 * of its own, so that said twice it is one. A look that comes late is none: nobody could
 * have been heard meanwhile, and grace begins again.
 */
export async function lookAtHeartbeat(ctx: Context, id: string, dueAt: Date): Promise<void> {
  const found = await anyHeartbeat(ctx.db, id);
  if (!found) return;
  const now = ctx.now();
  const isDeaf = isMissing(found, now) && found.alarmedAt === null && wasDeaf(dueAt, now);
  const said = isDeaf ? null : toSay(found, now);
  if (said !== null) await ingest(ctx, [{ alert: alertOf(found, said, now), payload: { heartbeat: id } }]);
  await ctx.db.transaction().execute(async (tx) => {
    const row = await lockHeartbeat(tx, id);
    if (!row) return;
    if (row.removedAt !== null && (said === 'back' || row.alarmedAt === null)) {
      return await forgetHeartbeat(tx, id);
    }
    const alarmedAt = said === null ? row.alarmedAt : said === 'missing' ? now : null;
    const missingAt = isDeaf ? missingAfterSilence(row, now) : row.missingAt;
    await saveHeard(tx, row, { alarmedAt, missingAt }, now);
  });
  ctx.committed();
}

/** Comes again and again; where it comes late we were deaf until now, whatever the reason. */
export async function watchHeartbeats(ctx: Context, dueAt: Date): Promise<void> {
  const now = ctx.now();
  await ctx.db.transaction().execute(async (tx) => {
    if (wasDeaf(dueAt, now)) await giveGrace(tx, now);
    await watchAgain(tx, now);
  });
  ctx.committed();
}

/**
 * Defines one, or defines it anew; what was heard of it stays.
 * @throws UserError for an id, a time or a team that cannot be
 */
export async function defineHeartbeat(ctx: Context, heartbeat: Heartbeat): Promise<HeartbeatRow> {
  const { id, team } = heartbeat;
  refuse(heartbeat);
  return await change(ctx, id, 'heartbeat.saved', async (tx) => {
    if (team !== null && !(await listTeams(tx)).some((it) => it.id === team)) {
      throw new UserError('not_found', `There is no team \`${team}\`.`);
    }
    await saveHeartbeat(tx, heartbeat, { now: ctx.now(), newKey: ctx.newId });
    return await heartbeatIn(tx, id);
  });
}

/** Stops or goes on expecting it. @throws UserError `not_found` */
export async function pauseHeartbeat(ctx: Context, id: string, paused: boolean): Promise<HeartbeatRow> {
  return await change(ctx, id, 'heartbeat.saved', async (tx) => {
    const row = await heartbeatIn(tx, id);
    await saveHeartbeat(tx, { ...row, paused }, { now: ctx.now(), newKey: ctx.newId });
    return await heartbeatIn(tx, id);
  });
}

/** @throws UserError `not_found` */
export async function dropHeartbeat(ctx: Context, id: string): Promise<void> {
  await change(ctx, id, 'heartbeat.removed', async (tx) => {
    if (!(await removeHeartbeat(tx, id, ctx.now()))) throw unknown(id);
  });
}

async function change<T>(
  ctx: Context,
  id: string,
  action: 'heartbeat.saved' | 'heartbeat.removed',
  write: (tx: Tx) => Promise<T>,
): Promise<T> {
  const done = await ctx.db.transaction().execute(async (tx) => {
    await lockSetup(tx);
    const written = await write(tx);
    await logAccess(tx, { at: ctx.now(), actor: ctx.actor, action, details: { id } });
    return written;
  });
  ctx.committed();
  return done;
}

async function heartbeatIn(tx: Tx, id: string): Promise<HeartbeatRow> {
  const row = await findHeartbeat(tx, id);
  if (!row) throw unknown(id);
  return row;
}

function refuse({ id, everyMs, graceMs }: Heartbeat): void {
  const wrong = (text: string) => new UserError('bad_arguments', text);
  if (!ID.test(id)) {
    throw wrong('Name it with 1 to 64 small letters, digits, dots, dashes or underscores, like `backup`.');
  }
  if (everyMs < EVERY_MS.least || everyMs > EVERY_MS.most) {
    throw wrong('It can be expected every minute at the most and once a year at the least.');
  }
  if (graceMs < GRACE_MS.least || graceMs > GRACE_MS.most) {
    throw wrong('It may be late by a minute at the least and by 30 days at the most.');
  }
}

function unknown(id: string): UserError {
  return new UserError('not_found', `There is no heartbeat \`${id.slice(0, 64)}\`.`);
}

function alertOf(row: HeartbeatRow, said: 'missing' | 'back', now: Date): Alert {
  const { id, name, everyMs, severity, team, service, environment, heardAt, missingAt, alarmedAt } = row;
  const isBack = said === 'back';
  const since = heardAt === null ? '' : ` It was last heard at ${minute(heardAt)}.`;
  const why = `It is expected every ${saidLength(everyMs)} and was not heard by ${minute(missingAt ?? now)}.${since}`;
  // One for each time that it is said; a look that is made again says it again.
  const turns = isBack ? [alarmedAt] : [missingAt, alarmedAt];
  const turn = turns.map((it) => it?.getTime() ?? 'first').join('-');
  return Alert.parse({
    eventId: `${id}-${said}-${turn}`,
    source: SOURCE,
    state: isBack ? 'resolved' : 'firing',
    eventType: 'alert',
    // Without a service it is what makes an incident: each has its own.
    rule: `heartbeat ${id}`,
    title: `${name} was not heard`,
    description: isBack ? `It is heard again, or not expected any more.${since}` : why,
    severity,
    originalSeverity: severity,
    category: 'availability',
    service,
    environment,
    resource: null,
    labels: { heartbeat: id, ...(team === null ? {} : { team }) },
    metrics: {},
    links: [],
    key: id,
    at: now,
  } satisfies Alert);
}

function minute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function saidLength(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const;
  const [unit, size] = units.find(([, it]) => ms % it === 0) ?? ['s', 1000];
  return `${Math.round(ms / size)} ${unit}`;
}
