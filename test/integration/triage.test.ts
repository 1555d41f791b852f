import { describe, expect } from 'vitest';

import { eventsOf } from '#src/db/events.ts';
import { findIncident } from '#src/db/incidents.ts';
import { listLessons } from '#src/db/lessons.ts';
import { changeSeverity, edit } from '#src/engine/change.ts';
import { ingest } from '#src/engine/ingest.ts';
import { forget, learn } from '#src/engine/lessons.ts';
import { merge } from '#src/engine/merge.ts';
import { triage } from '#src/engine/triage.ts';
import type { Environment } from '#src/incident/incident.ts';
import { actorOf, type PersonId } from '#src/incident/person.ts';
import { AnsweringDoor } from '#test/support/answering-door.ts';
import { Talk } from '#test/support/chat.ts';
import { addPerson, engineContext } from '#test/support/context.ts';
import { test as base } from '#test/support/database.ts';
import { alert } from '#test/support/incident.ts';
import { comesTrue, test } from '#test/support/reacting.ts';

const ana = actorOf({ id: 'ana' as PersonId, name: 'Ana' });
/** Nobody says how bad it is, of which kind, and where. */
const VAGUE = {
  originalSeverity: null,
  severity: 'P2',
  category: null,
  service: null,
  resource: null,
  labels: {},
  title: 'Something odd in the back office',
  description: '',
  rule: 'Oddness',
} as const;

const about = (changes: Parameters<typeof alert>[0]) => ({ alert: alert(changes), payload: {} });

describe('a model that looks again at what rules guessed', () => {
  test('raises the severity and names the kind, with its reason in the timeline', async ({
    db,
    reacting,
  }) => {
    const llm = new AnsweringDoor();
    llm.answers['classify'] = {
      severity: 'P1',
      category: 'availability',
      service: null,
      confidence: 0.9,
      why: 'people cannot order',
    };
    const { ctx } = await reacting([], { llm });
    await ingest(ctx, [about({ ...VAGUE, key: 'a' })]);
    await comesTrue(async () =>
      expect(await findIncident(db, 1)).toMatchObject({ severity: 'P1', category: 'availability' }),
    );
    const changes = await eventsOf(db, 1, { types: ['incident.severity_changed'] });
    expect(changes).toMatchObject([{ data: { reason: 'claude-test reads it so: people cannot order' } }]);
  });

  test('is not prepared for while every model is left alone', async ({ db, reacting }) => {
    const llm = Object.assign(new AnsweringDoor(), {
      setup: () => ({
        models: [
          {
            provider: 'anthropic',
            model: 'claude-test',
            asked: ['small'],
            standsIn: [],
            state: 'open' as const,
            mayBeAsked: false,
          },
        ],
        budgets: { dayUsd: 1, incidentUsd: 1 },
      }),
    });
    const { ctx, settled } = await reacting([], { llm });
    await ingest(ctx, [about({ ...VAGUE, key: 'a' })]);
    await settled();
    expect((await findIncident(db, 1)).severity).toBe('P2');
    expect(llm.asked.filter(({ task }) => ['title', 'classify', 'duplicate'].includes(task))).toEqual([]);
  });

  test('lowers nothing, and does not come in the way of people', async ({ db }) => {
    const ctx = engineContext(db, { actor: ana });
    await addPerson(db, 'ana');
    await ingest(engineContext(db), [about({ ...VAGUE, key: 'a' })]);
    await triage(engineContext(db), 1, { severity: 'P4', reason: 'it is nothing' });
    expect((await findIncident(db, 1)).severity).toBe('P2');
    await changeSeverity(ctx, 1, 'P3');
    await edit(ctx, 1, { category: 'cost', service: 'billing' });
    await triage(engineContext(db), 1, {
      severity: 'P0',
      category: 'security',
      service: 'search',
      reason: 'it is terrible',
    });
    expect(await findIncident(db, 1)).toMatchObject({
      severity: 'P3',
      category: 'cost',
      resource: { name: 'billing' },
    });
  });

  test('says that it looks like another one, and merges nothing', async ({ db, reacting }) => {
    const llm = new AnsweringDoor();
    llm.answers['duplicate'] = { decision: 'duplicate', target: 'INC-1', why: 'the same queue' };
    const { ctx } = await reacting([], { llm });
    const queue = { title: 'Order queue backs up', resource: null } as const;
    await ingest(ctx, [about({ ...queue, service: 'orders', key: 'a' })]);
    await ingest(ctx, [about({ ...queue, service: 'shop', rule: 'QueueAge', key: 'b' })]);
    await comesTrue(async () =>
      expect(await eventsOf(db, 2, { types: ['incident.duplicate_suggested'] })).toMatchObject([
        { data: { of: 1, isSame: true, reason: 'claude-test reads it so: the same queue' } },
      ]),
    );
    expect((await findIncident(db, 2)).duplicateOf).toBeNull();
  });
});

describe('what people correct', () => {
  test('is not overruled by a model, nor by more alerts of the rule', async ({ db, reacting }) => {
    const llm = new AnsweringDoor();
    const [category, why] = ['availability', 'people cannot order'];
    llm.answers['classify'] = { severity: 'P1', category, service: null, confidence: 0.9, why };
    const { ctx, settled } = await reacting([], { llm });
    await addPerson(db, 'ana');
    const correct = { ...ctx, actor: ana };
    await ingest(ctx, [about({ ...VAGUE, service: 'cart', key: 'a', labels: { shard: 'a' } })]);
    await settled();
    await changeSeverity(correct, 1, 'P4');
    await learn(correct, 1, 'severity');
    await db.updateTable('alertGroups').set({ incident: null }).execute();
    const shards = ['b', 'c'].map((key) => about({ ...VAGUE, service: 'cart', key, labels: { shard: key } }));
    await ingest(ctx, shards);
    await settled();
    await ingest(ctx, [about({ ...VAGUE, service: 'cart', key: 'd', labels: { shard: 'd' } })]);
    expect(await findIncident(db, 2)).toMatchObject({ severity: 'P4', category: 'availability' });
    expect(await eventsOf(db, 2, { types: ['incident.severity_changed'] })).toEqual([]);
    await ingest(ctx, [about({ ...VAGUE, rule: 'Outage', severity: 'P0', service: 'cart', key: 'e' })]);
    expect((await findIncident(db, 2)).severity).toBe('P0');
  });

  test('of a service holds for the alerts that name another one', async ({ db, reacting }) => {
    const { ctx, settled } = await reacting([]);
    await addPerson(db, 'ana');
    const correct = { ...ctx, actor: ana };
    for (const [index, key] of ['a', 'b', 'c'].entries()) {
      await ingest(ctx, [about({ ...VAGUE, service: 'cart', key, labels: { shard: key } })]);
      if (index < 2) await edit(correct, index + 1, { service: 'basket' });
      await settled();
      await db.updateTable('alertGroups').set({ incident: null }).execute();
    }
    expect(await findIncident(db, 3)).toMatchObject({ resource: { name: 'basket' } });
    await changeSeverity(correct, 3, 'P1');
    await learn(correct, 3, 'severity');
    await ingest(ctx, [about({ ...VAGUE, service: 'cart', key: 'd', labels: { shard: 'd' } })]);
    expect(await findIncident(db, 4)).toMatchObject({ resource: { name: 'basket' }, severity: 'P1' });
  });

  test('makes nothing less bad by itself, also where it was made still less bad before', async ({
    db,
    reacting,
  }) => {
    const { ctx, settled } = await reacting([]);
    await addPerson(db, 'ana');
    for (const number of [1, 2]) {
      const labels = { shard: String(number) };
      await ingest(ctx, [
        about({ ...VAGUE, severity: 'P1', originalSeverity: 'P1', labels, key: labels.shard }),
      ]);
      await changeSeverity({ ...ctx, actor: ana }, number, 'P4');
      await changeSeverity({ ...ctx, actor: ana }, number, 'P3');
      await settled();
      await db.updateTable('alertGroups').set({ incident: null }).execute();
    }
    expect(await listLessons(db)).toEqual([]);
  });

  base('may be taught of two incidents at the same moment', async ({ db }) => {
    const ctx = engineContext(db);
    for (const key of ['a', 'b']) {
      await ingest(ctx, [about({ ...VAGUE, key, service: 'cart', labels: { shard: key } })]);
      await db.updateTable('alertGroups').set({ incident: null }).execute();
    }
    for (const severity of ['P1', 'P3'] as const) {
      await Promise.all([1, 2].map((number) => changeSeverity(ctx, number, severity)));
      await Promise.all([1, 2].map((number) => learn(ctx, number, 'severity')));
      expect(await listLessons(db)).toMatchObject([{ value: severity }]);
    }
  });

  test('holds for the next alert of the rule once two of them said so, and can be taken back', async ({
    db,
    reacting,
  }) => {
    const { ctx, settled } = await reacting([]);
    await addPerson(db, 'ana');
    const opens = async (key: string, service: string) => {
      const labels = { shard: key };
      const [it] = await ingest(ctx, [
        about({ ...VAGUE, key, labels, rule: 'Oddness', service, title: key }),
      ]);
      return it?.incident ?? 0;
    };
    const correct = { ...ctx, actor: ana };
    await changeSeverity(correct, await opens('a', 'cart'), 'P1');
    await settled();
    expect(await listLessons(db)).toEqual([]);
    await db.updateTable('alertGroups').set({ incident: null }).execute();
    await changeSeverity(correct, await opens('b', 'cart'), 'P1');
    await settled();
    expect(await listLessons(db)).toMatchObject([{ rule: 'Oddness', service: 'cart', value: 'P1', uses: 0 }]);

    await db.updateTable('alertGroups').set({ incident: null }).execute();
    const third = await opens('c', 'cart');
    expect(await findIncident(db, third)).toMatchObject({ severity: 'P1' });
    expect((await findIncident(db, await opens('d', 'search'))).severity).toBe('P2');
    await changeSeverity(correct, third, 'P3');
    await settled();
    const [lesson] = await listLessons(db);
    expect(lesson).toMatchObject({ uses: 1, overruled: 1 });
    await forget(ctx, lesson?.id ?? '');
    await db.updateTable('alertGroups').set({ incident: null }).execute();
    expect((await findIncident(db, await opens('e', 'cart'))).severity).toBe('P2');
  });

  test('that one merged into another is suggested for the next one, without any model', async ({
    db,
    reacting,
  }) => {
    const { ctx, settled } = await reacting([]);
    await addPerson(db, 'ana');
    const opens = async (rule: string, key: string, environment: Environment = 'production') => {
      const title = `${rule} ${key}`;
      const [it] = await ingest(ctx, [about({ ...VAGUE, rule, title, key, service: key, environment })]);
      return it?.incident ?? 0;
    };
    const [first, second] = [await opens('DiskFull', 'a'), await opens('WriteErrors', 'b')];
    await merge({ ...ctx, actor: ana }, second, first, 'the same disk');
    await settled();
    const third = await opens('WriteErrors', 'c');
    await settled();
    expect(await eventsOf(db, third, { types: ['incident.duplicate_suggested'] })).toMatchObject([
      { data: { of: first, reason: 'people merged such incidents before' } },
    ]);
    expect((await listLessons(db)).map(({ field, value }) => ({ field, value }))).toEqual([
      { field: 'duplicate', value: 'DiskFull' },
    ]);
    const elsewhere = await opens('WriteErrors', 'd', 'staging');
    await settled();
    expect(await eventsOf(db, elsewhere, { types: ['incident.duplicate_suggested'] })).toEqual([]);
  });

  base('is taught by a button below the correction, and shown with who taught it', async ({ db }) => {
    const talk = new Talk(db);
    await talk.begin();
    await ingest(engineContext(db, { clock: talk.clock }), [about({ ...VAGUE, key: 'a' })]);
    const room = await talk.openRoom(2);
    const changed = await talk.types('ana', 'severity P4', room);
    const taught = await talk.presses('ana', changed.button('Always for this alert rule'), room);
    expect(taught.text).toBe('Alerts of the rule Oddness open with severity P4 from now on.');
    // The room of the incident hears it as an event.
    expect(taught.visible).toBe('private');
    expect((await talk.types('vi', 'lessons')).text).toMatch(/Oddness: severity P4 \(Ana, .*used 0 times/);
    expect((await talk.types('ana', 'severity P3', await talk.openRoom(1))).buttons).toEqual([]);
    await expect(learn(engineContext(db), 1, 'severity')).rejects.toThrow('No alert rule opened INC-1');
    await expect(learn(engineContext(db), 2, 'service')).rejects.toThrow('INC-2 has no service yet');
  });
});
