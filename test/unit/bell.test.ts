import { describe, expect, it, vi } from 'vitest';

import { Bell, TEXT_MAX, type WireEar } from '#src/jobs/bell.ts';

const log = { warn: () => {} };

/** What one sends all hear, as on a real wire: its own ears too. */
function wire() {
  const ears: WireEar[] = [];
  const sent: string[] = [];
  const open = (ear: WireEar) => {
    ears.push(ear);
    return {
      send: async (texts: readonly string[]) => {
        sent.push(...texts);
        for (const text of texts) for (const it of ears) it.heard(text);
      },
      close: async () => {},
    };
  };
  return { ears, sent, open };
}

describe('the bell', () => {
  it('is heard by all others, once for the same, and not by who rings', async () => {
    const { sent, open } = wire();
    const [one, other] = [new Bell('one', open, log), new Bell('other', open, log)];
    const [own, heard] = [[] as unknown[], [] as unknown[]];
    one.on('incident', (news) => own.push(news));
    other.on('incident', (news) => heard.push(news));
    for (const number of [1, 2, 1]) one.ring('incident', number);
    await vi.waitFor(() => expect(heard).toEqual([1, 2]));
    expect([own, sent.length]).toEqual([[], 1]);
    await one.stop();
    await other.stop();
  });

  it('sends what is too long for one text in several, and what no text can hold not at all', async () => {
    const { sent, open } = wire();
    const [one, other] = [new Bell('one', open, log), new Bell('other', open, log)];
    const heard: unknown[] = [];
    other.on('chat', (news) => heard.push(news));
    const names = Array.from({ length: 100 }, (_, index) => `${index} ${'x'.repeat(300)}`);
    for (const name of [...names, 'y'.repeat(TEXT_MAX)]) one.ring('chat', name);
    await vi.waitFor(() => expect(heard).toHaveLength(100));
    expect(sent.length).toBeGreaterThan(1);
    expect(Math.max(...sent.map((news) => Buffer.byteLength(news)))).toBeLessThanOrEqual(TEXT_MAX);
    await one.stop();
  });

  it('takes anything that comes over the wire, and goes on though an ear fails', async () => {
    const { ears, open } = wire();
    const bell = new Bell('one', open, log);
    const heard: unknown[] = [];
    bell.on('work', () => {
      throw new Error('a bug');
    });
    bell.on('work', () => heard.push('work'));
    const texts = ['', '{', '[]', 'null', '["x",["nothing",1],7,["work"]]', '["x"]'];
    for (const text of texts) ears[0]?.heard(text);
    expect(heard).toEqual(['work']);
    await bell.stop();
  });

  it('says when it is down, and is never down where there are no others', async () => {
    const { ears, open } = wire();
    const bell = new Bell('one', open, log);
    const told: boolean[] = [];
    bell.watch((isUp) => told.push(isUp));
    expect(bell.isUp).toBe(false);
    for (const isUp of [true, true, false]) ears[0]?.changed(isUp);
    expect([bell.isUp, told]).toEqual([false, [true, false]]);
    expect(new Bell('one', null, log).isUp).toBe(true);
    await bell.stop();
  });
});
