import { groupAsSet, saveGroup } from '#src/db/handoff-groups.ts';
import type { PersonId } from '#src/incident/person.ts';
import { peopleAt } from '#src/oncall/handoff.ts';

import { bookOf } from './book.ts';
import type { Context } from './context.ts';

/** A group of a platform, and who is to be in it. */
export interface WantedGroup {
  readonly name: string;
  readonly people: readonly PersonId[];
}

/**
 * The group of a schedule on a platform with those who are on call now: of all schedules that name it, since
 * several may share one. Null where it has none, or is so already.
 */
export async function wantedGroup(
  ctx: Context,
  schedule: string,
  platform: string,
): Promise<WantedGroup | null> {
  const { schedules, setup } = await bookOf(ctx, ctx.db);
  const name = nameOn(schedules.get(schedule)?.schedule.groups, platform);
  if (name === null) return null;
  const now = ctx.now();
  const active = new Set(setup.people.filter((it) => it.active).map(({ id }) => id));
  const sharing = [...schedules.values()].filter((it) => nameOn(it.schedule.groups, platform) === name);
  const all = new Set(sharing.flatMap((it) => peopleAt(it, now)).filter((it) => active.has(it)));
  const people = [...all].toSorted();
  const set = await groupAsSet(ctx.db, platform, name);
  const isSo = set?.failed === null && set.people.length === people.length;
  return isSo && people.every((it) => set.people.includes(it)) ? null : { name, people };
}

/**
 * Writes down what became of it. False where the platform had refused it for the same reason before, so that
 * it was said already.
 */
export async function groupWasSet(
  ctx: Context,
  platform: string,
  { name, people }: WantedGroup,
  failed: string | null,
): Promise<boolean> {
  const before = await groupAsSet(ctx.db, platform, name);
  await saveGroup(ctx.db, { platform, name, people: [...people], failed, setAt: ctx.now() });
  return before?.failed !== failed;
}

function nameOn(groups: Readonly<Record<string, string>> | undefined, platform: string): string | null {
  return groups && Object.hasOwn(groups, platform) ? (groups[platform] ?? null) : null;
}
