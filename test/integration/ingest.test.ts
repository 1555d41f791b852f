import { describe, expect } from 'vitest';

import { findAlertEvent } from '#src/db/alert-events.ts';
import { alertCounts } from '#src/db/alerts.ts';
import { eventsOf, verifyChain } from '#src/db/events.ts';
import { listIncidents } from '#src/db/incident-list.ts';
import { findIncident } from '#src/db/incidents.ts';
import { act } from '#src/engine/act.ts';
import { alertsOf } from '#test/support/alerts.ts';
import { test } from '#test/support/database.ts';
import { minutes, types } from '#test/support/incident.ts';
import { about, alertEvents, ended, many, setUp } from '#test/support/ingesting.ts';

describe('the first alert', () => {
  test('opens an incident that says what the alert said', async ({ db }) => {
    const { take } = setUp(db);
    const [result] = await take([
      about('a', { rule: 'HighErrorRate', severity: 'P1', labels: { region: 'eu' }, at: minutes(-2) }),
    ]);
    expect(result).toMatchObject({
      status: 'accepted',
      duplicateOf: null,
      incident: 1,
      incidentId: 'INC-20260301-00001',
    });
    expect(await findIncident(db, 1)).toMatchObject({
      title: 'Alert a',
      severity: 'P1',
      status: 'NEW',
      category: 'availability',
      environment: 'production',
      source: 'alertmanager',
      sourceEventId: result?.eventId,
      resource: { type: 'service', id: 'checkout' },
      tags: { region: 'eu' },
      detectedAt: minutes(-2),
      sla: { acknowledgmentDeadline: minutes(15) },
    });
    expect(await eventsOf(db, 1)).toMatchObject([
      {
        type: 'incident.declared',
        by: { type: 'integration', id: 'alertmanager' },
        data: { rule: 'HighErrorRate' },
      },
    ]);
    expect(await findAlertEvent(db, result?.eventId ?? '')).toMatchObject({
      incident: 1,
      duplicate: false,
      state: 'firing',
      payload: { key: 'a' },
      at: minutes(-2),
      receivedAt: minutes(0),
    });
    expect(await findAlertEvent(db, 'no uuid')).toBe(null);
  });

  test('of one group joins, of another opens its own', async ({ db }) => {
    const { take } = setUp(db);
    const results = await take([
      about('a'),
      about('b'),
      about('c', { service: 'search' }),
      about('d', { environment: 'qa' }),
    ]);
    expect(results.map((it) => it.incident)).toEqual([1, 1, 2, 3]);
  });

  test('is grouped by what the settings name', async ({ db }) => {
    const { take } = setUp(db, { settings: { groupBy: ['label:team'] } });
    const team = (name: string, service: string) =>
      about(`${name} ${service}`, { service, labels: { team: name } });
    const results = await take([team('x', 'checkout'), team('x', 'search'), team('y', 'checkout')]);
    expect(results.map((it) => it.incident)).toEqual([1, 1, 2]);
  });

  test('without a service is grouped by its rule, not with everything else that has none', async ({ db }) => {
    const { take } = setUp(db);
    const results = await take([
      about('a', { service: null, rule: 'DiskFull' }),
      about('b', { service: null, rule: 'DiskFull' }),
      about('c', { service: null, rule: 'CertExpires' }),
    ]);
    expect(results.map((it) => it.incident)).toEqual([1, 1, 2]);
  });
});

describe('a repeat', () => {
  test('of an alert that fires answers duplicate and of what', async ({ db }) => {
    const { take, clock } = setUp(db);
    const [first] = await take([about('a', { at: minutes(-1) })]);
    clock.set(minutes(5));
    const [again, inBatch] = await take([about('a', { at: minutes(-1) }), about('a')]);
    for (const it of [again, inBatch]) {
      expect(it).toMatchObject({ status: 'duplicate', duplicateOf: first?.eventId, incident: 1 });
      expect(it?.eventId).not.toBe(first?.eventId);
      expect(await findAlertEvent(db, it?.eventId ?? '')).toMatchObject({
        duplicate: true,
        duplicateOf: first?.eventId,
      });
    }
    expect(await alertsOf(db, 1)).toMatchObject([
      { firedAt: minutes(-1), firedBy: first?.eventId, firstAt: minutes(0), lastAt: minutes(5) },
    ]);
    expect((await alertCounts(db, [1])).get(1)).toMatchObject({ total: 1, times: 3 });
    expect(types(await eventsOf(db, 1))).toEqual(['declared']);
  });

  test('wakes whoever draws the cards, once for all that come until then', async ({ db }) => {
    let woken = 0;
    const { take } = setUp(db, { committed: () => void (woken += 1) });
    await take([about('a')]);
    expect(woken).toBe(1);
    await take([about('a')]);
    await take([about('a')]);
    expect(woken).toBe(2);
  });

  test('of the very same message is recorded once', async ({ db }) => {
    const { take } = setUp(db);
    const [first] = await take([about('a', { eventId: 'evt-1' })]);
    const [again] = await take([about('a', { eventId: 'evt-1' })]);
    expect(again).toEqual({ ...first, status: 'duplicate', duplicateOf: first?.eventId });
    expect(await alertEvents(db)).toBe(1);
    expect(await alertsOf(db, 1)).toMatchObject([{ times: 1 }]);
  });

  test('of the very same message in one batch is recorded once', async ({ db }) => {
    const { take } = setUp(db);
    const [first, again, other] = await take([
      about('a', { eventId: 'evt-1' }),
      about('a', { eventId: 'evt-1' }),
      about('a', { eventId: 'evt-1', source: 'grafana' }),
    ]);
    expect(again).toEqual({ ...first, status: 'duplicate', duplicateOf: first?.eventId });
    expect(other?.eventId).not.toBe(first?.eventId);
    expect(await alertEvents(db)).toBe(2);
  });

  test('of the very same message at the same moment is recorded once', async ({ db }) => {
    const { take } = setUp(db);
    const all = await Promise.all(Array.from({ length: 12 }, () => take([about('a', { eventId: 'evt-1' })])));
    const ids = all.flat();
    expect(new Set(ids.map((it) => it.eventId)).size).toBe(1);
    expect(ids.filter((it) => it.status === 'accepted')).toHaveLength(1);
    expect(new Set(ids.map((it) => it.incident))).toEqual(new Set([1]));
    expect(await alertEvents(db)).toBe(1);
    expect((await listIncidents(db, { limit: 9, offset: 0 })).total).toBe(1);
  });

  test('of message ids in another order, about other things, never waits for ever', async ({ db }) => {
    const { take } = setUp(db);
    const senders = ['a', 'b', 'c', 'd'];
    await take(senders.map((service) => about(service, { service })));
    const ids = Array.from({ length: 300 }, (_, index) => `evt-${index}`);
    const all = await Promise.all(
      senders.map((service, index) =>
        take(
          (index % 2 === 0 ? ids : ids.toReversed()).map((eventId) =>
            about(service + eventId, { service, eventId }),
          ),
        ),
      ),
    );
    expect(all.flat().filter((it) => it.status === 'accepted')).toHaveLength(300);
    expect(new Set(all.flat().map((it) => it.eventId)).size).toBe(300);
    expect(await alertEvents(db)).toBe(304);
  });
});

describe('a storm', () => {
  test('of 500 alerts of one service in one batch is one incident, told as a count', async ({ db }) => {
    const { take } = setUp(db);
    const results = await take(many(500));
    expect(new Set(results.map((it) => it.incident))).toEqual(new Set([1]));
    expect(results.every((it) => it.status === 'accepted')).toBe(true);
    const events = await eventsOf(db, 1);
    expect(types(events)).toEqual(['declared', 'alerts_joined']);
    expect(events[1]?.data).toMatchObject({ count: 499, titles: { length: 5 } });
    expect((await alertCounts(db, [1])).get(1)).toEqual({ firing: 500, total: 500, times: 500 });
  });

  test('of 500 alerts in ten batches at once is one incident', async ({ db }) => {
    const { take } = setUp(db);
    const storm = many(500);
    const batches = Array.from({ length: 10 }, (_, index) => storm.slice(index * 50, index * 50 + 50));
    const results = (await Promise.all(batches.map(take))).flat();
    expect(new Set(results.map((it) => it.incident))).toEqual(new Set([1]));
    const events = await eventsOf(db, 1);
    expect(events.length).toBeLessThanOrEqual(11);
    const joined = events.flatMap((it) => (it.type === 'incident.alerts_joined' ? [it.data.count] : []));
    expect(joined.reduce((sum, it) => sum + it, 0)).toBe(499);
    expect((await alertCounts(db, [1])).get(1)?.firing).toBe(500);
    expect(await verifyChain(db, 1)).toMatchObject({ brokenAt: null });
  });

  test('of the first alerts of ten groups, each ten times at once, is ten incidents', async ({ db }) => {
    const { take } = setUp(db);
    const batches = Array.from({ length: 10 }, (_, at) =>
      Array.from({ length: 10 }, (__, index) => {
        const service = `service-${(index * 7 + at) % 10}`;
        return about(`${service}-${at}`, { service });
      }),
    );
    const results = (await Promise.all(batches.map(take))).flat();
    expect(new Set(results.map((it) => it.incident)).size).toBe(10);
    expect((await listIncidents(db, { limit: 1, offset: 0 })).total).toBe(10);
  });

  test('of thousands of services in one batch fits', async ({ db }) => {
    const { take } = setUp(db);
    const results = await take(many(3000, (index) => ({ service: `service-${index}` })));
    expect(new Set(results.map((it) => it.incident)).size).toBe(3000);
    const again = await take(many(3000, (index) => ({ service: `service-${index}`, severity: 'P0' })));
    expect(again.every((it) => it.status === 'duplicate')).toBe(true);
    expect((await listIncidents(db, { severities: ['P0'], limit: 1, offset: 0 })).total).toBe(3000);
  });

  test('the same alert at once from many sides, each with another service, is one alert', async ({ db }) => {
    const { take } = setUp(db);
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, index) => take([about('a', { service: `name-${index}` })])),
    );
    expect(new Set(all.flat().map((it) => it.incident)).size).toBe(1);
    expect((await listIncidents(db, { limit: 1, offset: 0 })).total).toBe(1);
  });
});

describe('one alert that comes two ways', () => {
  const labelled = about('x', {
    key: null,
    rule: 'DiskFull',
    title: 'DiskFull',
    description: 'The disk of db-1 is 91% full.',
    labels: { alertname: 'DiskFull', instance: 'db-1' },
  });
  const mailed = about('x', {
    key: null,
    source: 'email',
    rule: '',
    title: '[FIRING:1] DiskFull (db-1)',
    description: 'The disk of db-1 is 93% full.',
    service: null,
  });

  test('with labels and as text only, is one alert', async ({ db }) => {
    const { take } = setUp(db);
    await take([labelled]);
    expect(await take([mailed])).toMatchObject([{ status: 'duplicate', incident: 1 }]);
    expect(await take([mailed])).toMatchObject([{ status: 'duplicate', incident: 1 }]);
    expect(await alertsOf(db, 1)).toMatchObject([{ times: 3 }]);
    const over = (it: typeof mailed) => ({ ...it, alert: { ...it.alert, state: 'resolved' as const } });
    await take([over(mailed)]);
    expect(await alertsOf(db, 1)).toMatchObject([{ state: 'firing' }]);
    await take([over(labelled)]);
    expect(await alertsOf(db, 1)).toMatchObject([{ state: 'resolved' }]);
  });
});

describe('what is stored', () => {
  test('a sender that posts nothing beside the alert is taken all the same', async ({ db }) => {
    const { take } = setUp(db);
    const payloads = [null, undefined, 'text', 7, [], {}];
    const results = await take(payloads.map((payload, index) => ({ ...about(`a${index}`), payload })));
    const stored = await Promise.all(
      results.map(async (it) => (await findAlertEvent(db, it.eventId))?.payload),
    );
    expect(stored).toEqual([{}, {}, 'text', 7, [], {}]);
  });

  test('an empty batch is no work', async ({ db }) => {
    expect(await setUp(db).take([])).toEqual([]);
  });

  test('an acknowledged incident stays so when more of the same comes', async ({ db }) => {
    const { take, ctx } = setUp(db);
    await take([about('a')]);
    await act(ctx, 1, 'acknowledge');
    await take([about('a'), about('b'), ended('a')]);
    expect((await findIncident(db, 1)).status).toBe('ACKNOWLEDGED');
  });
});
