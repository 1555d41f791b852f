import { sql } from 'kysely';

import { openDatabase } from '#src/db/open.ts';

/**
 * A process of its own that opens the database in the folder it is given and
 * writes numbers, one transaction each, until it is killed. It says "open" when
 * it is, and every number once it is committed.
 */
const [dataDir = ''] = process.argv.slice(2);
const { db } = await openDatabase({ dataDir });
await sql`create table if not exists numbers (n integer primary key, twin integer not null)`.execute(db);
process.stdout.write('open\n');

const { rows } = await sql<{ last: number }>`select coalesce(max(n), 0) as last from numbers`.execute(db);
for (let n = (rows[0]?.last ?? 0) + 1; ; n += 1) {
  await db.transaction().execute(async (tx) => {
    await sql`insert into numbers values (${n}, 0)`.execute(tx);
    await sql`update numbers set twin = ${n} where n = ${n}`.execute(tx);
  });
  process.stdout.write(`${n}\n`);
}
