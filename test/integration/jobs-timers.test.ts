import { randomUUID } from 'node:crypto';

import { describe, expect, vi } from 'vitest';

import type { Db } from '#src/db/schema.ts';
import type { Context } from '#src/engine/context.ts';
import { declare } from '#src/engine/declare.ts';
import { SYSTEM } from '#src/incident/person.ts';
import { realClock } from '#src/jobs/clock.ts';
import { startJobs } from '#src/jobs/jobs.ts';
import type { Reaction } from '#src/reactions/reaction.ts';
import { test } from '#test/support/database.ts';

const log = { warn: () => {}, error: () => {} };
const DAY_MS = 86_400_000;

describe('with 100,000 timers pending', () => {
  test('those that are due fire at their time, and never before it', async ({ db, databaseKind }) => {
    const numbers: number[] = [];
    for (let i = 0; i < 50; i += 1) numbers.push((await declare(context(db), { title: 'Fails' })).number);
    const now = realClock.now().getTime();
    for (let part = 0; part < 10; part += 1) {
      await setTimers(db, 10_000, 'far', (index) => ({
        incident: null,
        dueAt: new Date(now + DAY_MS + part * 10_000 + index),
        key: `far-${part}-${index}`,
      }));
    }
    const lateness: number[] = [];
    const fire: Reaction<object> = { name: 'fire', on: [], timers: ['update-due'], run: async () => {} };
    const jobs = await startJobs({
      db,
      alone: databaseKind === 'embedded',
      reactions: [fire],
      deps: {},
      log,
      observer: { reaction: () => {}, timerLate: (ms) => void lateness.push(ms) },
    });

    const begin = realClock.now().getTime() + 300;
    await setTimers(db, 200, 'update-due', (index) => ({
      incident: numbers[index % 50] ?? null,
      dueAt: new Date(begin + index * 10),
      key: `near-${index}`,
    }));
    jobs.committed();

    await vi.waitFor(() => expect(lateness).toHaveLength(200), { timeout: 60_000 });
    const sorted = lateness.toSorted((a, b) => a - b);
    expect(sorted[0]).toBeGreaterThanOrEqual(0);
    // How late on a quiet machine `npm run bench -- timers` says; this one does other things too.
    expect(sorted[197]).toBeLessThanOrEqual(5000);
    await jobs.stop();
  });
});

async function setTimers(
  db: Db,
  count: number,
  kind: string,
  timer: (index: number) => { key: string; incident: number | null; dueAt: Date },
): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => ({ kind, ...timer(index) }));
  await db.insertInto('timers').values(rows).execute();
}

function context(db: Db): Context {
  return {
    db,
    actor: SYSTEM,
    role: 'admin',
    now: realClock.now,
    newId: randomUUID,
    committed: () => {},
    settings: {
      reopenWindowMs: 0,
      groupWindowMs: 0,
      stormWindowMs: 0,
      stormSize: 0,
      groupBy: ['service'],
      whenAlertsClear: 'resolve',
      publicUrl: 'http://localhost',
      platforms: ['web'],
      channels: [],
    },
  };
}
