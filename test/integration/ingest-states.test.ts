import { describe, expect } from 'vitest';

import { findAlertEvent } from '#src/db/alert-events.ts';
import { alertCounts } from '#src/db/alerts.ts';
import { eventsOf } from '#src/db/events.ts';
import { listIncidents } from '#src/db/incident-list.ts';
import { findIncident } from '#src/db/incidents.ts';
import { reach } from '#src/engine/act.ts';
import { changeSeverity } from '#src/engine/change.ts';
import { alertsOf } from '#test/support/alerts.ts';
import { test } from '#test/support/database.ts';
import { minutes, types } from '#test/support/incident.ts';
import { about, alertEvents, ended, many, setUp } from '#test/support/ingesting.ts';

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
