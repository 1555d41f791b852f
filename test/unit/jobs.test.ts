import { describe, expect, test } from 'vitest';

import { classOf } from '#src/db/jobs.ts';
import { attempt } from '#src/jobs/attempt.ts';
import { Loop } from '#src/jobs/loop.ts';
import { jobsFor } from '#src/jobs/reaction-jobs.ts';
import { LeftAlone } from '#src/jobs/verdict.ts';
import { ManualClock } from '#test/support/manual-clock.ts';

const middle = () => 0.5;
const never = () => new Promise<void>(() => {});
const soon = () => new Promise<void>((resolve) => void setImmediate(resolve));

describe('an attempt', () => {
  const job = {
    id: 'e1.page',
    kind: 'page',
    lane: 'incident-1',
    priority: 0,
    payload: {},
    attempt: 1,
    begun: 1,
  };

  test('is aborted at its deadline, and has failed', async () => {
    const clock = new ManualClock();
    const reasons: unknown[] = [];
    const handler = ({ signal }: { signal: AbortSignal }) =>
      new Promise<void>((_, reject) => {
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason);
          reject(new Error('aborted'));
        });
      });
    const { outcome } = attempt(job, handler, { clock, deadlineMs: 30_000, random: middle });
    clock.advance(29_999);
    expect(reasons).toEqual([]);
    clock.advance(1);
    expect(await outcome).toMatchObject({ end: 'again', error: 'page: took longer than 30000 ms' });
  });

  test('that does not listen is left to itself five seconds later', async () => {
    const clock = new ManualClock();
    const { outcome } = attempt(job, never, { clock, deadlineMs: 30_000, random: middle });
    clock.advance(35_000);
    expect(await outcome).toMatchObject({ end: 'again', counts: true });
  });

  test('that was cut off in finding out whether its destination is back costs nothing', async () => {
    const clock = new ManualClock();
    const handler = ({ signal }: { signal: AbortSignal }) =>
      new Promise<void>((_, reject) => {
        signal.addEventListener('abort', () => reject(new LeftAlone('slack', 60_000)));
      });
    const { outcome } = attempt(job, handler, { clock, deadlineMs: 30_000, random: middle });
    clock.advance(30_000);
    expect(await outcome).toMatchObject({ end: 'again', counts: false });
  });

  test('that is given back costs nothing, and waits for nothing', async () => {
    const clock = new ManualClock();
    const it = attempt(job, never, { clock, deadlineMs: 30_000, random: middle });
    it.giveBack();
    clock.advance(5000);
    expect(await it.outcome).toEqual({ end: 'again', inMs: 0, counts: false, error: null });
  });

  test('of a job that killed its process fifty times is not made', async () => {
    let runs = 0;
    const handler = async () => void (runs += 1);
    const options = { clock: new ManualClock(), deadlineMs: 1000, random: middle };
    expect(await attempt({ ...job, begun: 51 }, handler, options).outcome).toMatchObject({ end: 'dead' });
    expect(await attempt({ ...job, begun: 50 }, handler, options).outcome).toEqual({ end: 'done' });
    expect(runs).toBe(1);
  });
});

describe('a loop', () => {
  const start = (look: () => Promise<Date | null | 'again'>) => {
    const clock = new ManualClock();
    const failures: unknown[] = [];
    const loop = new Loop({ clock, look, lookMs: 3000, failed: (error) => failures.push(error) });
    loop.start();
    return { clock, loop, failures };
  };

  test('sleeps until the time it was told, exactly', async () => {
    const began = new ManualClock().now().getTime();
    let looks = 0;
    const { clock } = start(async () => {
      looks += 1;
      return new Date(began + 1234);
    });
    await soon();
    clock.advance(1233);
    expect(looks).toBe(1);
    clock.advance(1);
    expect(looks).toBe(2);
  });

  test('looks every now and then though nobody wakes it', async () => {
    let looks = 0;
    const { clock } = start(async () => {
      looks += 1;
      return null;
    });
    await soon();
    clock.advance(3000);
    await soon();
    clock.advance(3000);
    expect(looks).toBe(3);
  });

  test('looks once more when it was woken during a look, and only once', async () => {
    const first = Promise.withResolvers<null>();
    let looks = 0;
    const { loop } = start(() => {
      looks += 1;
      return looks === 1 ? first.promise : Promise.resolve(null);
    });
    for (let i = 0; i < 10; i += 1) loop.wake();
    expect(looks).toBe(1);
    first.resolve(null);
    await soon();
    expect(looks).toBe(2);
  });

  test('takes a second off after a failure, however often it is woken', async () => {
    let looks = 0;
    const { clock, loop, failures } = start(async () => {
      looks += 1;
      throw new Error('no database');
    });
    await soon();
    for (let i = 0; i < 10; i += 1) loop.wake();
    clock.advance(999);
    expect(looks).toBe(1);
    clock.advance(1);
    await soon();
    expect(looks).toBe(2);
    expect(failures).toHaveLength(2);
  });

  test('has ended its look when it has stopped', async () => {
    const first = Promise.withResolvers<null>();
    let isOver = false;
    const { loop, clock } = start(async () => {
      await first.promise;
      isOver = true;
      return null;
    });
    const stopped = loop.stop();
    first.resolve(null);
    await stopped;
    expect(isOver).toBe(true);
    isOver = false;
    loop.wake();
    clock.advance(10_000);
    await soon();
    expect(isOver).toBe(false);
  });
});

describe('the jobs for an event', () => {
  const subscribers = [
    { name: 'open-room', on: ['incident.declared'] as const },
    { name: 'page', on: ['incident.declared', 'incident.escalated'] as const, priority: 0 },
    { name: 'remind', on: [], timers: ['update-due'] as const },
  ];
  const wanting = {
    reactions: subscribers,
    errands: [
      { name: 'say@alpha', kinds: ['say@alpha'] as const, destination: 'alpha' },
      { name: 'say@web', kinds: ['say@web'] as const, priority: 0 },
    ],
  };

  test('are one for each reaction that wants it, in the lane of its incident', () => {
    const jobs = jobsFor(wanting, [{ seq: 7, incident: 42, type: 'incident.declared' }], []);
    expect(jobs).toEqual([
      {
        id: 'e7.open-room',
        kind: 'open-room',
        lane: 'incident-42',
        priority: 10,
        payload: { reaction: 'open-room', incident: 42, event: 7 },
      },
      {
        id: 'e7.page',
        kind: 'page',
        lane: 'incident-42',
        priority: 0,
        payload: { reaction: 'page', incident: 42, event: 7 },
      },
    ]);
  });

  test('have lanes of their own for each destination outside and for what may take long, and say whether one is enough', () => {
    const outside = [
      { name: 'card@alpha', on: ['incident.declared'] as const, destination: 'alpha', whole: true },
      { name: 'tell@alpha', on: ['incident.declared'] as const, destination: 'alpha', whole: false },
      { name: 'card@web', on: ['incident.declared'] as const, whole: true },
      { name: 'files@alpha', on: ['incident.declared'] as const, destination: 'alpha', lane: 'files' },
      { name: 'files@web', on: ['incident.declared'] as const, lane: 'files' },
    ];
    const jobs = jobsFor(
      { reactions: outside, errands: [] },
      [{ seq: 7, incident: 42, type: 'incident.declared' }],
      [],
    );
    expect(jobs.map(({ id, lane, whole }) => [id, lane, whole])).toEqual([
      ['e7.card@alpha', 'incident-42@alpha', true],
      ['e7.tell@alpha', 'incident-42@alpha', undefined],
      ['e7.card@web', 'incident-42', true],
      ['e7.files@alpha', 'incident-42-files@alpha', undefined],
      ['e7.files@web', 'incident-42-files', undefined],
    ]);
    expect(jobs.map(({ lane }) => classOf(lane))).toEqual(['alpha', 'alpha', '', 'alpha', '']);
  });

  test('are none where nobody wants it', () => {
    expect(jobsFor(wanting, [{ seq: 7, incident: 42, type: 'incident.noted' }], [])).toEqual([]);
  });

  test('of a timer are others when it was moved', () => {
    const timer = { key: 'update-due-42', kind: 'update-due', incident: 42, subject: null };
    const [first, second] = ['2026-03-01T08:00:00.000Z', '2026-03-01T08:00:00.001Z'].map((at) =>
      jobsFor(wanting, [], [{ ...timer, dueAt: new Date(at) }]),
    );
    expect(first).toMatchObject([
      {
        id: 'tupdate-due-42@1772352000000.remind',
        payload: { timer: { kind: 'update-due', dueAt: '2026-03-01T08:00:00.000Z' } },
      },
    ]);
    expect(second?.[0]?.id).toBe('tupdate-due-42@1772352000001.remind');
  });

  test('of a timer that belongs to no incident wait for each other alone, in the class of their destination', () => {
    const timer = { incident: null, subject: 'shift-7', dueAt: new Date(5) };
    const jobs = jobsFor(
      wanting,
      [],
      [
        { ...timer, kind: 'say@alpha', key: 'say@alpha-own-shift-7' },
        { ...timer, kind: 'say@web', key: 'say@web-own-shift-7' },
      ],
    );
    expect(jobs).toEqual([
      {
        id: 'tsay@alpha-own-shift-7@5.say@alpha',
        kind: 'say@alpha',
        lane: 'say-shift-7@alpha',
        priority: 10,
        payload: {
          reaction: 'say@alpha',
          incident: null,
          timer: { kind: 'say@alpha', dueAt: new Date(5).toISOString(), subject: 'shift-7' },
        },
      },
      expect.objectContaining({ kind: 'say@web', lane: 'say-shift-7', priority: 0 }),
    ]);
    expect(jobs.map(({ lane }) => classOf(lane))).toEqual(['alpha', '']);
  });

  test('have ids that every queue can store', () => {
    const jobs = jobsFor(
      wanting,
      [{ seq: 7, incident: 42, type: 'incident.declared' }],
      [{ key: 'update-due-42', kind: 'update-due', incident: 42, dueAt: new Date(0), subject: null }],
    );
    for (const { id } of jobs) expect(id).toMatch(/^[\w.@-]{1,200}$/);
  });
});
