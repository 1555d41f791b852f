import { randomUUID } from 'node:crypto';

import { describe, expect } from 'vitest';

import { commands } from '#commands/index.ts';
import { makeDispatch } from '#src/chat/dispatch.ts';
import type { Ref, Said } from '#src/chat/platform.ts';
import { eventsOf, verifyChain } from '#src/db/events.ts';
import { linkIdentity, savePerson } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import { declare } from '#src/engine/declare.ts';
import { ProviderError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import { NOTHING_AROUND } from '#test/support/nothing-around.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { comesTrue, test as base, type Reacting } from '#test/support/reacting.ts';

type Kind = Said extends infer S
  ? S extends Said
    ? Omit<S, 'id' | 'person' | 'room' | 'message'>
    : never
  : never;

/** INC-1 has a room on each of two platforms, and INC-2, which is private, as well. Ana is known on both. */
const test = base.extend('bridged', async ({ db, reacting }) => {
  const [one, two] = [new PlainPlatform('one'), new PlainPlatform('two')];
  const it = await reacting([one, two]);
  const person = {
    id: 'ana' as PersonId,
    name: 'Ana Lima',
    email: null,
    role: 'responder',
    timezone: 'UTC',
    active: true,
  } as const;
  await savePerson(db, person, it.clock.now());
  await linkIdentity(db, 'one', 'U1', person.id);
  await declare(it.ctx, { title: 'Checkout is down' });
  await declare(it.ctx, { title: 'A secret', isPrivate: true });
  await it.settled();
  return { one, two, hears: earOf(db, it), db, settled: it.settled, pass: it.pass };
});

const words = { files: [], below: null } as const;

function graph(name = 'graph.png') {
  return { platform: 'one', id: name, name, type: 'image/png', size: 100 };
}

describe('what somebody says in one room of an incident', () => {
  test('stands in the other rooms in their name, once, and not in its own again', async ({ bridged }) => {
    const { one, two, hears, settled } = bridged;
    const said = { kind: 'message', text: 'the pool is *full*, <@U1>', ...words } as const;
    await hears(one, 'm1', said);
    await hears(one, 'm1', said);
    await settled();
    expect(two.said(two.of(1))).toEqual(['Ana Lima (One): the pool is *full*, @Ana Lima']);
    expect(one.said(one.of(1))).toEqual([]);
  });

  test('follows what they do to it: other words, an answer below, and taking it back', async ({
    bridged,
  }) => {
    const { one, two, hears, settled } = bridged;
    await hears(one, 'm1', { kind: 'message', text: 'the pool is ful', ...words });
    await hears(one, 'm1', { kind: 'edited', text: 'the pool is full' });
    await hears(one, 'm2', { kind: 'message', text: 'since when?', files: [], below: refOn(one, 'm1') });
    await settled();
    const [first, second] = two.of(1).messages.filter((it) => !it.pinned);
    expect(first?.text).toBe('Ana Lima (One): the pool is full');
    expect(second).toMatchObject({ text: 'Ana Lima (One): since when?', below: first?.id });

    await hears(one, 'm1', { kind: 'deleted' });
    await hears(one, 'm1', { kind: 'deleted' });
    await settled();
    expect(first?.isDeleted).toBe(true);
  });

  test('is not carried when it was taken back before it came', async ({ bridged }) => {
    const { one, two, hears, settled } = bridged;
    await hears(one, 'm1', { kind: 'deleted' });
    await hears(one, 'm1', { kind: 'message', text: 'a password', ...words });
    await settled();
    expect(two.said(two.of(1))).toEqual([]);
  });

  test('is answered from the other side, below the message itself', async ({ bridged }) => {
    const { one, two, hears, settled } = bridged;
    const posted = await one.post(
      refOn(one, one.of(1).id),
      { parts: [], summary: '', tone: 'info' },
      { key: 'ana' },
    );
    await hears(one, posted.id, { kind: 'message', text: 'who knows redis?', ...words });
    await settled();
    const copy = two.of(1).messages.at(-1)?.id ?? '';
    await hears(two, 'n1', { kind: 'message', text: 'I do', files: [], below: refOn(two, copy) });
    await settled();
    expect(one.of(1).messages.at(-1)).toMatchObject({ text: 'U1 (Two): I do', below: posted.id });
  });

  test('takes reactions with it, and gives them up when the last one does', async ({ bridged }) => {
    const { one, two, hears, settled } = bridged;
    await hears(one, 'm1', { kind: 'message', text: 'restarted it', ...words });
    await settled();
    const copy = two.of(1).messages.at(-1);
    const reacts = async (who: string, on: boolean) =>
      await hears(one, 'm1', { kind: 'reacted', emoji: '👍', on, text: '' }, who);
    await reacts('U1', true);
    await reacts('U2', true);
    await settled();
    expect([...(copy?.reactions ?? [])]).toEqual(['👍']);
    await reacts('U1', false);
    await settled();
    expect([...(copy?.reactions ?? [])]).toEqual(['👍']);
    await reacts('U2', false);
    await settled();
    expect([...(copy?.reactions ?? [])]).toEqual([]);
  });

  test('brings its files, and says which one is too large', async ({ bridged }) => {
    const { one, two, hears, settled } = bridged;
    const files = [graph(), { ...graph('dump.bin'), size: two.limits.file + 1 }];
    await hears(one, 'm1', { kind: 'message', text: 'look', files, below: null });
    await settled();
    const said = two.said(two.of(1));
    expect(said).toEqual([
      'Ana Lima (One): look\nThe file dump.bin is too large for here; it is on One.',
      'graph.png, from Ana Lima',
    ]);
    const carried = two.of(1).messages.find((it) => it.bytes !== null);
    expect(new TextDecoder().decode(carried?.bytes ?? new Uint8Array())).toBe('the bytes of graph.png');
  });

  test('goes on without its files while their platform does not answer, and these follow it', async ({
    bridged,
  }) => {
    const { one, two, hears, settled, pass } = bridged;
    one.down();
    await hears(one, 'm1', { kind: 'message', text: 'look', files: [graph()], below: null });
    await pass(10 * 60_000);
    await hears(one, 'm2', { kind: 'message', text: 'it is the pool', ...words });
    const carried = () => two.said(two.of(1)).filter((it) => it.includes('Ana'));
    await comesTrue(() => {
      expect(carried()).toEqual(['Ana Lima (One): look', 'Ana Lima (One): it is the pool']);
    });
    one.back();
    await pass(3 * 60_000);
    await settled();
    expect(carried().slice(2)).toEqual(['graph.png, from Ana Lima']);
  });

  test('waits for no file, however slowly it comes', async ({ bridged }) => {
    const { one, two, hears } = bridged;
    one.stuck();
    await hears(one, 'm1', { kind: 'message', text: 'look', files: [graph()], below: null });
    await comesTrue(() => expect(one.count('fetchFile')).toBe(1));
    await hears(one, 'm2', { kind: 'message', text: 'it is the pool', ...words });
    await comesTrue(() => expect(two.said(two.of(1))).toContain('Ana Lima (One): it is the pool'));
  });

  test('is followed by a file that comes without words', async ({ bridged }) => {
    const { one, two, hears, settled } = bridged;
    await hears(one, 'm1', { kind: 'message', text: '', files: [graph()], below: null });
    await settled();
    expect(two.said(two.of(1))).toEqual(['Ana Lima (One): graph.png', 'graph.png, from Ana Lima']);
  });

  test('takes a file along that is under way when it is taken back', async ({ bridged }) => {
    const { one, two, hears, settled } = bridged;
    two.delayMs = 50;
    await hears(one, 'm1', { kind: 'message', text: 'a password', files: [graph()], below: null });
    await comesTrue(() => expect(two.count('attach')).toBe(1));
    await hears(one, 'm1', { kind: 'deleted' });
    await settled();
    expect(two.of(1).messages.some((it) => it.bytes !== null)).toBe(true);
    expect(two.said(two.of(1))).toEqual([]);
  });

  test('leaves out a file that is not there any more, and brings the others', async ({ bridged }) => {
    const { one, two, hears, settled, db } = bridged;
    one.onCall = (method, on) => {
      if (method === 'fetchFile' && on === 'gone.png') {
        throw new ProviderError('one', 'there is no such file', { retry: false });
      }
    };
    const files = [graph('gone.png'), graph()];
    await hears(one, 'm1', { kind: 'message', text: 'look', files, below: null });
    await settled();
    await hears(one, 'm2', { kind: 'message', text: 'and', files: [graph('more.png')], below: null });
    await settled();
    expect(two.said(two.of(1))).toEqual([
      'Ana Lima (One): look',
      'graph.png, from Ana Lima',
      'Ana Lima (One): and',
      'more.png, from Ana Lima',
    ]);
    const asked = one.calls.filter((it) => it.method === 'fetchFile' && it.on === 'gone.png');
    // Every job is run twice here, and the second run finds that it was left out.
    expect(asked).toHaveLength(1);
    expect(await db.selectFrom('jobs').selectAll().where('deadAt', 'is not', null).execute()).toEqual([]);
  });

  test('waits while a platform is down, and then comes in order, once', async ({ bridged }) => {
    const { one, two, hears, settled, pass } = bridged;
    two.down();
    for (const text of ['first', 'second', 'third']) {
      await hears(one, text, { kind: 'message', text, ...words });
    }
    await pass(120_000);
    two.back();
    await pass(300_000);
    await settled();
    const carried = two.said(two.of(1)).filter((it) => it.startsWith('Ana'));
    expect(carried).toEqual(['first', 'second', 'third'].map((it) => `Ana Lima (One): ${it}`));
  });

  test('is not in the timeline, and the log stays whole', async ({ bridged }) => {
    const { db, one, hears, settled } = bridged;
    await hears(one, 'm1', { kind: 'message', text: 'lunch?', ...words });
    await settled();
    expect((await eventsOf(db, 1)).map(({ type }) => type)).not.toContain('incident.said');
    expect(await verifyChain(db, 1)).toMatchObject({ brokenAt: null });
  });

  test('stays in a private room, and in rooms that belong to no incident', async ({ bridged }) => {
    const { db, one, two, hears, settled } = bridged;
    const [secret] = one.named('inc-2');
    expect(secret?.wanted).toMatchObject({ isPrivate: true });
    expect(one.lines().join('\n')).not.toContain('INC-2');
    await hears(one, 'm1', { kind: 'message', text: 'customer names', ...words }, 'U1', secret?.id);
    await hears(
      one,
      'm2',
      { kind: 'message', text: 'lunch?', ...words },
      'U1',
      one.named('incidents')[0]?.id,
    );
    await settled();
    expect(two.rooms.flatMap((it) => it.messages.map(({ text }) => text)).join('\n')).not.toMatch(
      /customer names|lunch/,
    );
    expect(await db.selectFrom('said').selectAll().execute()).toEqual([]);
  });
});

describe('a file that somebody puts into one room of an incident', () => {
  base('is fetched once for all the others, whatever is done to its words', async ({ db, reacting }) => {
    const [one, two, three] = ['one', 'two', 'three'].map((name) => new PlainPlatform(name));
    if (!one || !two || !three) throw new Error('there are three');
    const it = await reacting([one, two, three]);
    await declare(it.ctx, { title: 'Checkout is down' });
    await it.settled();
    const hears = earOf(db, it);
    await hears(one, 'm1', { kind: 'message', text: 'look', files: [graph()], below: null });
    await it.settled();
    await hears(one, 'm1', { kind: 'edited', text: 'look here' });
    await it.settled();
    for (const there of [two, three]) {
      expect(there.said(there.of(1))).toEqual(['U1 (One): look here', 'graph.png, from U1']);
      expect(there.count('attach')).toBe(1);
    }
    expect(one.count('fetchFile')).toBe(1);
  });
});

function refOn(platform: PlainPlatform, id: string): Ref {
  return { platform: platform.name, id };
}

/** Somebody does something in a room; every delivery has an id of its own. */
function earOf(db: Db, { ctx }: Pick<Reacting, 'ctx'>) {
  const { actor: _, role: __, ...engine } = ctx;
  const dispatch = makeDispatch({
    ...engine,
    db,
    commands,
    ...NOTHING_AROUND,
    log: { error: () => {} },
    bridge: true,
  });
  return async (on: PlainPlatform, message: string, what: Kind, who = 'U1', room = on.of(1).id) =>
    await dispatch.said({
      id: randomUUID(),
      person: refOn(on, who),
      room: refOn(on, room),
      message: refOn(on, message),
      ...what,
    });
}
