import { sql } from 'kysely';
import { expect } from 'vitest';

import { lockLanesOf } from '#src/db/handed-jobs.ts';
import { beImpatient, lockQueue } from '#src/db/jobs.ts';
import type { Tx } from '#src/db/schema.ts';
import { databaseKind, test } from '#test/support/database.ts';

test('a vanished process is waited for ten seconds where others wait; the only session is never ended', async ({
  db,
}) => {
  const limitAfter = async (begin: (tx: Tx) => Promise<void>) =>
    await db.transaction().execute(async (tx) => {
      await begin(tx);
      const { rows } = await sql<{ limit: string }>`
        select current_setting('idle_in_transaction_session_timeout') as limit`.execute(tx);
      return rows[0]?.limit;
    });
  const expected = databaseKind === 'embedded' ? '0' : '10s';
  expect(await limitAfter(beImpatient)).toBe(expected);
  expect(await limitAfter(lockQueue)).toBe(expected);
  expect(await limitAfter((tx) => lockLanesOf(tx, ['a']))).toBe(expected);
});
