import { sql } from 'kysely';
import { describe, expect } from 'vitest';

import { viewOf } from '#src/chat/card-view.ts';
import { card } from '#src/chat/card.ts';
import { plainMessage } from '#src/chat/message.ts';
import { keepVectors, rememberedCount, unembedded } from '#src/db/memories.ts';
import type { Db } from '#src/db/schema.ts';
import { similarIncidents, type SimilarQuery } from '#src/db/similar.ts';
import { powersOf, prepareVectors } from '#src/db/vectors.ts';
import { act, reach } from '#src/engine/act.ts';
import { declare } from '#src/engine/declare.ts';
import { ingest } from '#src/engine/ingest.ts';
import { merge } from '#src/engine/merge.ts';
import { hashed, HASHING, hashingEmbedder } from '#src/search/hashing.ts';
import { Talk } from '#test/support/chat.ts';
import { addPerson, engineContext, SetClock } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { openDoor } from '#test/support/http.ts';
import { alert } from '#test/support/incident.ts';
import { comesTrue, test as working } from '#test/support/reacting.ts';
import { ADMIN, happened, remembered } from '#test/support/similar.ts';

const ANYBODY = { id: null, role: 'viewer' } as const;

async function like(db: Db, query: Partial<SimilarQuery>): Promise<number[]> {
  const now = new Date('2026-03-02T08:00:00Z');
  const found = await similarIncidents(db, { viewer: ADMIN, limit: 5, now, ...query });
  return found.map(({ number }) => number);
}

describe('what is remembered', () => {
  test('is what a person ended, until it is opened again', async ({ db }) => {
    const ana = await addPerson(db, 'ana');
    const clock = new SetClock();
    const confirmed = await happened(db, ana, {}, clock);
    const byItself = await happened(db, null, {}, clock);
    expect([await remembered(db, confirmed), await remembered(db, byItself)]).toEqual([true, false]);
    expect(await like(db, { number: byItself })).toEqual([confirmed]);

    await act(engineContext(db, { actor: ana, clock }), byItself, 'close');
    expect(await remembered(db, byItself)).toBe(true);
    await act(engineContext(db, { actor: ana, clock }), confirmed, 'reopen');
    expect(await remembered(db, confirmed)).toBe(false);
    expect(await like(db, { text: 'latency of the checkout' })).toEqual([byItself]);
  });

  test('is no duplicate, and nothing that was opened again and then ended by its alerts alone', async ({
    db,
  }) => {
    const ana = await addPerson(db, 'ana');
    const clock = new SetClock();
    const ctx = engineContext(db, { actor: ana, clock });
    const [one, into] = [await happened(db, ana, {}, clock), await happened(db, ana, {}, clock)];
    await act(ctx, one, 'reopen');
    await act(engineContext(db, { clock }), one, 'resolve');
    expect(await remembered(db, one)).toBe(false);
    await merge(ctx, one, into);
    expect(await remembered(db, one)).toBe(false);
  });

  test('has its cause, what helped, how long it took and why it is like', async ({ db }) => {
    const ana = await addPerson(db, 'ana');
    const clock = new SetClock();
    const past = await happened(db, ana, {}, clock);
    await remembered(db, past);
    const next = await happened(db, null, { title: 'Checkout is slow again' }, clock);
    const [found] = await similarIncidents(db, { number: next, viewer: ADMIN, limit: 3, now: clock.now() });
    expect(found).toMatchObject({
      number: past,
      cause: 'cache eviction',
      fix: 'made the cache larger',
      lastedMs: 40 * 60_000,
      isClear: true,
    });
    expect(found?.why).toContain('same alert rule');
  });

  test('of one rule are found, be it rare or one that the statistics know as often', async ({ db }) => {
    const ana = await addPerson(db, 'ana');
    const clock = new SetClock();
    for (const service of ['a', 'b', 'c']) {
      await remembered(db, await happened(db, ana, { service, title: service }, clock));
    }
    const next = await happened(db, null, { service: 'other', title: 'Something else' }, clock);
    const rare = await like(db, { number: next });
    expect(rare).toHaveLength(3);
    await sql`analyze incident_memories`.execute(db);
    const { rows } = await sql`
      select from pg_stats where tablename = 'incident_memories' and attname = 'rules'
        and most_common_elems is not null`.execute(db);
    expect(rows).toHaveLength(1);
    expect(await like(db, { number: next })).toEqual(rare);
  });

  test('of a private incident is found by those alone who may see it', async ({ db }) => {
    const ana = await addPerson(db, 'ana');
    const ctx = engineContext(db, { actor: ana, clock: new SetClock() });
    const { number } = await declare(ctx, {
      title: 'Leak of tokens in the gateway',
      severity: 'P1',
      category: 'security',
      isPrivate: true,
    });
    await reach(ctx, number, 'resolve', {});
    await remembered(db, number);
    const text = 'tokens leak gateway';
    expect(await like(db, { text, viewer: ANYBODY })).toEqual([]);
    expect(await like(db, { text, viewer: { id: 'ana' as never, role: 'viewer' } })).toEqual([number]);
  });
});

describe('vectors', () => {
  test('are made of what has none of this model, and compared with none of another', async ({ db }) => {
    const ana = await addPerson(db, 'ana');
    const clock = new SetClock();
    const numbers = [];
    for (const rule of ['HighLatency', 'DiskFull', 'QueueBacklog']) {
      numbers.push(await happened(db, ana, { rule, service: rule.toLowerCase() }, clock));
    }
    for (const number of numbers) await remembered(db, number);
    await prepareVectors(db, hashingEmbedder());
    const missing = await unembedded(db, { ...hashingEmbedder(), withPrivate: true, limit: 2 });
    expect(missing.map(({ incident }) => incident)).toEqual(numbers.slice(0, 2));
    await keepVectors(
      db,
      HASHING,
      missing.map((it) => ({ ...it, vector: hashed(it.text) })),
    );
    expect(await rememberedCount(db, HASHING)).toEqual({ remembered: 3, embedded: 2 });
    expect(await like(db, { text: 'disk full' })).toEqual([numbers[1]]);

    const other = { model: 'other', dimensions: 8 };
    await prepareVectors(db, other);
    const all = await unembedded(db, { ...other, withPrivate: true, limit: 10 });
    expect(all).toHaveLength(3);
    const vector = Array.from({ length: 8 }, (_, index) => (index === 3 ? 1 : 0));
    await keepVectors(
      db,
      'other',
      all.slice(0, 1).map((it) => ({ ...it, vector })),
    );
    // By its vector alone: the words are of none of them.
    const asked = { text: 'zzzz', vector: { model: 'other', values: vector } };
    expect(await like(db, asked)).toEqual((await powersOf(db)).vector ? [numbers[0]] : []);
    await prepareVectors(db, hashingEmbedder());
  });

  test('of one model in another length than before are made anew, and stop nobody meanwhile', async ({
    db,
  }) => {
    const past = await happened(db, await addPerson(db, 'ana'));
    await remembered(db, past);
    const [missing] = await unembedded(db, { model: 'same', dimensions: 8, withPrivate: true, limit: 1 });
    const kept = { incident: past, text: missing?.text ?? '', vector: Array.from({ length: 8 }, () => 1) };
    await keepVectors(db, 'same', [kept]);
    const longer = { model: 'same', dimensions: 9 };
    await prepareVectors(db, longer);
    expect(await unembedded(db, { ...longer, withPrivate: true, limit: 1 })).toHaveLength(1);
    const vector = { model: 'same', values: Array.from({ length: 9 }, () => 1) };
    expect(await like(db, { text: 'checkout latency', vector })).toEqual([past]);
    expect(await like(db, { text: 'zzzz', vector })).toEqual([]);
  });

  test('are compared one by one where pgvector is too old to have an index for them', async ({ db }) => {
    await prepareVectors(db, { model: 'before', dimensions: 8 });
    if (!(await powersOf(db)).vector) return;
    const past = await happened(db, await addPerson(db, 'ana'));
    await remembered(db, past);
    await sql`drop index incident_memories_near`.execute(db);
    await sql`update pg_am set amname = 'of_a_later_version' where amname = 'hnsw'`.execute(db);
    const powers = await prepareVectors(db, hashingEmbedder());
    expect(powers.missing).toContain('0.5');
    const all = await unembedded(db, { ...hashingEmbedder(), withPrivate: true, limit: 5 });
    await keepVectors(
      db,
      HASHING,
      all.map((it) => ({ ...it, vector: hashed(it.text) })),
    );
    expect(await like(db, { text: 'checkout latency' })).toEqual([past]);
  });

  test('are not needed, nor is any extension: words, rules and services find the same', async ({ db }) => {
    const ana = await addPerson(db, 'ana');
    const clock = new SetClock();
    const past = await happened(db, ana, {}, clock);
    await remembered(db, past);
    await prepareVectors(db, hashingEmbedder());
    const powers = await powersOf(db);
    if (powers.vector) await sql`drop extension vector cascade`.execute(db);
    if (powers.trigram) expect(await like(db, { text: 'chekout latncy' })).toEqual([past]);
    const missing = await unembedded(db, { ...hashingEmbedder(), withPrivate: true, limit: 5 });
    await keepVectors(
      db,
      HASHING,
      missing.map((it) => ({ ...it, vector: hashed(it.text) })),
    );
    expect(await like(db, { text: 'checkout latency' })).toEqual([past]);
    expect(await like(db, { number: await happened(db, null, {}, clock) })).toEqual([past]);
    if (powers.trigram) await sql`drop extension pg_trgm cascade`.execute(db);
    expect(await like(db, { text: 'checkout latency' })).toEqual([past]);
    const now = await prepareVectors(db, hashingEmbedder());
    expect(now.missing === null).toBe(powers.vector && powers.trigram);
  });
});

describe('asking for what is similar', () => {
  test('is answered in the chat and over the API', async ({ db }) => {
    const talk = new Talk(db);
    await talk.addPerson('ana');
    const past = await happened(db, { type: 'user', id: 'ana', name: 'Ana' }, {}, talk.clock);
    await remembered(db, past);
    const next = await happened(db, null, {}, talk.clock);
    for (const line of [`similar INC-${next}`, 'similar chekout latency']) {
      const answer = await talk.types('ana', line);
      expect(answer.text).toContain(`INC-${past}`);
      expect(answer.text).toContain('Cause: cache eviction');
    }
    expect((await talk.types('ana', 'similar')).text).toContain('Say which incident');
    expect((await talk.types('ana', 'similar a certificate')).text).toContain('Nothing like');

    const door = await openDoor(db);
    const { status, body } = await door.call('GET', `/api/v1/incidents/${next}/similar`);
    await door.close();
    expect(status).toBe(200);
    expect(body).toMatchObject([{ incident: `INC-${past}`, cause: 'cache eviction', lasted_seconds: 2400 }]);
  });
});

describe('what happens by itself', () => {
  working(
    'an ended incident is remembered, and the next one like it names it on its card',
    async ({ db, reacting }) => {
      const { ctx, clock, settled, pass } = await reacting([]);
      const ana = await addPerson(db, 'ana');
      const took = { service: 'checkout', rule: 'HighLatency', title: 'Checkout is slow' };
      await ingest(ctx, [{ alert: alert({ ...took, key: 'a' }), payload: {} }]);
      await reach({ ...ctx, actor: ana }, 1, 'resolve', { rootCause: 'cache eviction' });
      await settled();
      await pass(2000);
      await comesTrue(async () =>
        expect(await rememberedCount(db, HASHING)).toEqual({ remembered: 1, embedded: 1 }),
      );
      await pass(20 * 60_000);
      await ingest(ctx, [{ alert: alert({ ...took, key: 'b' }), payload: {} }]);
      await settled();
      const shown = async () => plainMessage(card(await viewOf(db, 2, 'http://x.example', clock.now())));
      await comesTrue(async () => expect(await shown()).toContain('INC-1 (cache eviction, '));
      await act({ ...ctx, actor: ana }, 1, 'reopen');
      await settled();
      await comesTrue(async () => expect(await shown()).not.toContain('INC-1'));
    },
  );
});
