import { describe, expect } from 'vitest';

import { findRun } from '#src/db/escalations.ts';
import { findIncident } from '#src/db/incidents.ts';
import { receiptsOf } from '#src/db/pages.ts';
import { acknowledge } from '#src/engine/acknowledge.ts';
import { act, reach } from '#src/engine/act.ts';
import { answerPage } from '#src/engine/answers.ts';
import { declare } from '#src/engine/declare.ts';
import type { PersonId } from '#src/incident/person.ts';
import { LEVELS, setUp, told } from '#test/support/escalating.ts';
import { level, payments } from '#test/support/paging.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { test, type Reacting } from '#test/support/reacting.ts';

const MINUTE = 60_000;
const [ana, bo, cy] = ['ana', 'bo', 'cy'] as PersonId[] as [PersonId, PersonId, PersonId];

function as({ ctx }: Reacting, id: PersonId) {
  return { ...ctx, actor: { type: 'user', id, name: id } as const };
}

describe('a page for what somebody has taken already', () => {
  test('is answered by the link in it, and nobody else is paged', async ({ db, reacting }) => {
    await setUp(db);
    const web = new PlainPlatform('web');
    const it = await reacting([web]);
    await declare(it.ctx, { title: 'Checkout is down', severity: 'P1' });
    await reach(as(it, ana), 1, 'resolve');
    await it.settled();
    await it.pass(MINUTE);
    await act(it.ctx, 1, 'reopen');
    await it.settled();
    expect(told(web)).toEqual(['ana']);
    const [latest] = await receiptsOf(db, { person: ana, limit: 1 });
    const press = async () =>
      await answerPage(it.ctx, latest?.page.id ?? '', 'acknowledge', crypto.randomUUID());
    expect(await press()).toBe('You answered the page for INC-1: Checkout is down.');
    await it.pass(6 * MINUTE);
    await it.settled();
    expect(told(web)).toEqual(['ana']);
    expect(web.said(web.of(1)).join('\n')).toContain('Ana answered its page.');
    await expect(press()).rejects.toThrow('you have it since');
    expect((await findIncident(db, 1)).status).toBe('IN_PROGRESS');
  });

  test('is answered by each of those who must, also at the same moment', async ({ db, reacting }) => {
    const both = level({ targets: [payments, { kind: 'person', id: 'bo' }], acksNeeded: 2 });
    await setUp(db, { levels: [both, level({ targets: [{ kind: 'person', id: 'cy' }] })] });
    const web = new PlainPlatform('web');
    const it = await reacting([web]);
    await declare(it.ctx, { title: 'Checkout is down', severity: 'P1' });
    await it.settled();
    const answers = await Promise.all([ana, bo].map(async (id) => await acknowledge(as(it, id), 1)));
    expect(answers.filter(({ isPageOnly }) => isPageOnly)).toHaveLength(1);
    // With the answer itself, whoever hears of it: it is no matter of a reaction.
    expect((await findRun(db, 1))?.run.status).toBe('acknowledged');
    await expect(acknowledge(as(it, cy), 1)).rejects.toThrow('is acknowledged already');
    await it.pass(6 * MINUTE);
    expect(told(web).toSorted()).toEqual(['ana', 'bo']);
  });
});

describe('a page to managers', () => {
  test('is sent though somebody has it, and is theirs to answer', async ({ db, reacting }) => {
    const [first, second, last] = LEVELS;
    await setUp(db, { levels: [first, second, second, last], managerLevel: 4 });
    const web = new PlainPlatform('web');
    const it = await reacting([web]);
    await declare(it.ctx, { title: 'Checkout is down', severity: 'P0' });
    await it.settled();
    await reach(as(it, ana), 1, 'start');
    // The promised time of a resolution is over by then, and the third level is asked.
    await it.pass(16 * MINUTE);
    await acknowledge(as(it, bo), 1);
    expect(told(web)).toEqual(['ana', 'bo']);
    await it.pass(14 * MINUTE);
    await it.settled();
    expect(told(web)).toEqual(['ana', 'bo', 'cy']);
    expect(await acknowledge(as(it, cy), 1)).toMatchObject({ isPageOnly: true });
    await it.settled();
    const [receipt] = await receiptsOf(db, { person: cy, limit: 5 });
    expect(receipt?.page.answeredBy).toBe('cy');
  });
});
