import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { quickAlert } from '#src/alerts/alert-read.ts';
import { Alert, type AlertInput } from '#src/alerts/alert.ts';
import { sources } from '#src/alerts/sources/index.ts';
import { textOf } from '#src/http/json.ts';

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
      labels: fc.dictionary(text, text),
      metrics: fc.dictionary(text, fc.double()),
      links: fc.array(fc.record({ label: text, url: fc.oneof(text, fc.webUrl()) })),
      resource: fc.option(
        fc.record({ type: text, id: text, name: text, metadata: fc.dictionary(text, fc.anything()) }),
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
        expect(quickAlert(input)).toEqual(bySchema.success ? bySchema.data : null);
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

describe('what was sent is stored', () => {
  const kept = (text: string) => textOf(Buffer.from(text), JSON.parse(text));

  test('as it came where the database takes it as it is', () => {
    for (const text of [
      '{"a":"b1e5 c","n":12.5}',
      '[{"id":"3e9a"}]',
      '{"text":"line\\nline \\"quoted\\""}',
    ]) {
      expect(kept(text)).toBe(text);
    }
  });

  test('written anew where it has escapes, numbers beyond measure, or is not an object', () => {
    for (const text of [
      '{"a":"\\u0000"}',
      '{"n":1e400}',
      '{"n":[-2.5E+9]}',
      `{"n":${'9'.repeat(400)}}`,
      '7',
      ' {"a":1}',
    ]) {
      expect(kept(text)).toBeUndefined();
    }
  });
});
