import * as fc from 'fast-check';
import { describe, expect } from 'vitest';

import { eventsOf, verifyChain } from '#src/db/events.ts';
import { listIncidents } from '#src/db/incident-list.ts';
import type { Db } from '#src/db/schema.ts';
import { act, reach } from '#src/engine/act.ts';
import { assign, changeSeverity, edit, note, postUpdate, setRole, tag } from '#src/engine/change.ts';
import type { Context } from '#src/engine/context.ts';
import { declare } from '#src/engine/declare.ts';
import { ingest } from '#src/engine/ingest.ts';
import { link, unlink } from '#src/engine/link.ts';
import { merge } from '#src/engine/merge.ts';
import { breachSla, missUpdate } from '#src/engine/promises.ts';
import { UserError } from '#src/errors.ts';
import { timersOf } from '#src/incident/decision.ts';
import type { LoggedEvent } from '#src/incident/events.ts';
import { isOpen, SEVERITIES, type Incident, type Status } from '#src/incident/incident.ts';
import { ACTIONS, isLegal, LIFECYCLE } from '#src/incident/lifecycle.ts';
import type { PersonId } from '#src/incident/person.ts';
import { addPerson, engineContext, SetClock } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { deadlocks } from '#test/support/deadlocks.ts';
import { alert } from '#test/support/incident.ts';

/** One thing that somebody does, with numbers that pick to what and how. */
interface Deed {
  readonly verb: keyof typeof VERBS;
  readonly a: number;
  readonly b: number;
  readonly waitMs: number;
}

const INCIDENTS = 6;

/** Every verb there is, on incidents 1 to 6. */
const VERBS = {
  act: (ctx, { a, b }) => act(ctx, one(a), pick(ACTIONS, b)),
  reach: (ctx, { a, b }) => reach(ctx, one(a), pick(ACTIONS, b)),
  assign: (ctx, { a, b }) => assign(ctx, one(a), { person: b % 2 === 0 ? ('ana' as PersonId) : null }),
  severity: (ctx, { a, b }) => changeSeverity(ctx, one(a), pick(SEVERITIES, b)),
  edit: (ctx, { a, b }) => edit(ctx, one(a), { impact: `impact ${b % 3}` }),
  note: (ctx, { a, b }) => note(ctx, one(a), `note ${b}`),
  update: (ctx, { a, b }) =>
    postUpdate(
      ctx,
      one(a),
      `update ${b}`,
      b % 2 === 0 ? null : new Date(ctx.now().getTime() + (b + 1) * 60_000),
    ),
  role: (ctx, { a, b }) => setRole(ctx, one(a), 'commander', b % 2 === 0 ? ('ana' as PersonId) : null),
  tag: (ctx, { a, b }) => tag(ctx, one(a), { region: `r${b % 3}` }, b % 2 === 0 ? ['region'] : []),
  declare: (ctx, { b }) => declare(ctx, { title: 'Declared', severity: pick(SEVERITIES, b) }),
  link: (ctx, { a, b }) => link(ctx, one(a), one(b)),
  unlink: (ctx, { a, b }) => unlink(ctx, one(a), one(b)),
  merge: (ctx, { a, b }) => merge(ctx, one(a), one(b)),
  late: (ctx, { a, b }) => breachSla(ctx, one(a), b % 2 === 0 ? 'acknowledgment' : 'resolution'),
  missed: (ctx, { a }) => missUpdate(ctx, one(a)),
  ingest: (ctx, { a, b }) => ingest(ctx, batch(a, b)),
} as const satisfies Record<string, (ctx: Context, deed: Deed) => Promise<unknown>>;

function one(seed: number): number {
  return (seed % INCIDENTS) + 1;
}

function pick<T>(all: readonly T[], seed: number): T {
  const picked = all[seed % all.length];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}

/** Alerts of several groups, firing and resolved, in an order that differs from batch to batch. */
function batch(a: number, b: number) {
  return Array.from({ length: (a % 7) + 1 }, (_, index) => {
    const seed = a * 31 + b * 17 + index * 13;
    return {
      alert: alert({
        key: `key-${seed % 23}`,
        service: `service-${seed % 7}`,
        state: seed % 5 === 0 ? 'resolved' : 'firing',
        severity: pick(SEVERITIES, seed),
        eventId: seed % 3 === 0 ? `evt-${seed % 41}` : null,
      }),
      payload: {},
    };
  });
}

function deeds(maxLength: number): fc.Arbitrary<Deed[]> {
  const verb = fc.constantFrom(
    ...(Object.keys(VERBS) as (keyof typeof VERBS)[]),
    'ingest',
    'act',
    'reach',
    'merge',
  );
  const deed = fc.record({
    verb,
    a: fc.nat(1000),
    b: fc.nat(1000),
    waitMs: fc.constantFrom(0, 1, 1000, 60_000, 3_600_000),
  });
  return fc.array(deed, { minLength: maxLength / 2, maxLength });
}

async function attempt(ctx: Context, deed: Deed): Promise<void> {
  await tolerant(VERBS[deed.verb](ctx, deed));
}

/** Hundreds of transactions on a machine that may be busy with other tests. */
const PATIENCE_MS = 90_000;

describe('whatever is done', { timeout: PATIENCE_MS }, () => {
  test('one thing after another, every incident agrees with its events, its timers and its chain', async ({
    db,
  }) => {
    const ana = await addPerson(db, 'ana');
    const clock = new SetClock();
    const ctx = engineContext(db, { actor: ana, clock });
    await begin(ctx);
    await fc.assert(
      fc.asyncProperty(deeds(40), async (all) => {
        for (const deed of all) {
          clock.advance(deed.waitMs);
          await attempt(ctx, deed);
        }
        await agrees(db);
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });

  test('and at the same time, nobody waits for ever, and it agrees all the same', async ({
    db,
    databaseKind,
  }) => {
    const ana = await addPerson(db, 'ana');
    const clock = new SetClock();
    const ctx = engineContext(db, { actor: ana, clock });
    await begin(ctx);
    await fc.assert(
      fc.asyncProperty(deeds(80), async (all) => {
        const lanes = Array.from({ length: 10 }, (_, lane) => all.filter((__, index) => index % 10 === lane));
        await Promise.all(
          lanes.map(async (lane) => {
            for (const deed of lane) {
              clock.advance(deed.waitMs);
              await attempt(ctx, deed);
            }
          }),
        );
        await agrees(db);
      }),
      { numRuns: 6, endOnFailure: true },
    );
    if (databaseKind === 'postgres') expect(await deadlocks(db)).toBe(0);
  });
});

describe('nobody waits for ever', () => {
  test('repeats of many incidents, links and merges', async ({ db, databaseKind }) => {
    const ctx = engineContext(db, { clock: new SetClock() });
    const alerts = Array.from({ length: 30 }, (_, index) => ({
      alert: alert({ key: `k${index}`, service: `s${index % 10}` }),
      payload: {},
    }));
    await ingest(ctx, alerts);
    const shuffled = (seed: number) =>
      alerts.toSorted((a, b) => hash(`${a.alert.key}${seed}`) - hash(`${b.alert.key}${seed}`));
    const numbers = Array.from({ length: 10 }, (_, index) => index + 1);
    await Promise.all([
      ...Array.from({ length: 20 }, (_, seed) => ingest(ctx, shuffled(seed).slice(0, 20))),
      ...numbers.flatMap((it) => [tolerant(link(ctx, it, 11 - it)), tolerant(unlink(ctx, 11 - it, it))]),
      ...numbers.slice(0, 8).map((it) => tolerant(merge(ctx, it, it + 1))),
      ...numbers.map((it) => tolerant(merge(ctx, 11 - it, it))),
      ...Array.from({ length: 20 }, (_, seed) =>
        ingest(
          ctx,
          shuffled(seed + 20).map((it) => ({ ...it, alert: { ...it.alert, state: 'resolved' as const } })),
        ),
      ),
      ...Array.from({ length: 20 }, (_, seed) => ingest(ctx, shuffled(seed + 40).slice(0, 20))),
    ]);
    await agrees(db);
    if (databaseKind === 'postgres') expect(await deadlocks(db)).toBe(0);
  });

  test('alerts that are new to everybody, each under several services', async ({ db, databaseKind }) => {
    const ctx = engineContext(db, { clock: new SetClock() });
    for (let round = 0; round < 6; round += 1) {
      const batches = Array.from({ length: 10 }, (_, sender) =>
        Array.from({ length: 12 }, (__, index) => ({
          alert: alert({
            key: `k${round}-${(index * 5 + sender) % 12}`,
            service: `s${(index + sender * 3) % 8}`,
            labels: { region: 'eu' },
          }),
          payload: {},
        })),
      );
      const answers = (await Promise.all(batches.map((it) => ingest(ctx, it)))).flat();
      const places = Map.groupBy(answers, (_, index) => batches.flat()[index]?.alert.key);
      for (const [, all] of places) expect(new Set(all.map((it) => it.incident)).size).toBe(1);
    }
    await agrees(db);
    if (databaseKind === 'postgres') expect(await deadlocks(db)).toBe(0);
  });

  test('an incident that is merged while an alert of another group of it comes', async ({
    db,
    databaseKind,
  }) => {
    const ctx = engineContext(db, { clock: new SetClock(), settings: { groupWindowMs: -1 } });
    // With no window each alert has an incident of its own, and the group stands for the last one only.
    const alerts = Array.from({ length: 8 }, (_, index) => ({
      alert: alert({ key: `k${index}` }),
      payload: {},
    }));
    for (const it of alerts) await ingest(ctx, [it]);
    await Promise.all([
      ...alerts.flatMap((it) => Array.from({ length: 5 }, () => ingest(ctx, [it]))),
      ...alerts.flatMap((it) => [
        ingest(ctx, [{ ...it, alert: { ...it.alert, state: 'resolved' } }]),
        ingest(ctx, [{ ...it, alert: { ...it.alert, severity: 'P0' } }]),
      ]),
      ...alerts.map((_, index) => tolerant(merge(ctx, index + 1, 8))),
    ]);
    await agrees(db);
    if (databaseKind === 'postgres') expect(await deadlocks(db)).toBe(0);
  });
});

async function begin(ctx: Context): Promise<void> {
  for (let index = 0; index < INCIDENTS; index += 1) await declare(ctx, { title: `Incident ${index}` });
}

/** A refusal is an answer; anything else is a bug, and so is being overtaken for ever. */
async function tolerant(deed: Promise<unknown>): Promise<void> {
  await deed.catch((error: unknown) => {
    if (!(error instanceof UserError) || error.code === 'busy') throw error;
  });
}

function hash(text: string): number {
  return Buffer.from(text).reduce((sum, it) => (sum * 33 + it) % 1009, 7);
}

/** What holds of the database at rest, whatever was done. */
async function agrees(db: Db): Promise<void> {
  const { incidents } = await listIncidents(db, { limit: 10_000, offset: 0 });
  const timers = Map.groupBy(
    await db.selectFrom('timers').selectAll().where('kind', '<>', 'card-refresh').execute(),
    (it) => it.incident,
  );
  for (const incident of incidents) {
    const events = await eventsOf(db, incident.number);
    expect(await verifyChain(db, incident.number)).toEqual({ events: events.length, brokenAt: null });
    rowAgrees(incident, events);
    expect(new Set(timers.get(incident.number)?.map((it) => `${it.kind} ${it.dueAt.toISOString()}`))).toEqual(
      new Set(timersOf(incident).flatMap((it) => (it.at ? [`${it.kind} ${it.at.toISOString()}`] : []))),
    );
  }
  await alertsAgree(db, incidents);
}

function rowAgrees(incident: Incident, events: readonly LoggedEvent[]): void {
  let status: Status = 'NEW';
  let level = 1;
  let severity = null;
  for (const [index, event] of events.entries()) {
    const before = events[index - 1];
    if (before) expect(event.at.getTime()).toBeGreaterThanOrEqual(before.at.getTime());
    const action = ACTIONS.find((it) => LIFECYCLE[it].event === event.type);
    if (action) {
      expect(isLegal(status, action)).toBe(true);
      if ('from' in event.data) expect(event.data).toMatchObject({ from: status, to: LIFECYCLE[action].to });
      status = LIFECYCLE[action].to;
    }
    if ('level' in event.data) level = event.data.level;
    else if (action === 'deescalate' || action === 'reopen') level = 1;
    if (event.type === 'incident.declared') severity = event.data.severity;
    if (event.type === 'incident.severity_changed') {
      expect(event.data.from).toBe(severity);
      severity = event.data.to;
    }
  }
  expect(incident).toMatchObject({ status, escalationLevel: level, severity });
  const isOver = !isOpen(incident);
  expect(incident.resolvedAt !== null).toBe(isOver);
  expect(incident.closedAt !== null).toBe(incident.status === 'CLOSED');
  if (incident.duplicateOf !== null) expect(incident.status).toBe('CLOSED');
  const times = [incident.createdAt, incident.acknowledgedAt, incident.resolvedAt, incident.closedAt].flatMap(
    (it) => it?.getTime() ?? [],
  );
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(incident.updatedAt.getTime()).toBeGreaterThanOrEqual(Math.max(...times));
}

/** No alert, and no group, is left with an incident that was merged away. */
async function alertsAgree(db: Db, incidents: readonly Incident[]): Promise<void> {
  const merged = new Set(incidents.filter((it) => it.duplicateOf !== null).map((it) => it.number as number));
  const alerts = await db.selectFrom('alerts').select(['incident', 'state', 'groupKey']).execute();
  const groups = await db.selectFrom('alertGroups').selectAll().execute();
  for (const { incident } of [...alerts, ...groups]) {
    if (incident !== null) expect(merged).not.toContain(incident);
  }
}
