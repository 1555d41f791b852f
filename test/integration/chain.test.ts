import { sql } from 'kysely';
import { describe, expect } from 'vitest';

import { eventsOf, verifyChain } from '#src/db/events.ts';
import type { Db } from '#src/db/schema.ts';
import { act, reach } from '#src/engine/act.ts';
import { edit, note, tag } from '#src/engine/change.ts';
import { declare } from '#src/engine/declare.ts';
import { merge } from '#src/engine/merge.ts';
import { engineContext, SetClock } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';

const WHOLE = { events: 6, brokenAt: null };

describe('the chain of an incident', () => {
  test('fits as it was written, whatever people wrote', async ({ db }) => {
    const { number } = await lived(db);
    expect(await verifyChain(db, number)).toEqual(WHOLE);
    const ctx = engineContext(db);
    await note(ctx, number, 'naïve “quotes”, \\backslash, 😀, \n\t, </script>, ${x}, 1e21');
    await tag(ctx, number, { z: '1', a: '2', 10: 'ten', 9: 'nine', constructor: 'x' });
    await edit(ctx, number, { labels: ['b', 'a'], title: 'Cart fails' });
    expect(await verifyChain(db, number)).toEqual({ events: 9, brokenAt: null });
  });

  test.for([
    [
      'what was said',
      'update incident_events set data = data || \'{"content": "All is well"}\' where position = 4',
      4,
    ],
    ['who said it', 'update incident_events set actor = actor || \'{"name": "Bo"}\' where position = 2', 2],
    ['when', "update incident_events set at = at + interval '1 second' where position = 3", 3],
    ['what happened', "update incident_events set type = 'incident.reopened' where position = 6", 6],
    ['its place', 'update incident_events set position = 10 where position = 6', 6],
    ['an event from the middle', 'delete from incident_events where position = 3', 3],
    ['the first event', 'delete from incident_events where position = 1', 1],
    ['the last event', 'delete from incident_events where position = 6', 6],
    ['all that came after the second', 'delete from incident_events where position > 2', 3],
    ['all events', 'delete from incident_events', 1],
    ['the head', "update incidents set chain_hash = 'x'", 7],
  ] as const)('breaks when somebody changes or removes %s', async ([, statement, brokenAt], { db }) => {
    const { number } = await lived(db);
    await sql.raw(statement).execute(db);
    expect(await verifyChain(db, number)).toMatchObject({ brokenAt });
  });

  test('breaks when an event is put in between, although its hash fits the one before', async ({ db }) => {
    const { number } = await lived(db);
    await sql`update incident_events set position = position + 100 where position > 3`.execute(db);
    await sql`insert into incident_events (incident, position, type, at, actor, data, hash)
      select incident, 4, type, at, actor, data, hash from incident_events where position = 3`.execute(db);
    expect(await verifyChain(db, number)).toMatchObject({ brokenAt: 4 });
  });

  test('does not depend on that of others', async ({ db }) => {
    const { number } = await lived(db);
    const other = await lived(db);
    await sql`delete from incident_events where incident = ${number}`.execute(db);
    expect(await verifyChain(db, other.number)).toEqual(WHOLE);
  });

  test('fits at every moment while others write', async ({ db }) => {
    const { number } = await declare(engineContext(db), { title: 'Checkout fails' });
    const ctx = engineContext(db, { clock: new SetClock() });
    const writers = Array.from({ length: 4 }, async () => {
      for (let index = 0; index < 15; index += 1) await note(ctx, number, `note ${index}`);
    });
    const reader = (async () => {
      for (let events = 0; events < 61;) {
        const read = await verifyChain(db, number);
        expect(read.brokenAt).toBe(null);
        events = read.events;
      }
    })();
    await Promise.all([...writers, reader]);
    expect(await verifyChain(db, number)).toEqual({ events: 61, brokenAt: null });
  });

  test('holds both sides of a merge', async ({ db }) => {
    const ctx = engineContext(db);
    const { number: duplicate } = await declare(ctx, { title: 'a' });
    const { number: into } = await declare(ctx, { title: 'b' });
    await merge(ctx, duplicate, into);
    expect(await verifyChain(db, duplicate)).toEqual({ events: 6, brokenAt: null });
    expect(await verifyChain(db, into)).toEqual({ events: 2, brokenAt: null });
  });
});

describe('reading events', () => {
  test('oldest first, after one, of some kinds, so many', async ({ db }) => {
    const { number } = await lived(db);
    const all = await eventsOf(db, number);
    const seqs = (events: readonly { seq: number }[]) => events.map((it) => it.seq);
    expect(seqs(all)).toEqual(seqs(all).toSorted((a, b) => a - b));
    expect(await eventsOf(db, number, { after: all[3]?.seq ?? 0 })).toEqual(all.slice(4));
    expect(await eventsOf(db, number, { types: ['incident.noted', 'incident.declared'] })).toEqual([
      all[0],
      all[3],
    ]);
    expect(await eventsOf(db, number, { types: [] })).toEqual([]);
    expect(await eventsOf(db, number, { limit: 2 })).toEqual(all.slice(0, 2));
  });
});

/** An incident with six events. */
async function lived(db: Db) {
  const ctx = engineContext(db, { clock: new SetClock() });
  const incident = await declare(ctx, { title: 'Checkout fails' });
  await reach(ctx, incident.number, 'start');
  await note(ctx, incident.number, 'The deploy of 07:50 looks bad');
  await act(ctx, incident.number, 'resolve', { notes: 'Rolled back' });
  await act(ctx, incident.number, 'close');
  return incident;
}
