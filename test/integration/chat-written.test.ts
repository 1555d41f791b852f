import { describe, expect } from 'vitest';

import { saveService } from '#src/db/catalogue.ts';
import { eventsOf } from '#src/db/events.ts';
import { findDraft, findSummary } from '#src/db/summaries.ts';
import { act } from '#src/engine/act.ts';
import { note } from '#src/engine/change.ts';
import { declare } from '#src/engine/declare.ts';
import { askPostMortem } from '#src/engine/drafts.ts';
import { actorOf, type PersonId } from '#src/incident/person.ts';
import { impactTask, type Impact } from '#src/llm/tasks/impact.ts';
import { EXAMPLE } from '#src/llm/tasks/told.ts';
import { AnsweringDoor } from '#test/support/answering-door.ts';
import { Talk } from '#test/support/chat.ts';
import { addPerson } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { comesTrue, test as reactingTest } from '#test/support/reacting.ts';
import { happened, remembered } from '#test/support/similar.ts';

const SUMMARY = { headline: 'The cache is cold after the deploy.', impact: null, points: [] };

describe('what a model writes for people', () => {
  test('a summary says who wrote it, and each point when it happened', async ({ db }) => {
    const llm = new AnsweringDoor();
    const talk = new Talk(db, {}, llm);
    const room = await talk.begin();
    const [first] = await eventsOf(db, 1);
    llm.answers['summary'] = { ...SUMMARY, points: [{ text: 'Checkout broke', of: [first?.seq ?? 0] }] };
    const { text } = await talk.types('bo', 'summary', room);
    expect(text).toContain('The cache is cold after the deploy.');
    expect(text).toMatch(/- 20\d\d-\d\d-\d\d \d\d:\d\d UTC Checkout broke/);
    expect(text).toContain('Written by claude-test from the timeline. Check it before you rely on it.');
    expect(llm.asked).toMatchObject([{ task: 'summary', about: { incident: 1, priority: 'asked' } }]);
  });

  test('where the model does not answer rules do, and the small print says why', async ({ db }) => {
    const talk = new Talk(db, {}, new AnsweringDoor());
    const room = await talk.begin();
    const { text } = await talk.types('bo', 'catchup', room);
    expect(text).toContain('Ana opened it');
    expect(text).toContain('no model wrote any of it. (the model did not answer in time.)');
    expect((await talk.types('bo', 'catchup', room)).text).toContain('Nothing has changed');
  });

  test('an update is drafted for whom it is for, and posted by whoever read it', async ({ db }) => {
    const llm = new AnsweringDoor();
    const talk = new Talk(db, {}, llm);
    const room = await talk.begin();
    llm.answers['status-update'] = { text: 'Some payments fail. We are working on it.' };
    const drafted = await talk.types('bo', 'draft update --for customers', room);
    expect(llm.asked.at(-1)?.input).toMatchObject({
      audience: 'customers',
      people: expect.arrayContaining(['Ana']),
    });
    expect((await talk.types('bo', 'show', room)).text).not.toContain('Some payments fail');
    await talk.presses('bo', drafted.button('Post it'), room);
    expect((await talk.types('bo', 'show', room)).text).toContain('Some payments fail');
  });

  test('a post-mortem is drafted when the incident is over, and its writer is told', async ({ db }) => {
    const talk = new Talk(db);
    const room = await talk.begin();
    expect((await talk.types('ana', 'draft post-mortem', room)).text).toContain('INC-1 is not over yet');
    await talk.types('ana', 'resolve the deploy emptied the cache', room);
    const { text } = await talk.types('ana', 'draft post-mortem', room);
    expect(text).toContain('the deploy emptied the cache');
    expect(text).toContain('no model wrote any of it');
    expect(await findDraft(db, 1)).toMatchObject({ askedBy: 'ana', madeAt: null });
  });
});

describe('what an incident may still become', () => {
  test('is judged by rules from what depends on it, and by a model that names nothing else', async ({
    db,
  }) => {
    const llm = new AnsweringDoor();
    const talk = new Talk(db, {}, llm);
    const room = await talk.begin();
    expect((await talk.types('vi', 'impact', room)).text).toContain('not in the catalogue');
    const services = [
      { id: 'checkout', dependsOn: [] },
      { id: 'shop', dependsOn: ['checkout'] },
    ];
    await db.transaction().execute(async (tx) => {
      for (const it of services) {
        const rest = { name: it.id, aliases: [], team: null, runbook: null, tier: null };
        await saveService(tx, { ...rest, ...it }, talk.clock.now());
      }
    });
    expect((await talk.types('vi', 'impact', room)).text).toContain('On its service depend shop.');
    const input = llm.asked.at(-1)?.input;
    expect(input).toMatchObject({ dependants: ['shop'] });
    const answer: Impact = { worse: 'likely', severity: 'P3', services: ['bank'], options: [], why: 'so' };
    const fault = (changes: Partial<Impact>) => impactTask.fault?.({ ...answer, ...changes }, input as never);
    expect(fault({})).toContain('already; expect that or a worse one');
    expect(fault({ severity: 'P0' })).toContain('bank is not among the dependants');
    expect(fault({ severity: 'P0', services: ['shop'] })).toBeNull();
    const told = { ...EXAMPLE, alerts: { firing: 1, total: 1, titles: [] } };
    const { why } = impactTask.fallback({ told, dependants: ['shop'], similar: [], openMinutes: 1 });
    expect(why).toBe('1 service depends on it, it is open for 1 minute.');
  });

  test('is told to a model without what private ones were like', async ({ db }) => {
    const llm = new AnsweringDoor();
    const talk = new Talk(db, {}, llm);
    const room = await talk.begin();
    const ana = actorOf({ id: 'ana' as PersonId, name: 'Ana' });
    const past = await happened(db, ana, { title: 'Checkout is down' }, talk.clock);
    await remembered(db, past);
    const similar = async () => {
      await talk.types('ana', 'impact', room);
      return llm.asked.at(-1)?.input;
    };
    expect(await similar()).toMatchObject({ similar: [{ incident: `INC-${past}` }] });
    await db.updateTable('incidents').set({ isPrivate: true }).where('number', '=', past).execute();
    expect(await similar()).toMatchObject({ similar: [] });
  });
});

describe('by itself', () => {
  reactingTest('a post-mortem is sent to each who asked for it', async ({ db, reacting }) => {
    const web = new PlainPlatform('web');
    const llm = new AnsweringDoor();
    const { ctx, settled } = await reacting([web], { llm });
    for (const id of ['ana', 'bo']) await addPerson(db, id);
    const asks = async (id: string) =>
      await askPostMortem({ ...ctx, actor: actorOf({ id: id as PersonId, name: id }) }, 1);
    await declare(ctx, { title: 'Checkout is down', severity: 'P1', category: 'availability' });
    for (const step of ['acknowledge', 'start', 'resolve'] as const) await act(ctx, 1, step);
    await Promise.all([asks('ana'), asks('bo')]);
    await settled();
    await comesTrue(() => expect(web.directs.map(({ to }) => to).toSorted()).toEqual(['ana', 'bo']));
    expect(llm.asked.filter(({ task }) => task === 'post-mortem')).toHaveLength(1);
  });

  reactingTest('a summary is kept up to date, at most every five minutes', async ({ db, reacting }) => {
    const llm = new AnsweringDoor();
    llm.answers['summary'] = SUMMARY;
    const { ctx, pass } = await reacting([], { llm });
    await addPerson(db, 'ana');
    await declare(ctx, { title: 'Checkout is down', severity: 'P1', category: 'availability' });
    for (const text of ['one', 'two', 'three']) await note(ctx, 1, text);
    await comesTrue(async () => expect(await findSummary(db, 1)).toMatchObject({ model: 'claude-test' }));
    await note(ctx, 1, 'four');
    const last = (await eventsOf(db, 1)).at(-1)?.seq ?? 0;
    await comesTrue(async () =>
      expect(
        await db.selectFrom('timers').select('kind').where('kind', '=', 'summary').execute(),
      ).toHaveLength(1),
    );
    const asked = llm.asked.length;
    await pass(5 * 60_000 + 1000);
    await comesTrue(async () => expect((await findSummary(db, 1))?.upTo).toBeGreaterThanOrEqual(last));
    expect(llm.asked.length).toBeGreaterThan(asked);
  });
});
