import { describe, expect } from 'vitest';

import { insertJobs } from '#src/db/jobs.ts';
import { test } from '#test/support/doors.ts';

describe('over HTTP', () => {
  test('work that was given up is listed and tried again by an admin', async ({ open }) => {
    const job = {
      id: 'e1:page',
      kind: 'page',
      attempts: 8,
      lastError: 'refused',
      createdAt: new Date(0),
      deadAt: new Date(1),
    };
    const jobs = { list: async () => [job], retry: async (id: string) => id === job.id };
    const door = await open({ jobs });
    expect((await door.call('GET', '/api/v1/jobs/dead')).body.jobs).toMatchObject([
      { id: 'e1:page', last_error: 'refused' },
    ]);
    expect((await door.call('POST', `/api/v1/jobs/dead/${encodeURIComponent(job.id)}/retry`)).status).toBe(
      202,
    );
    expect((await door.call('POST', '/api/v1/jobs/dead/other/retry')).status).toBe(404);
  });

  test('work that was given up, and can never be done, is put away by an admin', async ({ open }) => {
    const door = await open();
    const { db, now } = door.deps;
    const work = { kind: 'notify@sms', lane: 'page 1', priority: 0, payload: {} };
    await insertJobs(
      db,
      ['dead', 'alive'].map((id) => ({ ...work, id })),
      now(),
    );
    await db.updateTable('jobs').set({ deadAt: now() }).where('id', '=', 'dead').execute();
    expect((await door.call('DELETE', '/api/v1/jobs/dead/alive')).status).toBe(404);
    expect((await door.call('DELETE', '/api/v1/jobs/dead/dead')).status).toBe(204);
    expect((await door.call('DELETE', '/api/v1/jobs/dead/dead')).status).toBe(404);
    expect((await db.selectFrom('jobs').select('id').execute()).map(({ id }) => id)).toEqual(['alive']);
  });
});
