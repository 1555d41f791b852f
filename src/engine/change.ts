import { saveDecisions } from '#src/db/decisions.ts';
import { lockIncident } from '#src/db/incidents.ts';
import type { Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import * as changes from '#src/incident/changes.ts';
import type { Deciding, Decision } from '#src/incident/decision.ts';
import type { Incident, Severity } from '#src/incident/incident.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import { traced } from '#src/telemetry/trace.ts';

import { deciding, type Context } from './context.ts';

/**
 * The shape of every verb on one incident, in one transaction: lock, decide,
 * save, append events. Throws what `decide` throws, and then nothing is written.
 */
export async function change(
  ctx: Context,
  number: number,
  decide: (before: Incident, who: Deciding, tx: Tx) => Decision | Promise<Decision>,
): Promise<Incident> {
  return await traced('change an incident', { attributes: { incident: number } }, async (span) => {
    const decision = await ctx.db.transaction().execute(async (tx) => {
      const before = await lockIncident(tx, number);
      const made = await decide(before, deciding(ctx), tx);
      await saveDecisions(tx, [made]);
      return made;
    });
    span.set({ events: decision.events.map((it) => it.type).join(' ') });
    if (decision.events.length > 0) ctx.committed();
    return decision.incident;
  });
}

/** Gives it to a person, a team or both; null takes the name off. Throws `not_found` for people and teams that are not there. */
export async function assign(
  ctx: Context,
  number: number,
  to: { readonly person?: PersonId | null | undefined; readonly team?: TeamId | null | undefined },
): Promise<Incident> {
  return await change(ctx, number, async (before, who, tx) => {
    if (to.person) await mustBeHere(tx, 'people', to.person);
    if (to.team) await mustBeHere(tx, 'teams', to.team);
    return changes.assign(before, to, who);
  });
}

export async function changeSeverity(
  ctx: Context,
  number: number,
  severity: Severity,
  reason: string | null = null,
): Promise<Incident> {
  return await change(ctx, number, (before, who) => changes.setSeverity(before, severity, reason, who));
}

/** Brings somebody in: they see it if it is private, and are invited to its rooms. Throws `not_found`. */
export async function invite(ctx: Context, number: number, person: PersonId): Promise<Incident> {
  return await change(ctx, number, async (before, who, tx) => {
    await mustBeHere(tx, 'people', person);
    return changes.invite(before, person, who);
  });
}

export async function edit(ctx: Context, number: number, fields: changes.Edit): Promise<Incident> {
  return await change(ctx, number, (before, who) => changes.edit(before, fields, who));
}

/** Answers the incident and the new comment's id. */
export async function note(
  ctx: Context,
  number: number,
  content: string,
): Promise<{ incident: Incident; comment: string }> {
  const comment = ctx.newId();
  const incident = await change(ctx, number, (before, who) => changes.note(before, comment, content, who));
  return { incident, comment };
}

/** `nextUpdateAt` is the promise of the next one; it must lie ahead. */
export async function postUpdate(
  ctx: Context,
  number: number,
  text: string,
  nextUpdateAt: Date | null,
): Promise<Incident> {
  return await change(ctx, number, (before, who) => {
    if (nextUpdateAt && nextUpdateAt <= who.at) {
      throw new UserError(
        'bad_arguments',
        'The next update must be promised for a time to come, like `next 30m`.',
      );
    }
    return changes.postUpdate(before, text, nextUpdateAt, who);
  });
}

export async function setRole(
  ctx: Context,
  number: number,
  role: string,
  person: PersonId | null,
): Promise<Incident> {
  return await change(ctx, number, async (before, who, tx) => {
    if (person) await mustBeHere(tx, 'people', person);
    return changes.setRole(before, role, person, who);
  });
}

export async function tag(
  ctx: Context,
  number: number,
  added: Readonly<Record<string, string>>,
  removed: readonly string[] = [],
): Promise<Incident> {
  return await change(ctx, number, (before, who) => changes.tag(before, added, removed, who));
}

async function mustBeHere(tx: Tx, table: 'people' | 'teams', id: string): Promise<void> {
  const row = await tx
    .selectFrom(table)
    .select('id')
    .where('id', '=', id as never)
    .executeTakeFirst();
  if (!row) {
    throw new UserError('not_found', `There is no ${table === 'people' ? 'person' : 'team'} called ${id}.`);
  }
}
