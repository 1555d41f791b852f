import { describe, expect } from 'vitest';

import { eventsOf } from '#src/db/events.ts';
import { linkIdentity } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import { act, reach } from '#src/engine/act.ts';
import { assign, changeSeverity, edit, setRole, tag } from '#src/engine/change.ts';
import { declare } from '#src/engine/declare.ts';
import { merge } from '#src/engine/merge.ts';
import { suggestDuplicate } from '#src/engine/triage.ts';
import { ProviderError } from '#src/errors.ts';
import type { IncidentNumber } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';
import { addPerson } from '#test/support/context.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { comesTrue, test } from '#test/support/reacting.ts';

describe('an incident on two platforms', () => {
  test('has a room, a card and a line on each, and each is told how it ends', async ({ db, reacting }) => {
    const [web, alpha] = [new PlainPlatform('web'), new PlainPlatform('alpha')];
    const { ctx, settled } = await reacting([web, alpha]);
    const { number } = await declare(ctx, { title: 'Checkout is down', severity: 'P1' });
    await settled();
    for (const it of [web, alpha]) {
      const room = it.of(number);
      expect(room.wanted).toMatchObject({
        name: 'inc-1-checkout-is-down',
        isPrivate: false,
        links: [{ title: 'Incident page', url: 'http://incidents.example/incidents/1' }],
      });
      expect(it.lines()).toEqual(['INC-1 P1 Checkout is down · new · #inc-1-checkout-is-down']);
      // It names the rooms on both.
      await comesTrue(() => expect(it.card(room).text.match(/#inc-1/g)).toHaveLength(2));
    }

    await act(ctx, number, 'acknowledge');
    await act(ctx, number, 'start');
    await act(ctx, number, 'resolve', { notes: 'rolled back' });
    await act(ctx, number, 'close');
    await settled();
    for (const it of [web, alpha]) {
      const room = it.of(number);
      expect(it.said(room)[0]).toContain('INC-1 is resolved');
      expect(it.said(room)).toHaveLength(1);
      expect(it.card(room).text).toContain('Closed');
      expect(room.topic).toContain('Closed');
      expect(room.isArchived).toBe(true);
      expect(it.lines()).toEqual(['INC-1 P1 Checkout is down · closed · #inc-1-checkout-is-down']);
    }

    await act(ctx, number, 'reopen', { reason: 'it came back' });
    await settled();
    for (const it of [web, alpha]) {
      const room = it.of(number);
      expect(room.isArchived).toBe(false);
      expect(it.said(room)[1]).toContain('INC-1 is open again');
      expect(room.topic).toContain('In progress');
      expect(it.card(room).text).toContain('In progress');
    }
    expect(await dead(db)).toEqual([]);
  });

  test('that is merged hears so before its rooms are put away', async ({ db, reacting }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, settled } = await reacting([alpha]);
    const one = await declare(ctx, { title: 'Checkout is down' });
    const two = await declare(ctx, { title: 'Checkout fails' });
    await settled();
    await merge(ctx, two.number, one.number);
    await settled();
    const room = alpha.of(two.number);
    expect(alpha.said(room)).toEqual(['This is a duplicate. Go on in INC-1 Checkout is down.']);
    expect(room.isArchived).toBe(true);
    expect(await dead(db)).toEqual([]);
  });

  test('is not said to look like another one when it is over', async ({ reacting }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, settled } = await reacting([alpha]);
    for (const title of ['Checkout is down', 'Checkout fails', 'Checkout is slow']) {
      await declare(ctx, { title });
    }
    await settled();
    const found = { of: 1 as IncidentNumber, isSame: true, reason: 'the same queue' };
    await suggestDuplicate({ ...ctx, committed: () => {} }, 2, found);
    await reach(ctx, 2, 'resolve');
    await suggestDuplicate(ctx, 3, found);
    await settled();
    expect(alpha.said(alpha.of(2)).join()).not.toContain('looks like');
    expect(alpha.said(alpha.of(3)).join()).toContain('like a duplicate of INC-1');
  });

  test('that changes costs one call for what changed, and none for what did not', async ({ reacting }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, settled } = await reacting([alpha]);
    const { number } = await declare(ctx, { title: 'Checkout is down', severity: 'P2' });
    await settled();
    expect(alpha.calls.map(({ method }) => method)).toEqual([
      'openRoom',
      'post',
      // Its line, in the room that everybody is in.
      'openRoom',
      'post',
    ]);

    const cost = async (change: () => Promise<unknown>) => {
      const before = alpha.calls.length;
      await change();
      await settled();
      return alpha.calls.slice(before).map(({ method }) => method);
    };
    expect(await cost(() => tag(ctx, number, { region: 'eu' }))).toEqual(['edit']);
    expect(await cost(() => tag(ctx, number, { region: 'eu' }))).toEqual([]);
    // The card, the topic and the line.
    expect(await cost(() => changeSeverity(ctx, number, 'P0'))).toEqual(['edit', 'setTopic', 'edit']);
    expect(await cost(() => edit(ctx, number, { postMortemUrl: 'https://example.com/pm' }))).toEqual([
      'edit',
    ]);
    expect(await cost(() => edit(ctx, number, { title: 'Checkout is down' }))).toEqual([]);
  });

  test('invites each person once, and somebody who has left keeps nobody out', async ({ db, reacting }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, settled } = await reacting([alpha]);
    for (const id of ['ana', 'bo', 'cy']) {
      await addPerson(db, id);
      await linkIdentity(db, 'alpha', `A-${id}`, id as PersonId);
    }
    const { number } = await declare(ctx, { title: 'Checkout is down' });
    await assign(ctx, number, { person: 'ana' as PersonId });
    await settled();
    expect(alpha.of(number).members).toEqual(['A-ana']);
    alpha.gone.add('A-bo');
    await setRole(ctx, number, 'scribe', 'bo' as PersonId);
    await setRole(ctx, number, 'commander', 'cy' as PersonId);
    await settled();
    expect(alpha.of(number).members).toEqual(['A-ana', 'A-cy']);
    const before = alpha.count('invite');
    await act(ctx, number, 'acknowledge');
    await settled();
    expect(alpha.count('invite')).toBe(before);
    expect(await dead(db)).toEqual([]);
  });

  test('names somebody who has left, where it cannot tell them', async ({ db, reacting }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, settled, pass } = await reacting([alpha]);
    await addPerson(db, 'ana');
    const { number } = await declare(ctx, { title: 'Checkout is down', severity: 'P0' });
    await assign(ctx, number, { person: 'ana' as PersonId });
    await settled();
    alpha.gone.add('A-ana');
    await pass(6 * 60_000);
    await comesTrue(() => expect(alpha.said(alpha.of(number))[0]).toMatch(/^Nobody has acknowledged.* Ana$/));
    await settled();
    expect(await dead(db)).toEqual([]);
  });

  test('keeps the topic it was opened with where the platform allows no other', async ({ reacting }) => {
    const alpha = new PlainPlatform('alpha', { liveTopic: false });
    const { ctx, settled } = await reacting([alpha]);
    const { number } = await declare(ctx, { title: 'Checkout is down' });
    await changeSeverity(ctx, number, 'P0');
    await settled();
    expect(alpha.count('setTopic')).toBe(0);
  });
});

describe('what is said twice', () => {
  test('is said once, though the answer was lost and it has changed since', async ({ db, reacting }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, settled, pass } = await reacting([alpha]);
    alpha.isMute = true;
    const { number } = await declare(ctx, { title: 'Checkout is down', severity: 'P3' });
    await comesTrue(() => expect(alpha.has(number)).toBe(true));
    await changeSeverity(ctx, number, 'P0');
    await pass(10_000);
    alpha.isMute = false;
    await pass(120_000);
    await settled();
    const room = alpha.of(number);
    expect(alpha.card(room).text).toContain('P0');
    expect(room.topic).toContain('P0');
    expect(alpha.rooms.map(({ wanted }) => wanted.name).toSorted()).toEqual([
      'inc-1-checkout-is-down',
      'incidents',
    ]);
    expect(alpha.lines()).toEqual(['INC-1 P0 Checkout is down · new · #inc-1-checkout-is-down']);
    expect(await dead(db)).toEqual([]);
  });

  test('stands in the order in which it happened, though the first had to be tried again', async ({
    reacting,
  }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, settled, pass } = await reacting([alpha], { times: 1 });
    const { number } = await declare(ctx, { title: 'Checkout is down' });
    await settled();
    let failures = 2;
    alpha.onCall = (method) => {
      if (method !== 'post' || failures === 0) return;
      failures -= 1;
      throw new ProviderError('alpha', 'slowly', { retry: true, retryAfterMs: 3000 });
    };
    await act(ctx, number, 'acknowledge');
    await act(ctx, number, 'start');
    await act(ctx, number, 'resolve');
    await act(ctx, number, 'reopen');
    await comesTrue(() => expect(alpha.card(alpha.of(number)).text).toContain('In progress'));
    await pass(20_000);
    await settled();
    expect(alpha.said(alpha.of(number)).map((it) => it.split(' (')[0]?.split(' by')[0])).toEqual([
      expect.stringContaining('INC-1 is resolved'),
      expect.stringContaining('INC-1 is open again'),
    ]);
  });
});

async function dead(db: Db): Promise<unknown[]> {
  return await db.selectFrom('jobs').select(['id', 'lastError']).where('deadAt', 'is not', null).execute();
}

describe('the log of an incident', () => {
  test('says once of each platform that its room was opened', async ({ db, reacting }) => {
    const chat = [new PlainPlatform('web'), new PlainPlatform('alpha'), new PlainPlatform('beta')];
    const { ctx, settled } = await reacting(chat);
    const { number } = await declare(ctx, { title: 'Checkout is down' });
    await settled();
    const opened = await eventsOf(db, number, { types: ['incident.room_opened'] });
    expect(opened.map((it) => (it.data as { platform: string }).platform).toSorted()).toEqual([
      'alpha',
      'beta',
      'web',
    ]);
  });
});
