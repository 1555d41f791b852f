import { setTimeout as sleep } from 'node:timers/promises';

import { expect } from 'vitest';

import { say } from '#src/chat/message.ts';

import { card, everything, farOf, ROOM, type SeenTest } from './chat-platform-seen.ts';
import { formOf, meant } from './chat-platform-wishes.ts';

const COMMAND = '/incident declare checkout is down';

/** Everything that people do arrives once, in time, whatever the delivery was like. */
export function deliveryContract(it: SeenTest): void {
  twiceContract(it);
  timeContract(it);
}

function twiceContract(it: SeenTest): void {
  it('does what is delivered twice once, and answers it once', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    seen.answers({ type: 'reply', message: say('INC-2 is declared.'), visible: 'room' });
    const delivery = 'd3b07384-d9a0-4c9b-8f0e-5a3b1f6f7a10';
    await Promise.all([1, 2].map(() => seen.types(seen.ana, room, COMMAND, delivery)));
    await seen.types(seen.ana, room, COMMAND, delivery);

    expect(seen.heard.invocations).toHaveLength(1);
    expect((await everything(seen, seen.bo, room)).split('INC-2 is declared.')).toHaveLength(2);
  });

  it('does everything once when everything is delivered three times', async ({ seen }) => {
    farOf(seen).trouble.deliverTimes(3);
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana, seen.bo]);
    await seen.platform.post(room, card('INC-1 is new', 'Acknowledge'), { key: 'card' });
    seen.answers({ type: 'reply', message: say('INC-1 is acknowledged.'), visible: 'room' });
    await seen.presses(seen.bo, room, 'Acknowledge');
    seen.answers({ type: 'form', form: formOf({}) });
    await seen.types(seen.bo, room, '/incident resolve INC-1');
    seen.answers({ type: 'reply', message: say('INC-1 is resolved.'), visible: 'room' });
    await seen.fills(seen.bo, { how: 'rolled back' });
    await seen.types(seen.ana, room, 'well done');
    await seen.quiet();

    expect(seen.heard.invocations.map(({ ask }) => meant(ask).command)).toEqual([
      'ack',
      'resolve',
      'resolve',
    ]);
    expect(seen.heard.said).toHaveLength(1);
    const words = await everything(seen, seen.ana, room);
    expect(words.split('INC-1 is acknowledged.')).toHaveLength(2);
    expect(words.split('INC-1 is resolved.')).toHaveLength(2);
  });

  it('hears what comes in another order', async ({ seen }) => {
    const { trouble } = farOf(seen);
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana, seen.bo]);
    trouble.hold();
    const both = Promise.allSettled([
      seen.types(seen.bo, room, 'first'),
      seen.types(seen.ana, room, 'second'),
    ]);
    await sleep(100);
    expect(seen.heard.said).toEqual([]);
    await trouble.release();
    await both;
    const texts = seen.heard.said.map((one) => (one.kind === 'message' ? one.text : ''));
    expect(texts.toSorted()).toEqual(['first', 'second']);
  });

  it('hears people again after the connections were dropped', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    farOf(seen).trouble.dropConnections();
    seen.answers({ type: 'reply', message: say('INC-2 is declared.'), visible: 'room' });
    await seen.types(seen.ana, room, COMMAND);
    expect(seen.heard.invocations).toHaveLength(1);
    expect((await everything(seen, seen.bo, room)).split('INC-2 is declared.')).toHaveLength(2);
  });
}

/** Every platform that calls us wants to hear from us within three seconds. */
const ACK_MS = 3000;

function timeContract(it: SeenTest): void {
  it('acknowledges in time when the engine is slow, and the answer follows', async ({ seen }) => {
    const { measured } = farOf(seen);
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.post(room, card('INC-1 is new', 'Acknowledge'), { key: 'card' });
    const slow = (words: string) => async () => {
      await sleep(5000);
      return { type: 'reply', message: say(words), visible: 'room' } as const;
    };
    seen.inbox.outcome = slow('INC-2 is declared.');
    await seen.types(seen.ana, room, COMMAND);
    seen.inbox.outcome = slow('INC-1 is acknowledged.');
    await seen.presses(seen.bo, room, 'Acknowledge');
    const words = await everything(seen, seen.bo, room);
    expect(words.split('INC-2 is declared.')).toHaveLength(2);
    expect(words.split('INC-1 is acknowledged.')).toHaveLength(2);
    expect(measured.acknowledged.length).toBeGreaterThan(1);
    expect(Math.max(...measured.acknowledged)).toBeLessThan(ACK_MS);
  });

  it('says a late private answer to the asker alone', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana, seen.bo]);
    seen.inbox.outcome = async () => {
      await sleep(4000);
      return { type: 'reply', message: say('Since you last looked: nothing.'), visible: 'private' };
    };
    await seen.types(seen.ana, room, '/incident catchup');
    expect(await everything(seen, seen.bo, room)).not.toContain('Since you last looked');
  });

  it('opens a form that comes late', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    seen.inbox.outcome = async () => {
      await sleep(4000);
      return { type: 'form', form: formOf({}) };
    };
    const form = await seen.types(seen.ana, room, '/incident resolve INC-1');
    expect(form).toMatchObject({ title: 'Resolve INC-1', fields: [{ name: 'how' }] });
    seen.answers({ type: 'reply', message: say('INC-1 is resolved.'), visible: 'room' });
    await seen.fills(seen.ana, { how: 'rolled back' });
    expect(meant(seen.heard.invocations.at(-1)?.ask).args).toEqual({ incident: 'INC-1', how: 'rolled back' });
    expect(await everything(seen, seen.bo, room)).toContain('INC-1 is resolved.');
  });

  it('acknowledges what people say in time when the engine is slow to hear it', async ({ seen }) => {
    const { measured } = farOf(seen);
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana]);
    seen.inbox.saying = async () => await sleep(4000);
    await seen.types(seen.ana, room, 'the pool is exhausted');
    expect(Math.max(0, ...measured.acknowledged)).toBeLessThan(ACK_MS);
    expect(seen.heard.said).toHaveLength(1);
  });
}
