import type { Reader } from './schema.ts';

/** What is kept under a key; where nothing is, what is made now, and kept by whoever comes first. */
export async function keptSetting(r: Reader, key: string, make: () => string): Promise<string> {
  await r
    .insertInto('settings')
    .values({ key, value: JSON.stringify(make()) })
    .onConflict((it) => it.column('key').doNothing())
    .execute();
  const { value } = await r
    .selectFrom('settings')
    .select('value')
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  return String(value);
}
