import { expect } from 'vitest';

import { insertJobs } from '#src/db/jobs.ts';
import { setBack } from '#src/db/set-back.ts';
import { test } from '#test/support/database.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-03-01T08:00:00Z');
const at = (ms: number) => new Date(START + ms);

test('What waits is moved once when the clock is set back, whoever sees it', async ({ db }) => {
  const job = { id: 'j', kind: 'test', lane: 'incident-1', priority: 10, payload: {} };
  await insertJobs(db, [job], at(2 * HOUR_MS));
  const see = async (now: Date) => await db.transaction().execute((tx) => setBack(tx, now, HOUR_MS));
  const runAt = async () => (await db.selectFrom('jobs').select('runAt').executeTakeFirstOrThrow()).runAt;
  await see(at(0));
  await see(at(2000));
  expect(await runAt()).toEqual(at(HOUR_MS));
  await see(at(-HOUR_MS));
  expect(await runAt()).toEqual(at(0));
});
