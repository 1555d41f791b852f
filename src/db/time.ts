import { sql } from 'kysely';

import type { Reader } from './schema.ts';

/** What time it is where the database runs. */
export async function timeThere(r: Reader): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(r);
  const [row] = rows;
  if (!row) throw new Error('the database did not say what time it is');
  return row.now;
}
