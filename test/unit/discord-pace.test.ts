import { setTimeout as sleep } from 'node:timers/promises';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { latest, Pace } from '#adapters/discord/pace.ts';
import { inOrder } from '#src/chat/in-order.ts';
import { Kept, Recent } from '#src/chat/kept.ts';

describe('Calls to Discord', () => {
  it('of one kind go one after the other, and those of others do not wait for them', async () => {
    const pace = new Pace();
    const log: string[] = [];
    const call = (lane: string, name: string, ms: number) =>
      pace.run(lane, 'card', async () => {
        log.push(`${name} begins`);
        await sleep(ms);
        log.push(`${name} ends`);
        return { value: name, holdMs: 0 };
      });
    await Promise.all([call('a', 'a1', 30), call('a', 'a2', 1), call('b', 'b1', 1)]);
    expect(log.indexOf('a2 begins')).toBeGreaterThan(log.indexOf('a1 ends'));
    expect(log.indexOf('b1 ends')).toBeLessThan(log.indexOf('a1 ends'));
  });

  it('hold what follows as long as Discord says, and not the one who called', async () => {
    const pace = new Pace();
    const start = performance.now();
    await pace.run('a', 'card', async () => ({ value: 1, holdMs: 80 }));
    expect(performance.now() - start).toBeLessThan(60);
    await pace.run('a', 'card', async () => ({ value: 2, holdMs: 0 }));
    expect(performance.now() - start).toBeGreaterThan(75);
  });

  it('serve those who wait for an answer first', async () => {
    const pace = new Pace();
    const log: string[] = [];
    const call = (name: 'answer' | 'card' | 'later') =>
      pace.run('a', name, async () => {
        log.push(name);
        await sleep(5);
        return { value: name, holdMs: 0 };
      });
    await Promise.all([call('later'), call('later'), call('card'), call('answer')]);
    expect(log).toEqual(['later', 'answer', 'card', 'later']);
  });

  it('go on after one of them has failed', async () => {
    const pace = new Pace();
    await expect(pace.run('a', 'card', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await pace.run('a', 'card', async () => ({ value: 2, holdMs: 0 }))).toBe(2);
  });
});

describe('Changes of one message', () => {
  it('that wait are sent as one, the latest', async () => {
    const sent: string[] = [];
    let free = () => {};
    const busy = new Promise<void>((resolve) => (free = resolve));
    const change = latest<string>(async (key, take) => {
      await busy;
      sent.push(`${key} ${take()}`);
    });
    const all = [change('m', 'one'), change('m', 'two'), change('n', 'other'), change('m', 'three')];
    free();
    await Promise.all(all);
    expect(sent.toSorted()).toEqual(['m three', 'n other']);
    await change('m', 'four');
    expect(sent.at(-1)).toBe('m four');
  });

  it('that fail are told to everybody who waited, and the next one is tried', async () => {
    let fails = true;
    const change = latest<string>(async (_, take) => {
      take();
      if (fails) throw new Error('no');
    });
    const both = await Promise.allSettled([change('m', 'one'), change('m', 'two')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    await change('m', 'three');
  });
});

describe('Work under one key', () => {
  it('is done in the order in which it came, also after a failure', async () => {
    const turns = inOrder();
    const log: number[] = [];
    const work = (index: number) =>
      turns('room', async () => {
        await sleep(index === 0 ? 20 : 1);
        log.push(index);
        if (index === 1) throw new Error('no');
      });
    await Promise.allSettled([0, 1, 2, 3].map(work));
    expect(log).toEqual([0, 1, 2, 3]);
  });
});

describe('What is remembered', () => {
  it('is new once', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 50 }), (ids) => {
        const recent = new Recent();
        const fresh = ids.filter((it) => recent.isNew(it));
        expect(fresh).toEqual([...new Set(ids)]);
      }),
    );
  });

  it('does not grow for ever', () => {
    const kept = new Kept<number>(3);
    for (const [index, key] of ['a', 'b', 'c', 'a', 'd'].entries()) kept.set(key, index);
    expect(['a', 'b', 'c', 'd'].map((it) => kept.get(it))).toEqual([3, undefined, 2, 4]);
  });
});
