import { describe, expect } from 'vitest';

import { keepAnswer, noteDone, releaseKey, takeKey, type Once } from '#src/db/idempotency.ts';
import { ProviderError } from '#src/errors.ts';
import { test } from '#test/support/doors.ts';
import { EVENT, KEY } from '#test/support/http.ts';

const LIST = '/api/v1/incidents';
const NEW = { title: 'Checkout is down', severity: 'P1', category: 'availability', description: '' };
const ALERTS = {
  version: '4',
  status: 'firing',
  externalURL: 'http://alertmanager.example',
  alerts: ['shop', 'mail'].map((service) => ({
    status: 'firing',
    labels: { alertname: 'Down', service, severity: 'critical' },
    annotations: {},
    startsAt: '2026-03-01T07:59:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus.example/graph',
  })),
};
const withKey = (key: string) => ({ 'x-api-key': KEY, 'idempotency-key': key });

describe('a request whose answer was lost after it was done', () => {
  test.for([
    ['an event of ours', '/api/v1/events', { ...EVENT, event_id: undefined }, 1],
    ['a webhook with several alerts', '/api/v1/events/alertmanager', ALERTS, 2],
  ] as const)('is known when it is sent again: %s', async ([, path, body, count], { open, db }) => {
    const door = await open();
    const { intake } = door.deps;
    const died = await open({
      intake: {
        submit: async (received) => {
          await intake.submit(received);
          throw new ProviderError('test', 'gone', { retry: true });
        },
      },
    });
    expect((await died.call('POST', path, body, withKey('a'))).status).toBe(502);
    const again = await door.call('POST', path, body, withKey('a'));
    expect(again.status).toBe(202);
    expect((again.body.results ?? [again.body]).map((it: { status: string }) => it.status)).toEqual(
      Array.from({ length: count }, () => 'duplicate'),
    );
    expect(await db.selectFrom('alertEvents').select('id').execute()).toHaveLength(count);
    const other = await door.call('POST', path, body, withKey('b'));
    expect(other.status).toBe(202);
    expect(await db.selectFrom('alertEvents').select('id').execute()).toHaveLength(2 * count);
  });

  test('is known when it is sent again: a new incident', async ({ open, db }) => {
    const door = await open();
    const died = await open({
      committed: () => {
        throw new Error('gone');
      },
    });
    expect((await died.call('POST', LIST, NEW, withKey('c'))).status).toBe(500);
    const again = await door.call('POST', LIST, NEW, withKey('c'));
    expect([again.status, again.body.number]).toEqual([201, 1]);
    const replayed = await door.call('POST', LIST, NEW, withKey('c'));
    expect(replayed.text).toBe(again.text);
    expect(replayed.headers.get('idempotent-replayed')).toBe('true');
    expect(await db.selectFrom('incidents').select('number').execute()).toHaveLength(1);
  });

  test('is not done by two attempts that both live', async ({ db }) => {
    const once = { owner: 'a', key: 'e', requestHash: 'x' };
    const [now, later] = [new Date('2026-03-01T08:00:00Z'), new Date('2026-03-01T08:02:00Z')];
    const take = async (id: string, at: Date) => {
      const taking = await takeKey(db, once, { id, now: at, stale: new Date(at.getTime() - 60_000) });
      return 'attempt' in taking ? taking.attempt : null;
    };
    const finish = async (done: string) =>
      await db.transaction().execute((tx) => noteDone(tx, once, { id: 'first', done }));
    expect(await take('first', now)).toEqual({ id: 'first', done: null });
    expect(await take('second', later)).toEqual({ id: 'first', done: null });
    await finish('INC-1');
    await expect(finish('INC-2')).rejects.toThrow('done by another attempt');
    expect(await take('third', new Date('2026-03-01T08:04:00Z'))).toEqual({ id: 'first', done: 'INC-1' });
  });

  test('is not said to be done by an attempt whose key another request has meanwhile', async ({ db }) => {
    const [mine, other] = ['x', 'y'].map((requestHash) => ({ owner: 'a', key: 'f', requestHash })) as [
      Once,
      Once,
    ];
    const minutes = (count: number) => new Date(Date.UTC(2026, 2, 1, 8, count));
    const take = async (it: Once, id: string, now: Date) =>
      await takeKey(db, it, { id, now, stale: new Date(now.getTime() - 60_000) });
    const finish = async (it: Once, done: string) =>
      await db.transaction().execute(async (tx) => await noteDone(tx, it, { id: 'any', done }));
    await take(mine, 'first', minutes(0));
    expect(await take(other, 'second', minutes(2))).toEqual({ attempt: { id: 'second', done: null } });

    // The first one wakes up.
    await expect(finish(mine, 'INC-1')).rejects.toThrow('done by another attempt');
    await releaseKey(db, mine, minutes(0));
    await keepAnswer(db, mine, 201, { text: 'INC-1' });
    expect(await take(other, 'third', minutes(2))).toMatchObject({ before: { status: null } });
    await finish(other, 'INC-2');
    expect(await take(other, 'third', minutes(4))).toEqual({ attempt: { id: 'any', done: 'INC-2' } });
    await keepAnswer(db, other, 201, { text: 'INC-2' });
    await keepAnswer(db, mine, 201, { text: 'INC-1' });
    const before = { requestHash: 'y', status: 201, body: { text: 'INC-2' } };
    expect(await take(other, 'fourth', minutes(6))).toEqual({ before });
  });

  test('keeps its first answer where an attempt that was slow answers as well', async ({ db }) => {
    const once = { owner: 'a', key: 'g', requestHash: 'x' };
    const now = new Date('2026-03-01T08:00:00Z');
    await takeKey(db, once, { id: 'first', now, stale: now });
    await keepAnswer(db, once, 201, { text: 'made' });
    await keepAnswer(db, once, 409, { text: 'there is one' });
    await releaseKey(db, once, now);
    const before = { requestHash: 'x', status: 201, body: { text: 'made' } };
    const later = new Date('2026-03-01T08:02:00Z');
    expect(await takeKey(db, once, { id: 'second', now: later, stale: later })).toEqual({ before });
  });

  test('is another request where something else comes under the key', async ({ open }) => {
    const door = await open();
    const died = await open({
      committed: () => {
        throw new Error('gone');
      },
    });
    expect((await died.call('POST', LIST, NEW, withKey('d'))).status).toBe(500);
    const other = await door.call('POST', LIST, { ...NEW, title: 'Mail is down' }, withKey('d'));
    expect([other.status, other.body.number, other.body.title]).toEqual([201, 2, 'Mail is down']);
  });
});
