import { describe, expect } from 'vitest';

import { alertCounts, alertsOf, findAlertEvent } from '#src/db/alerts.ts';
import { eventsOf, verifyChain } from '#src/db/events.ts';
import { findIncident, listIncidents } from '#src/db/incidents.ts';
import type { Db } from '#src/db/schema.ts';
import { act, reach } from '#src/engine/act.ts';
import { changeSeverity } from '#src/engine/change.ts';
import type { Context } from '#src/engine/context.ts';
import { ingest, type Ingested, type Received } from '#src/engine/ingest.ts';
import { engineContext, SetClock, type ContextOptions } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { alert, minutes, types } from '#test/support/incident.ts';

/** An alert of the service checkout, by its key. */
function about(key: string, changes: Parameters<typeof alert>[0] = {}): Received {
  return { alert: alert({ key, title: `Alert ${key}`, ...changes }), payload: { key } };
}

function ended(key: string, changes: Parameters<typeof alert>[0] = {}): Received {
  return about(key, { state: 'resolved', ...changes });
}

function many(
  count: number,
  changes: (index: number) => Parameters<typeof alert>[0] = () => ({}),
): Received[] {
  return Array.from({ length: count }, (_, index) => about(`alert-${index}`, changes(index)));
}

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
      { times: 3, firedAt: minutes(-1), firedBy: first?.eventId, firstAt: minutes(0), lastAt: minutes(5) },
    ]);
    expect(types(await eventsOf(db, 1))).toEqual(['declared']);
  });

  test('only has the card drawn again, a second later, once', async ({ db }) => {
    const { take, clock } = setUp(db);
    await take([about('a')]);
    clock.set(minutes(5));
    await take([about('a')]);
    clock.advance(400);
    await take([about('a')]);
    expect(await db.selectFrom('timers').selectAll().where('kind', '=', 'card-refresh').execute()).toEqual([
      {
        key: 'card-refresh-1',
        kind: 'card-refresh',
        incident: 1,
        dueAt: new Date(minutes(5).getTime() + 1000),
      },
    ]);
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

describe('how bad it is', () => {
  test('a worse alert that joins raises the severity, a milder one never lowers it', async ({ db }) => {
    const { take } = setUp(db);
    await take([about('a', { severity: 'P2' })]);
    await take([about('b', { severity: 'P0' })]);
    await take([about('c', { severity: 'P4' })]);
    expect(await findIncident(db, 1)).toMatchObject({
      severity: 'P0',
      sla: { acknowledgmentDeadline: minutes(5) },
    });
    expect(types(await eventsOf(db, 1))).toEqual([
      'declared',
      'alerts_joined',
      'severity_changed',
      'alerts_joined',
    ]);
  });

  test('an alert that gets worse while it fires raises it too', async ({ db }) => {
    const { take } = setUp(db);
    await take([about('a', { severity: 'P3' })]);
    const [again] = await take([about('a', { severity: 'P1' })]);
    expect(again?.status).toBe('duplicate');
    expect((await findIncident(db, 1)).severity).toBe('P1');
    expect(await alertsOf(db, 1)).toMatchObject([{ severity: 'P1' }]);
  });

  test('what a person set lower stays, while the alert says the same', async ({ db }) => {
    const { take, ctx } = setUp(db);
    await take([about('a', { severity: 'P1' })]);
    await changeSeverity(ctx, 1, 'P3', 'only one customer');
    await take([about('a', { severity: 'P1' }), about('a', { severity: 'P1' })]);
    expect((await findIncident(db, 1)).severity).toBe('P3');
  });

  test('an alert that is resolved keeps the severity it fired with', async ({ db }) => {
    const { take } = setUp(db);
    await take([about('a', { severity: 'P1' })]);
    await take([ended('a', { severity: 'P4' })]);
    expect(await alertsOf(db, 1)).toMatchObject([{ severity: 'P1', state: 'resolved' }]);
  });
});

describe('alerts that are resolved', () => {
  test('the last one clears the incident, those before it do not', async ({ db }) => {
    const { take, clock } = setUp(db);
    await take([about('a'), about('b')]);
    clock.set(minutes(3));
    await take([ended('a')]);
    expect(types(await eventsOf(db, 1))).toEqual(['declared', 'alerts_joined']);
    const [last] = await take([ended('b')]);
    expect(last).toMatchObject({ status: 'accepted', incident: 1, duplicateOf: null });
    expect(types(await eventsOf(db, 1))).toEqual(['declared', 'alerts_joined', 'alerts_cleared']);
    expect((await findIncident(db, 1)).status).toBe('NEW');
    expect((await alertCounts(db, [1])).get(1)).toMatchObject({ firing: 0, total: 2 });
    expect(await alertsOf(db, 1)).toMatchObject([{ resolvedAt: minutes(3) }, { resolvedAt: minutes(3) }]);
  });

  test('two at once, the last two: it is cleared once', async ({ db }) => {
    const { take } = setUp(db);
    await take([about('a'), about('b')]);
    await Promise.all([take([ended('a')]), take([ended('b')])]);
    expect(types(await eventsOf(db, 1)).filter((it) => it === 'alerts_cleared')).toHaveLength(1);
  });

  test('one that is older than the last firing is recorded and changes nothing', async ({ db }) => {
    const { take } = setUp(db);
    await take([about('a', { at: minutes(-1) })]);
    await take([ended('a', { at: minutes(-3) })]);
    expect(await alertsOf(db, 1)).toMatchObject([{ state: 'firing', times: 1 }]);
    expect(await alertEvents(db)).toBe(2);
    await take([ended('a', { at: minutes(-1) })]);
    expect(await alertsOf(db, 1)).toMatchObject([{ state: 'resolved' }]);
  });

  test('one that was never heard of is recorded and opens nothing', async ({ db }) => {
    const { take } = setUp(db);
    const [result] = await take([ended('a')]);
    expect(result).toMatchObject({ status: 'accepted', incident: null, incidentId: null });
    expect(await findAlertEvent(db, result?.eventId ?? '')).toMatchObject({
      state: 'resolved',
      incident: null,
    });
    expect((await listIncidents(db, { limit: 1, offset: 0 })).total).toBe(0);
  });

  test('comments and acknowledgments at the sender open nothing', async ({ db }) => {
    const { take } = setUp(db);
    const results = await take([about('a', { state: 'other' }), about('b', { state: 'acknowledged' })]);
    expect(results.map((it) => it.incident)).toEqual([null, null]);
    expect(await alertEvents(db)).toBe(2);
  });
});

describe('an alert that fires again', () => {
  test('while its incident is open is told there', async ({ db }) => {
    const { take } = setUp(db);
    await take([about('a')]);
    await take([ended('a')]);
    const [again] = await take([about('a')]);
    expect(again).toMatchObject({ status: 'accepted', incident: 1 });
    expect(types(await eventsOf(db, 1))).toEqual(['declared', 'alerts_cleared', 'alerts_refired']);
  });

  test.for([1, 2, 3])('%i at once, within the reopen window, reopen it', async (count, { db }) => {
    const { take, ctx, clock } = setUp(db);
    await take(many(count));
    await take(many(count, () => ({ state: 'resolved' })));
    await reach(ctx, 1, 'resolve');
    clock.set(minutes(15));
    const again = await take(many(count));
    expect(new Set(again.map((it) => it.incident))).toEqual(new Set([1]));
    expect(await findIncident(db, 1)).toMatchObject({ status: 'IN_PROGRESS', resolvedAt: null });
    expect(types(await eventsOf(db, 1)).slice(-2)).toEqual(['reopened', 'alerts_refired']);
  });

  test('after the window opens a new one', async ({ db }) => {
    const { take, ctx, clock } = setUp(db);
    await take([about('a')]);
    await take([ended('a')]);
    await reach(ctx, 1, 'resolve');
    clock.set(minutes(15.1));
    const [again] = await take([about('a')]);
    expect(again).toMatchObject({ incident: 2 });
    expect(await findIncident(db, 1)).toMatchObject({ status: 'RESOLVED' });
    expect(await alertsOf(db, 1)).toEqual([]);
    expect(await alertsOf(db, 2)).toHaveLength(1);
  });

  test('after it was closed opens a new one at once', async ({ db }) => {
    const { take, ctx } = setUp(db);
    await take([about('a')]);
    await reach(ctx, 1, 'close');
    expect(await take([about('a')])).toMatchObject([{ status: 'accepted', incident: 2 }]);
    expect(await take([about('b')])).toMatchObject([{ incident: 2 }]);
  });

  test('goes with its group where that has a new incident already', async ({ db }) => {
    const { take, ctx, clock } = setUp(db);
    await take([about('a')]);
    await take([ended('a')]);
    await reach(ctx, 1, 'resolve');
    clock.set(minutes(1));
    expect(await take([about('b'), about('a')])).toMatchObject([{ incident: 2 }, { incident: 2 }]);
    expect((await findIncident(db, 1)).status).toBe('RESOLVED');
  });
});

describe('the group window', () => {
  test('after it another alert of the group opens a new one; a repeat keeps it open', async ({ db }) => {
    const { take, clock } = setUp(db, { settings: { groupWindowMs: 60_000 } });
    await take([about('a')]);
    clock.set(minutes(1));
    expect(await take([about('b')])).toMatchObject([{ incident: 1 }]);
    clock.set(minutes(1.5));
    await take([about('a')]);
    clock.set(minutes(2.5));
    expect(await take([about('c')])).toMatchObject([{ incident: 1 }]);
    clock.set(minutes(3.6));
    expect(await take([about('d')])).toMatchObject([{ incident: 2 }]);
  });

  test('an alert stays with its group, whatever a later message calls its service', async ({ db }) => {
    const { take, ctx } = setUp(db);
    const labels = { region: 'eu' };
    await take([about('a', { labels })]);
    await reach(ctx, 1, 'close');
    await take([about('b', { labels })]);
    expect(await take([about('a', { labels, service: 'elsewhere' })])).toMatchObject([{ incident: 2 }]);
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
    const over = { ...mailed, alert: { ...mailed.alert, state: 'resolved' as const } };
    await take([over]);
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

interface SetUp {
  readonly ctx: Context;
  readonly clock: SetClock;
  readonly take: (batch: readonly Received[]) => Promise<Ingested[]>;
}

function setUp(db: Db, options: ContextOptions = {}): SetUp {
  const clock = new SetClock();
  const ctx = engineContext(db, { clock, ...options });
  return { ctx, clock, take: (batch) => ingest(ctx, batch) };
}

async function alertEvents(db: Db): Promise<number> {
  return (await db.selectFrom('alertEvents').select('id').execute()).length;
}
