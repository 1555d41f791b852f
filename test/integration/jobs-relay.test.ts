import { describe, expect } from 'vitest';

import { saveDecisions } from '#src/db/decisions.ts';
import { insertIncidents } from '#src/db/incidents.ts';
import { undispatched } from '#src/db/outbox.ts';
import type { Db } from '#src/db/schema.ts';
import { nextDue, setTimers, timerKey } from '#src/db/timers.ts';
import { note } from '#src/incident/changes.ts';
import type { TimerChange } from '#src/incident/decision.ts';
import type { Incident } from '#src/incident/incident.ts';
import { draft, opened } from '#src/incident/opening.ts';
import { SYSTEM } from '#src/incident/person.ts';
import type { Job } from '#src/jobs/queue.ts';
import type { Subscriber } from '#src/jobs/reaction-jobs.ts';
import { Relay } from '#src/jobs/relay.ts';
import { test } from '#test/support/database.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import { soon } from '#test/support/passing.ts';
import { comesTrue } from '#test/support/reacting.ts';

const START = new Date('2026-03-01T08:00:00Z');

const subscribers: Subscriber[] = [
  { name: 'open-room', on: ['incident.declared'] },
  { name: 'tell', on: ['incident.declared', 'incident.noted'], timers: ['update-due'] },
];

describe('the relay', () => {
  test('hands every event to every reaction that wants it, in order', async ({ db }) => {
    const incident = await open(db);
    await say(db, incident, 2);
    const { queue, stop } = start(db);
    await comesTrue(() => expect(queue.jobs).toHaveLength(4));
    expect(queue.jobs.map((it) => it.id)).toEqual(['e1.open-room', 'e1.tell', 'e2.tell', 'e3.tell']);
    expect(queue.jobs.map((it) => it.lane)).toEqual(Array(4).fill(`incident-${incident.number}`));
    expect(await undispatched(db)).toBe(0);
    await stop();
  });

  test('sleeps until somebody says that something was committed', async ({ db }) => {
    const { queue, relay, stop } = start(db);
    const incident = await open(db);
    await say(db, incident, 1);
    relay.wake();
    await comesTrue(() => expect(queue.jobs).toHaveLength(3));
    await stop();
  });

  test('finds what another process wrote a few seconds later', async ({ db }) => {
    await open(db);
    const { queue, clock, stop } = start(db);
    await comesTrue(() => expect(queue.jobs).toHaveLength(2));
    await quiet();
    await open(db);
    await quiet();
    expect(queue.jobs).toHaveLength(2);
    clock.advance(3000);
    await soon({ clock }, () => expect(queue.jobs).toHaveLength(4));
    await stop();
  });

  test('twice on one database: every event is dispatched exactly once', async ({ db }) => {
    const incident = await open(db);
    await say(db, incident, 1000);
    const relays = [start(db), start(db)];
    for (const it of relays) it.relay.wake();
    await comesTrue(async () => expect(await undispatched(db)).toBe(0));
    const ids = relays.flatMap((it) => it.queue.jobs.map(({ id }) => id));
    expect(ids).toHaveLength(1002);
    expect(new Set(ids).size).toBe(1002);
    await Promise.all(relays.map((it) => it.stop()));
  });

  test('loses nothing while the queue takes nothing', async ({ db }) => {
    const incident = await open(db);
    await db.transaction().execute((tx) => setTimers(tx, [timer(incident, START)]));
    const { queue, clock, errors, relay, stop } = start(db, { isBroken: true });
    await comesTrue(() => expect(errors).toHaveLength(1));
    for (let i = 0; i < 20; i += 1) relay.wake();
    await quiet();
    expect(errors).toHaveLength(1);
    expect(await undispatched(db)).toBe(1);
    expect(await nextDue(db)).toEqual(START);

    queue.isBroken = false;
    clock.advance(1000);
    await comesTrue(() => expect(queue.jobs).toHaveLength(3));
    expect(await undispatched(db)).toBe(0);
    expect(await nextDue(db)).toBeNull();
    await stop();
  });
});

describe('a timer', () => {
  test('fires at its time, once, and not before', async ({ db }) => {
    const incident = await open(db);
    const { queue, clock, relay, stop } = start(db, { subscribers: subscribers.slice(1) });
    await comesTrue(() => expect(queue.jobs).toHaveLength(1));
    await set(db, relay, timer(incident, after(60_000)));
    clock.advance(59_999);
    await quiet();
    expect(queue.jobs).toHaveLength(1);
    clock.advance(1);
    await soon({ clock }, () => expect(queue.jobs).toHaveLength(2));
    expect(queue.jobs[1]).toMatchObject({
      id: `tupdate-due-${incident.number}@${after(60_000).getTime()}.tell`,
      payload: { timer: { kind: 'update-due', dueAt: after(60_000).toISOString() } },
    });
    clock.advance(600_000);
    await quiet();
    expect(queue.jobs).toHaveLength(2);
    await stop();
  });

  test('that is set while the relay sleeps for a later one is not slept over', async ({ db }) => {
    const [first, second] = [await open(db), await open(db)];
    const { queue, clock, relay, stop } = start(db, { subscribers: [timed] });
    await set(db, relay, timer(first, after(3_600_000)));
    await set(db, relay, timer(second, after(500)));
    clock.advance(500);
    await comesTrue(() => expect(queue.jobs).toHaveLength(1));
    expect(queue.jobs[0]?.lane).toBe(`incident-${second.number}`);
    await stop();
  });

  test('that was moved fires at the new time only', async ({ db }) => {
    const incident = await open(db);
    const { queue, clock, relay, stop } = start(db, { subscribers: [timed] });
    await set(db, relay, timer(incident, after(1000)));
    await set(db, relay, timer(incident, after(5000)));
    clock.advance(4999);
    await quiet();
    expect(queue.jobs).toEqual([]);
    clock.advance(1);
    await comesTrue(() => expect(queue.jobs).toHaveLength(1));
    await stop();
  });

  test('that was taken away does not fire', async ({ db }) => {
    const incident = await open(db);
    const { queue, clock, relay, stop } = start(db, { subscribers: [timed] });
    await set(db, relay, timer(incident, after(1000)));
    await set(db, relay, timer(incident, null));
    clock.advance(60_000);
    await quiet();
    expect(queue.jobs).toEqual([]);
    expect(await nextDue(db)).toBeNull();
    await stop();
  });

  test('that became due while nothing ran fires at the start', async ({ db }) => {
    const incident = await open(db);
    await db.transaction().execute((tx) => setTimers(tx, [timer(incident, after(-86_400_000))]));
    const { queue, stop } = start(db, { subscribers: [timed] });
    await comesTrue(() => expect(queue.jobs).toHaveLength(1));
    await stop();
  });

  test('changed several times in one transaction is as it was changed last', async ({ db }) => {
    const incident = await open(db);
    const at = (ms: number | null) => timer(incident, ms === null ? null : after(ms));
    const setAll = (...changes: TimerChange[]) => db.transaction().execute((tx) => setTimers(tx, changes));
    await setAll(at(1000), at(null), at(2000));
    expect(await nextDue(db)).toEqual(after(2000));
    await setAll(at(3000), at(null));
    expect(await nextDue(db)).toBeNull();
  });

  test('is one for each kind and incident', async ({ db }) => {
    const [first, second] = [await open(db), await open(db)];
    const changes: TimerChange[] = [
      timer(first, after(1000)),
      { ...timer(first, after(2000)), kind: 'sla-resolution' },
      timer(second, after(3000)),
    ];
    await db.transaction().execute((tx) => setTimers(tx, changes));
    await db.transaction().execute((tx) => setTimers(tx, [timer(first, null)]));
    const rows = await db.selectFrom('timers').select('key').orderBy('dueAt').execute();
    expect(rows.map((it) => it.key)).toEqual([
      timerKey('sla-resolution', first.number),
      timerKey('update-due', second.number),
    ]);
  });
});

const timed: Subscriber = { name: 'remind', on: [], timers: ['update-due', 'sla-resolution'] };

function after(ms: number): Date {
  return new Date(START.getTime() + ms);
}

function timer(incident: Incident, at: Date | null) {
  return { kind: 'update-due', incident: incident.number, at } as const;
}

async function set(db: Db, relay: Relay, change: TimerChange): Promise<void> {
  await db.transaction().execute((tx) => setTimers(tx, [change]));
  relay.wake();
  await quiet();
}

/** Long enough for everything to have happened that is going to without time passing. */
async function quiet(): Promise<void> {
  await new Promise<void>((resolve) => void setTimeout(resolve, 60));
}

async function open(db: Db): Promise<Incident> {
  const who = { by: SYSTEM, at: START };
  const opening = {
    title: 'Checkout fails',
    severity: 'P2',
    category: 'other',
    source: 'manual',
    fingerprint: `test:${Math.random()}`,
  } as const;
  return await db.transaction().execute(async (tx) => {
    const [incident] = await insertIncidents(tx, [draft(opening, who)], who.at);
    if (!incident) throw new Error('no incident');
    await saveDecisions(tx, [{ ...opened(incident, { rule: null, triage: null }, who), timers: [] }]);
    return incident;
  });
}

async function say(db: Db, incident: Incident, times: number): Promise<void> {
  const who = { by: SYSTEM, at: START };
  await db.transaction().execute(async (tx) => {
    const decisions = Array.from({ length: times }, (_, index) => note(incident, `c${index}`, 'text', who));
    const events = decisions.flatMap((it) => it.events);
    const [first] = decisions;
    if (first) await saveDecisions(tx, [{ ...first, events, timers: [] }]);
  });
}

class ListQueue {
  readonly jobs: Job[] = [];
  isBroken = false;

  async add(jobs: readonly Job[]): Promise<void> {
    if (this.isBroken) throw new Error('the queue takes nothing');
    this.jobs.push(...jobs);
  }

  wake(): void {}
}

function start(db: Db, options: { isBroken?: boolean; subscribers?: Subscriber[] } = {}) {
  const queue = new ListQueue();
  queue.isBroken = options.isBroken ?? false;
  const clock = new ManualClock(START);
  const errors: object[] = [];
  const log = { warn: () => {}, error: (details: object) => void errors.push(details) };
  const wanting = { reactions: options.subscribers ?? subscribers, errands: [] };
  const relay = new Relay({ db, clock, queue, wanting, log });
  relay.start();
  return { queue, clock, relay, errors, stop: () => relay.stop() };
}
