import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { quickAlert } from '#src/alerts/alert-read.ts';
import { Alert, type AlertInput } from '#src/alerts/alert.ts';
import { quickEvent } from '#src/alerts/event-read.ts';
import { CreateEvent } from '#src/alerts/event.ts';
import { sources } from '#src/alerts/sources/index.ts';

describe('an alert that was read the quick way', () => {
  test.each(sources.map((it) => [it.name, it] as const))(
    'is what its schema makes of it: %s',
    (_, source) => {
      for (const { payload } of source.samples) {
        for (const input of source.read(source.payload.parse(payload))) {
          expect(quickAlert(input)).toEqual(Alert.parse(input));
        }
      }
    },
  );

  test('is that for any text, label and number', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.string());
    const maybe = fc.option(text);
    // One that schemas leave out.
    const name = fc.oneof({ weight: 9, arbitrary: text }, fc.constant('__proto__'));
    const inputs = fc.record({
      eventId: maybe,
      source: text,
      eventType: text,
      rule: text,
      title: text,
      description: text,
      originalSeverity: maybe,
      service: maybe,
      key: maybe,
      labels: fc.dictionary(name, text),
      metrics: fc.dictionary(name, fc.double()),
      links: fc.array(fc.record({ label: text, url: fc.oneof(text, fc.webUrl()) })),
      resource: fc.option(
        fc.record({ type: text, id: text, name: text, metadata: fc.dictionary(name, fc.anything()) }),
      ),
      at: fc.option(fc.date({ noInvalidDate: false })),
    });
    fc.assert(
      fc.property(inputs, (some) => {
        const input: AlertInput = {
          ...some,
          state: 'firing',
          severity: 'P1',
          category: null,
          environment: null,
        };
        const bySchema = Alert.safeParse(input);
        const named = [input.labels, input.metrics, input.resource?.metadata ?? {}];
        const isLeft = named.some((it) => Object.hasOwn(it, '__proto__'));
        expect(quickAlert(input)).toEqual(bySchema.success && !isLeft ? bySchema.data : null);
      }),
    );
  });

  test('is none where something is not what it should be', () => {
    const input = {
      ...sources[0]?.read(sources[0].payload.parse(sources[0].samples[0]?.payload))[0],
    } as AlertInput;
    expect(quickAlert(input)).not.toBeNull();
    for (const wrong of [
      { title: 7 },
      { state: 'burning' },
      { severity: 'bad' },
      { labels: { a: 1 } },
      { resource: {} },
    ]) {
      expect(quickAlert({ ...input, ...wrong } as AlertInput)).toBeNull();
    }
  });
});

describe('an event that was read the quick way', () => {
  const plain = {
    event_id: ' e-1 ',
    source: 'cron',
    timestamp: '2026-03-01T02:00:00Z',
    event_type: 'error',
    category: 'backup',
    title: 'Backup failed',
    description: '',
    severity: 'sev2',
    status: null,
    resource: { id: 7, name: true },
    tags: { shard: 3, team: 'billing' },
    metrics: { lag: 1.5 },
  };

  test('is what its schema makes of it, whatever was sent', () => {
    const text = fc.oneof(fc.constantFrom('', ' ', ' a ', 'x'.repeat(1001)), fc.string());
    const any = fc.oneof(text, fc.integer(), fc.constant(null), fc.boolean(), fc.jsonValue());
    const names = [
      ...Object.keys(plain),
      'source_version',
      'labels',
      'environment',
      'payload',
      'correlation_id',
    ];
    const changes = fc.dictionary(fc.constantFrom(...names), any, { maxKeys: 3 });
    const inside = fc.record(
      {
        resource: fc.dictionary(fc.constantFrom('type', 'id', 'name', 'metadata', '__proto__'), any),
        tags: fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), any),
        metrics: fc.dictionary(fc.string(), fc.oneof(fc.double(), any)),
        timestamp: fc.constantFrom('2026-03-01T02:00:00Z', '1970', 1_772_000_000, 'now', null),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(changes, inside, (some, more) => {
        // As it comes: JSON makes properties of any name.
        const body: unknown = JSON.parse(JSON.stringify({ ...plain, ...some, ...more }));
        const quick = quickEvent(body);
        const bySchema = CreateEvent.safeParse(body);
        if (quick !== null) expect(bySchema.data).toEqual(quick);
      }),
      { numRuns: 2000 },
    );
  });

  test('is most of what comes in: only what is seldom there is left to the schema', () => {
    expect(quickEvent(plain)).toEqual(CreateEvent.parse(plain));
    expect(quickEvent({ ...plain, labels: ['a'] })).toBeNull();
    for (const name of ['source', 'timestamp', 'title', 'description', 'severity']) {
      expect(quickEvent({ ...plain, [name]: undefined })).toBeNull();
    }
  });
});
