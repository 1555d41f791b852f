import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { marksOf, type Marks } from '#src/alerts/marks.ts';
import { readMarked } from '#src/alerts/said-before.ts';
import { readAlerts } from '#src/alerts/source.ts';
import { alertmanager } from '#src/alerts/sources/alertmanager.ts';
import { generic } from '#src/alerts/sources/generic.ts';

const any = fc.oneof(fc.constantFrom('', ' ', ' a ', '\u0000', 'x'.repeat(300)), fc.jsonValue());
const time = fc.constantFrom(
  '2026-03-01T02:00:00Z',
  '2026-03-01T02:00:01.5+01:00',
  '1970',
  1_772_000_000,
  null,
);
/** Few of each, so that most words come again with something else that is their own. */
const few = (...values: readonly unknown[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...values) }, any);
const metrics = fc.oneof(
  fc.dictionary(fc.constantFrom('lag', 'a b', '__proto__', ''), fc.double()),
  fc.constantFrom(
    undefined,
    null,
    Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`m${index}`, index])),
  ),
);

const event = fc.record({
  event_id: few('e-1', 'e-2', undefined, null, ' e-1 '),
  source: few('cron'),
  timestamp: time,
  event_type: few('error'),
  category: few('backup'),
  title: few('Backup failed', 'Backup failed again'),
  description: few(''),
  severity: few('sev2', 'P1'),
  status: few(undefined, 'resolved'),
  resource: few(undefined, { id: 7 }),
  tags: few(undefined, { shard: 3 }, { shard: 4 }),
  metrics,
});

/** Such as its sender should post it. */
const plain = fc.record(
  {
    event_id: fc.constantFrom('e-1', 'e-2', null),
    source: fc.constant('cron'),
    timestamp: fc.constantFrom('2026-03-01T02:00:00Z', '2026-03-01T02:00:01.5+01:00'),
    event_type: fc.constant('error'),
    category: fc.constant('whole again'),
    title: fc.constantFrom('Backup failed', 'Backup failed again'),
    description: fc.constant(''),
    severity: fc.constantFrom('sev2', 'P1'),
    payload: fc.dictionary(fc.constantFrom('run', 'shard'), few(1, 2), { maxKeys: 1 }),
    metrics,
  },
  { requiredKeys: ['source', 'timestamp', 'event_type', 'category', 'title', 'description', 'severity'] },
);

const labelled = fc.record({
  status: few('firing', 'resolved'),
  labels: few({ alertname: 'Down', service: 'shop' }, { alertname: 'Down', service: 'till' }),
  annotations: few(undefined, { summary: 'It is down' }),
  startsAt: few('2026-03-01T02:00:00Z', '2026-03-01T03:00:00Z', undefined),
  endsAt: few('2026-03-01T04:00:00Z', '0001-01-01T00:00:00Z', undefined),
  fingerprint: few(undefined, 'f-1'),
});
/** As Alertmanager says them again. */
const repeated = fc.record(
  {
    status: fc.constantFrom('firing', 'resolved'),
    labels: fc.constantFrom({ alertname: 'Late', service: 'shop' }, { alertname: 'Late', service: 'till' }),
    startsAt: fc.constantFrom('2026-03-01T02:00:00Z', '2026-03-01T03:00:00Z'),
    endsAt: fc.constantFrom('2026-03-01T04:00:00Z', '0001-01-01T00:00:00Z'),
  },
  { requiredKeys: ['status', 'labels'] },
);
const webhook = fc.record({
  externalURL: few(undefined, 'http://alertmanager.example:9093'),
  alerts: fc.oneof(fc.array(labelled, { maxLength: 3 }), any),
});

describe('words that came before', () => {
  test.each([
    ['events', generic, event],
    ['webhooks of Alertmanager', alertmanager, webhook],
  ] as const)('are what reading them anew makes of them: %s', (_, source, bodies) => {
    fc.assert(
      fc.property(bodies, (made: unknown) => {
        // As it comes: JSON makes properties of any name.
        const body: unknown = JSON.parse(JSON.stringify(made));
        const anew = attempt(() => readAlerts(source, body).map((it) => ({ alert: it, marks: marksOf(it) })));
        const read = () => readMarked(source, body).map(({ alert, marks }) => ({ alert, marks }));
        expect(attempt(read)).toEqual(anew);
        expect(attempt(read)).toEqual(anew);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['events', generic, plain],
    [
      'alerts of webhooks',
      alertmanager,
      fc.record({ alerts: fc.array(repeated, { minLength: 1, maxLength: 4 }) }),
    ],
  ] as const)('and what is its own are all that was sent again: %s', (_, source, bodies) => {
    const before = new Map<Marks, object>();
    let told = 0;
    fc.assert(
      fc.property(bodies, (made: unknown) => {
        const read = attempt(() => readMarked(source, JSON.parse(JSON.stringify(made))));
        if (typeof read === 'string') return;
        for (const { marks, own, payload } of read) {
          if (own === undefined) continue;
          const said = before.get(marks);
          if (said) expect({ ...said, ...(JSON.parse(JSON.stringify(own)) as object) }).toEqual(payload);
          if (said) told += 1;
          before.set(marks, payload as object);
        }
      }),
      { numRuns: 3000 },
    );
    expect(told).toBeGreaterThan(100);
  });

  test.each([
    ['a whole number that is several here', { tags: { run: 2 ** 53 } }],
    ['one that is written with an exponent', { tags: { run: 1e21 } }],
    ['a figure that is several here', { metrics: { bytes: -(2 ** 53) } }],
  ])('and %s are not taken for all that was sent', (...[, odd]) => {
    const body = { ...(generic.samples[0]?.payload as object), ...odd };
    for (const _ of ['read', 'known']) expect(readMarked(generic, body)[0]).not.toHaveProperty('own');
  });

  test('are known of twenty thousand alerts that come in turn', () => {
    const sample = generic.samples[0]?.payload as object;
    const read = () =>
      Array.from({ length: 20_000 }, (_, turn) => marksIn({ ...sample, title: `Turn ${turn}` }));
    const first = read();
    expect(read().every((marks, turn) => marks === first[turn])).toBe(true);
  });

  test('are known beside others that are new', () => {
    const alertOf = (name: string) => ({ status: 'firing', labels: { alertname: 'Beside', name } });
    const post = (...names: readonly string[]) => readMarked(alertmanager, { alerts: names.map(alertOf) });
    const [one] = post('one', 'two');
    const [again, fresh] = post('one', 'three');
    expect(again?.marks).toBe(one?.marks);
    expect(post('three')[0]?.marks).toBe(fresh?.marks);
  });

  test('of several alerts in a body each has its own; the first has all that stands around them', () => {
    const [one, two, three] = ['a', 'b', 'c'].map((name) => ({
      status: 'firing',
      labels: { alertname: 'Down', name },
      startsAt: '2026-03-01T02:00:00Z',
    }));
    const body = { receiver: 'us', groupLabels: { alertname: 'Down' }, alerts: [one, two, three] };
    const payloads = () => readMarked(alertmanager, body).map(({ payload }) => payload);
    for (const _ of ['read', 'known']) expect(payloads()).toEqual([{ ...body, alerts: [one] }, two, three]);
    const alone = { ...body, alerts: [one] };
    expect(readMarked(alertmanager, alone)[0]?.payload).toBe(alone);
    const whole = readMarked({ ...alertmanager, apart: () => null }, body);
    expect(whole.map(({ payload }) => payload)).toMatchObject([body, { part: 2, of: 3 }, { part: 3, of: 3 }]);
  });

  test('are not read again, whatever is their own', () => {
    const [sample] = generic.samples;
    const body = sample?.payload as object;
    const own = { event_id: 'another', timestamp: '2026-03-02T00:00:00Z', metrics: { seconds: 7 } };
    const [first] = readMarked(generic, body);
    const [second] = readMarked(generic, { ...body, ...own });
    expect(second?.marks).toBe(first?.marks);
    expect(second?.alert).toMatchObject({
      eventId: 'another',
      at: new Date('2026-03-02T00:00:00Z'),
      metrics: { seconds: 7 },
    });
    expect(readMarked(generic, { ...body, title: 'Something else' })[0]?.marks).not.toBe(first?.marks);
  });

  test('of one source are not those of another', () => {
    const body = alertmanager.samples[0]?.payload;
    const other = { ...alertmanager, name: 'other', read: () => [] };
    expect(readMarked(alertmanager, body)).not.toEqual([]);
    expect(readMarked(other, body)).toEqual([]);
  });
});

/** What it gives, or the sentence that it throws. */
function attempt<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}

function marksIn(body: object): Marks | undefined {
  return readMarked(generic, body)[0]?.marks;
}
