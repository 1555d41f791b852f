import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect } from 'vitest';

import { insertJobs } from '#src/db/jobs.ts';
import { setTimers } from '#src/db/timers.ts';
import { sendHeartbeat } from '#src/heartbeat.ts';
import type { Log } from '#src/log.ts';
import { PRIORITY } from '#src/reactions/reaction.ts';
import { test } from '#test/support/database.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import { comesTrue } from '#test/support/reacting.ts';

const MINUTE = 60_000;

describe('the heartbeat that is sent', () => {
  test('is withheld, and the log says why, while the program does not do its work', async ({ db }) => {
    const clock = new ManualClock();
    const calls: string[] = [];
    const server = createServer((request, response) => {
      calls.push(request.url ?? '');
      response.end('OK');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/me`;
    const said: string[] = [];
    const note = (details: object, text: string) => void said.push(`${text} ${JSON.stringify(details)}`);
    const log = { warn: note, info: note } as Pick<Log, 'warn' | 'info'>;
    const heartbeat = { url, everyMs: MINUTE, allowPrivate: true };
    const stop = sendHeartbeat({ heartbeat, db, clock, log });
    await comesTrue(() => expect(calls).toEqual(['/ping/me']));
    const late = { kind: 'heartbeat', incident: null, subject: 'a', at: clock.now() } as const;
    const job = { id: 'j', kind: 'notify@web', lane: 'l', payload: {}, priority: PRIORITY.paging };
    await db.transaction().execute(async (tx) => {
      await setTimers(tx, [late]);
      await insertJobs(tx, [job], new Date(clock.now().getTime() - 3 * MINUTE));
    });
    await comesTrue(() => {
      clock.advance(MINUTE);
      expect(said[0]).toMatch(/not sent .*A timer is late by \d+ s\. A page has been under way for \d+ s\./);
    });
    expect(calls).toHaveLength(1);
    await db.transaction().execute(async (tx) => {
      await setTimers(tx, [{ ...late, at: null }]);
      await tx.deleteFrom('jobs').execute();
    });
    await comesTrue(() => {
      clock.advance(MINUTE);
      expect(calls.length).toBeGreaterThan(1);
    });
    await comesTrue(() => expect(said.at(-1)).toContain('is sent again'));
    expect(said.join()).not.toContain('/ping/me');
    stop();
    server.close();
    server.closeAllConnections();
  });
});
