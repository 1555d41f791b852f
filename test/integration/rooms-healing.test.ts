import { describe, expect } from 'vitest';

import { eventsOf } from '#src/db/events.ts';
import { linkIdentity } from '#src/db/people.ts';
import { roomOn } from '#src/db/rooms.ts';
import type { Db } from '#src/db/schema.ts';
import { act } from '#src/engine/act.ts';
import { assign, changeSeverity, edit, tag } from '#src/engine/change.ts';
import { declare } from '#src/engine/declare.ts';
import { ProviderError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import { addPerson } from '#test/support/context.ts';
import { soon } from '#test/support/passing.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { comesTrue, test } from '#test/support/reacting.ts';

describe('a room that was deleted', () => {
  test('is opened anew with its card and the people at work, and says so once', async ({ db, reacting }) => {
    const [web, alpha] = [new PlainPlatform('web'), new PlainPlatform('alpha')];
    const { ctx, settled } = await reacting([web, alpha]);
    await addPerson(db, 'ana');
    await linkIdentity(db, 'alpha', 'A-ana', 'ana' as PersonId);
    const { number } = await declare(ctx, { title: 'Checkout is down' });
    await assign(ctx, number, { person: 'ana' as PersonId });
    await settled();
    const former = alpha.of(number);
    former.isDeleted = true;

    await changeSeverity(ctx, number, 'P0');
    await settled();
    const room = alpha.of(number);
    expect(room.id).not.toBe(former.id);
    expect(alpha.card(room).text).toContain('P0');
    expect(alpha.said(room)).toEqual(['The former room of INC-1 was deleted. It goes on here.']);
    expect(room.members).toEqual(['A-ana']);
    expect(alpha.lines()).toHaveLength(1);
    expect(web.said(web.of(number))).toEqual([]);
    // The card on the other platform leads to the new one.
    expect(web.lines()).toHaveLength(1);
    const opened = await eventsOf(db, number, { types: ['incident.room_opened'] });
    expect(opened.map((it) => (it.data as { room: string }).room)).toEqual(
      expect.arrayContaining([former.id, room.id]),
    );
    expect(opened).toHaveLength(3);
    expect(await dead(db)).toEqual([]);
  });

  test('is replaced by one of another name where its own is still taken', async ({ db, reacting }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, settled } = await reacting([alpha]);
    const { number } = await declare(ctx, { title: 'Checkout is down' });
    await settled();
    alpha.of(number).isDeleted = true;
    alpha.taken.add('inc-1-checkout-is-down');
    alpha.taken.add('inc-1-checkout-is-down-2');
    await tag(ctx, number, { region: 'eu' });
    await settled();
    expect(alpha.of(number).wanted.name).toBe('inc-1-checkout-is-down-3');
    expect(await dead(db)).toEqual([]);
  });

  test('a second time is replaced a second time', async ({ db, reacting }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, settled } = await reacting([alpha]);
    const { number } = await declare(ctx, { title: 'Checkout is down' });
    for (const region of ['eu', 'us', 'asia']) {
      await settled();
      alpha.of(number).isDeleted = true;
      await tag(ctx, number, { region });
    }
    await settled();
    const room = alpha.of(number);
    expect(alpha.card(room).text).toContain('region=asia');
    expect(alpha.said(room)).toHaveLength(1);
    expect(await dead(db)).toEqual([]);
  });

  test('stays deleted when its incident is over, and comes back with it', async ({ db, reacting }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, settled } = await reacting([alpha]);
    const { number } = await declare(ctx, { title: 'Checkout is down' });
    await settled();
    for (const step of ['acknowledge', 'start', 'resolve'] as const) await act(ctx, number, step);
    await settled();
    alpha.of(number).isDeleted = true;
    await act(ctx, number, 'close');
    await settled();
    expect(alpha.has(number)).toBe(false);
    await act(ctx, number, 'reopen');
    await settled();
    expect(alpha.card(alpha.of(number)).text).toContain('In progress');
    expect(await dead(db)).toEqual([]);
  });

  test('while it was being opened is opened again', async ({ db, reacting }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, settled, pass } = await reacting([alpha]);
    let deleted = 0;
    alpha.onCall = (method) => {
      const room = alpha.rooms[0];
      if (method !== 'post' || !room || deleted > 0) return;
      deleted += 1;
      room.isDeleted = true;
    };
    const { number } = await declare(ctx, { title: 'Checkout is down' });
    await comesTrue(() => expect(deleted).toBe(1));
    await pass(5000);
    await settled();
    expect(alpha.card(alpha.of(number)).text).toContain('Checkout is down');
    expect(await dead(db)).toEqual([]);
  });

  test('and that everybody is in is opened again, with the lines that are written from then on', async ({
    db,
    reacting,
  }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, clock, settled } = await reacting([alpha]);
    const one = await declare(ctx, { title: 'Checkout is down' });
    await settled();
    for (const it of alpha.named('incidents')) it.isDeleted = true;
    await declare(ctx, { title: 'Search is slow' });
    await soon({ clock }, () => expect(alpha.lines().join()).toContain('INC-2'));
    await changeSeverity(ctx, one.number, 'P0');
    await settled();
    expect(alpha.lines()).toHaveLength(2);
    expect(alpha.has(1)).toBe(true);
    expect(await dead(db)).toEqual([]);
  });

  test('and that everybody is in is given up where nobody lets us open it, until something happens', async ({
    db,
    reacting,
  }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, pass, settled } = await reacting([alpha]);
    let asked = 0;
    let lobby: string | undefined;
    alpha.onCall = (method, on) => {
      lobby ??= alpha.named('incidents')[0]?.id;
      if (method !== 'post' || on !== lobby) return;
      asked += 1;
      throw new ProviderError('alpha', 'no such room', { retry: false, gone: 'room' });
    };
    const { number } = await declare(ctx, { title: 'Checkout is down' });
    await pass(4 * 60_000);
    expect(asked).toBe(8);
    expect((await dead(db)).map(({ kind }) => kind)).toEqual(['announce@alpha']);
    alpha.onCall = () => {};
    await changeSeverity(ctx, number, 'P0');
    await settled();
    expect(alpha.lines().join()).toContain('INC-1');
  });
});

describe('a card that was deleted', () => {
  test('is posted again and pinned, and not argued about', async ({ db, reacting }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, settled } = await reacting([alpha]);
    const { number } = await declare(ctx, { title: 'Checkout is down' });
    for (const region of ['eu', 'us']) {
      await settled();
      alpha.card(alpha.of(number)).isDeleted = true;
      await tag(ctx, number, { region });
      await settled();
      expect(alpha.card(alpha.of(number)).text).toContain(`region=${region}`);
    }
    const before = alpha.calls.length;
    await tag(ctx, number, { region: 'us' });
    await settled();
    expect(alpha.calls.length).toBe(before);
    expect(await roomOn(db, number, 'alpha')).toMatchObject({ cardsLost: 2 });
  });

  test('in a room that was put away is left as it is', async ({ db, reacting }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, settled } = await reacting([alpha]);
    const { number } = await declare(ctx, { title: 'Checkout is down' });
    await settled();
    for (const step of ['acknowledge', 'start', 'resolve', 'close'] as const) await act(ctx, number, step);
    await settled();
    await edit(ctx, number, { postMortemUrl: 'https://example.com/pm' });
    await settled();
    expect(alpha.card(alpha.of(number)).text).not.toContain('Post-mortem');
    await act(ctx, number, 'reopen');
    await settled();
    expect(alpha.card(alpha.of(number)).text).toContain('Post-mortem');
    expect(await dead(db)).toEqual([]);
  });
});

describe('a platform that is added later', () => {
  test('gets the rooms of open incidents at the start, and of nothing that is over', async ({
    db,
    reacting,
  }) => {
    const web = new PlainPlatform('web');
    const before = await reacting([web]);
    for (const title of ['One is down', 'Two is down', 'Three is down']) await declare(before.ctx, { title });
    for (const step of ['acknowledge', 'start', 'resolve'] as const) await act(before.ctx, 2, step);
    await before.settled();
    await before.stop();

    const alpha = new PlainPlatform('alpha');
    const { ctx, settled } = await reacting([web, alpha], { clock: before.clock });
    await settled();
    expect([1, 2, 3].filter((it) => alpha.has(it))).toEqual([1, 3]);
    expect(alpha.lines()).toHaveLength(2);
    await comesTrue(() => expect(web.card(web.of(1)).text.match(/#inc-1/g)).toHaveLength(2));
    const calls = alpha.calls.length;
    await tag(ctx, 2, { region: 'eu' });
    await settled();
    expect(alpha.calls.length).toBe(calls);
    await act(ctx, 2, 'reopen');
    await settled();
    expect(alpha.said(alpha.of(2))).toHaveLength(1);
    expect(await dead(db)).toEqual([]);
  });

  test('is not called at a start when nothing has changed', async ({ reacting }) => {
    const alpha = new PlainPlatform('alpha');
    const before = await reacting([alpha]);
    await declare(before.ctx, { title: 'One is down' });
    await before.settled();
    await before.stop();
    const calls = alpha.calls.length;
    const { settled } = await reacting([alpha], { clock: before.clock });
    await settled();
    expect(alpha.calls.length).toBe(calls);
  });

  test('waits for being let in, and its work waits with it', async ({ db, reacting }) => {
    const [web, alpha] = [new PlainPlatform('web'), new PlainPlatform('alpha')];
    const { ctx, jobs, settled, pass } = await reacting([web], { away: [alpha] });
    const { number } = await declare(ctx, { title: 'One is down' });
    await comesTrue(() => expect(web.has(number)).toBe(true));
    await pass(600_000);
    expect(alpha.calls).toEqual([]);
    jobs.serve(alpha);
    await settled();
    expect(alpha.has(number)).toBe(true);
    expect(await dead(db)).toEqual([]);
  });
});

describe('a platform that is taken away', () => {
  test('leaves nothing that waits for it, and what it was to be told can be looked at', async ({
    db,
    reacting,
  }) => {
    const [web, alpha] = [new PlainPlatform('web'), new PlainPlatform('alpha')];
    const before = await reacting([web], { away: [alpha] });
    const { number } = await declare(before.ctx, { title: 'One is down' });
    for (const step of ['acknowledge', 'start', 'resolve'] as const) await act(before.ctx, number, step);
    await comesTrue(() => expect(web.card(web.of(number)).text).toContain('Resolved'));
    await before.stop();

    const { jobs, settled } = await reacting([web], { clock: before.clock });
    await settled();
    expect(await jobs.stats()).toMatchObject({ ready: 0, delayed: 0 });
    expect(await dead(db)).toMatchObject([
      { kind: 'tell-room@alpha', lastError: 'alpha is not connected any more' },
    ]);
  });
});

describe('a refusal', () => {
  test('on one platform is given up there, and changes nothing on the others', async ({ db, reacting }) => {
    const [alpha, beta] = [new PlainPlatform('alpha'), new PlainPlatform('beta')];
    const { ctx, settled } = await reacting([alpha, beta]);
    alpha.onCall = (method) => {
      if (method === 'openRoom') throw new ProviderError('alpha', 'we may not open rooms', { retry: false });
    };
    const { number } = await declare(ctx, { title: 'One is down' });
    await act(ctx, number, 'acknowledge');
    await settled();
    expect(beta.card(beta.of(number)).text).toContain('Acknowledged');
    expect((await dead(db)).every(({ kind }) => kind.endsWith('@alpha'))).toBe(true);
  });
});

async function dead(db: Db) {
  return await db.selectFrom('jobs').select(['kind', 'lastError']).where('deadAt', 'is not', null).execute();
}
