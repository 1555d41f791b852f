import { saveDecisions } from '#src/db/decisions.ts';
import { lockIncidents } from '#src/db/incidents.ts';
import type { Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import * as changes from '#src/incident/changes.ts';
import type { Deciding, Decision } from '#src/incident/decision.ts';
import { shortName, type Incident, type IncidentNumber } from '#src/incident/incident.ts';

import { deciding, type Context } from './context.ts';

/** Ties two incidents together, in both. */
export async function link(ctx: Context, a: number, b: number): Promise<void> {
  await both(ctx, a, b, changes.link);
}

export async function unlink(ctx: Context, a: number, b: number): Promise<void> {
  await both(ctx, a, b, changes.unlink);
}

type Tie = (before: Incident, to: IncidentNumber, who: Deciding) => Decision;

async function both(ctx: Context, a: number, b: number, tie: Tie): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const [one, other] = await lockPair(tx, a, b);
    const who = deciding(ctx);
    await saveDecisions(tx, [tie(one, other.number, who), tie(other, one.number, who)]);
  });
  ctx.committed();
}

/** Both, locked, in the order asked for. Throws `not_found`. */
export async function lockPair(tx: Tx, a: number, b: number): Promise<[Incident, Incident]> {
  const locked = await lockIncidents(tx, [a, b]);
  const find = (number: number) => {
    const found = locked.find((it) => it.number === number);
    if (!found) throw new UserError('not_found', `There is no ${shortName(number)}.`);
    return found;
  };
  return [find(a), find(b)];
}
