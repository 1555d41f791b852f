import type { Selectable } from 'kysely';

import type { OnCallGroupTable } from './schema-handoffs.ts';
import type { Reader } from './schema.ts';

type OnCallGroupRow = Selectable<OnCallGroupTable>;

/** As it was last set, or tried to be; null: never. */
export async function groupAsSet(r: Reader, platform: string, name: string): Promise<OnCallGroupRow | null> {
  const row = await r
    .selectFrom('onCallGroups')
    .selectAll()
    .where('platform', '=', platform)
    .where('name', '=', name)
    .executeTakeFirst();
  return row ?? null;
}

export async function saveGroup(r: Reader, { people, ...row }: OnCallGroupRow): Promise<void> {
  const change = { ...row, people: JSON.stringify(people) };
  await r
    .insertInto('onCallGroups')
    .values(change)
    .onConflict((it) => it.columns(['platform', 'name']).doUpdateSet(change))
    .execute();
}

/** Those that a platform will not have, and why. */
export async function failedGroups(
  r: Reader,
): Promise<{ readonly platform: string; readonly name: string; readonly failed: string }[]> {
  const rows = await r
    .selectFrom('onCallGroups')
    .select(['platform', 'name', 'failed'])
    .where('failed', 'is not', null)
    .orderBy('platform')
    .orderBy('name')
    .execute();
  return rows.flatMap(({ failed, ...row }) => (failed === null ? [] : [{ ...row, failed }]));
}
