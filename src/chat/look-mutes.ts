import { findIncident } from '#src/db/incidents.ts';
import { activeMutes, alertsLike, type MuteRow } from '#src/db/mutes.ts';
import type { MuteTarget } from '#src/engine/mute.ts';
import { UserError } from '#src/errors.ts';
import { parseRef, shortName } from '#src/incident/incident.ts';
import { sayMuted } from '#src/incident/muting.ts';
import { maySee } from '#src/incident/privacy.ts';

import type { CommandContext } from './command.ts';
import { viewerOf } from './values.ts';

/**
 * What somebody means to mute: `checkout` or `service:checkout`, `rule:HighErrorRate`, `env=staging` or
 * `label:env=staging`, `INC-42`, and in an incident's room `here`. Throws `not_found` for an incident
 * that is not there, or not for them.
 */
export async function mutedOf(ctx: CommandContext, word: string): Promise<MuteTarget> {
  if (ctx.here !== null && /^(?:here|this)$/i.test(word)) return ofIncident(ctx.here);
  if (parseRef(word)) {
    const viewer = ctx.here === parseNumber(word) ? undefined : viewerOf(ctx);
    return ofIncident((await findIncident(ctx.db, word, viewer)).number);
  }
  const [, kind = 'service', name = word] = /^(service|rule|label):(.+)$/i.exec(word) ?? [];
  const label = /^([^=]+)=(.+)$/.exec(name);
  if (label?.[1] && label[2] && kind.toLowerCase() !== 'rule') {
    return { kind: 'label', name: label[1], value: label[2], incident: null };
  }
  if (kind.toLowerCase() === 'label') {
    throw new UserError('bad_arguments', 'Say the label and its value, like `label:env=staging`.', {
      field: 'what',
    });
  }
  return { kind: kind.toLowerCase() === 'rule' ? 'rule' : 'service', name, value: null, incident: null };
}

/** Those that hold and that the asker may know of, the first to end first. */
export async function mutesFor(ctx: CommandContext): Promise<MuteRow[]> {
  const viewer = viewerOf(ctx);
  const seen: MuteRow[] = [];
  for (const it of await activeMutes(ctx.db, ctx.now())) {
    if (it.incident === null || maySee(await findIncident(ctx.db, it.incident), viewer)) seen.push(it);
  }
  return seen;
}

/** The one that somebody means to end: by its id, or by what it mutes. Throws `not_found` with those that hold. */
export async function muteNamed(ctx: CommandContext, word: string): Promise<MuteRow> {
  const all = await mutesFor(ctx);
  const byId = all.find(({ id }) => id === word);
  if (byId) return byId;
  const wanted = sayMuted(await mutedOf(ctx, word)).toLowerCase();
  const found = all.find((it) => sayMuted(it).toLowerCase() === wanted);
  if (found) return found;
  const shown = all.slice(0, 5).map((it) => sayMuted(it));
  const there = shown.length === 0 ? 'Nothing is muted.' : `Muted is ${shown.join(', ')}.`;
  throw new UserError('not_found', `\`${word.slice(0, 60)}\` is not muted. ${there}`);
}

/** How many alerts of it were ever heard of, and fire now. */
export async function alertsOf(ctx: CommandContext, what: MuteTarget): ReturnType<typeof alertsLike> {
  return await alertsLike(ctx.db, what);
}

function ofIncident(number: MuteTarget['incident'] & number): MuteTarget {
  return { kind: 'incident', name: shortName(number), value: null, incident: number };
}

function parseNumber(word: string): number | null {
  const ref = parseRef(word);
  return ref && 'number' in ref ? ref.number : null;
}
