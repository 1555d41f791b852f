import { createHmac } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DESCRIPTION_MAX, TITLE_MAX } from '#src/alerts/alert.ts';
import { crossKey, crossLookups, identity } from '#src/alerts/identity.ts';
import { readAlerts } from '#src/alerts/source.ts';
import { findSource, sources } from '#src/alerts/sources/index.ts';
import { UserError } from '#src/errors.ts';

const folder = path.join(import.meta.dirname, '../../src/alerts/sources');

it('every file in sources/ is in the list, in order', async () => {
  const files = (await readdir(folder)).filter((file) => file !== 'index.ts');
  expect(sources.map((source) => `${source.name}.ts`)).toEqual(files.toSorted());
});

it('finds a source by the last part of its address, and none by any other word', () => {
  expect(findSource('alertmanager')?.title).toBe('Prometheus Alertmanager');
  expect(findSource('constructor')).toBeUndefined();
});

describe.each(sources)('$title', (source) => {
  it('has a firing and a resolved sample', () => {
    const states = source.samples.flatMap((sample) => sample.alerts.map((alert) => alert.state));
    expect(states).toContain('firing');
    expect(states).toContain('resolved');
  });

  it.each(source.samples)('reads $name', ({ payload, alerts }) => {
    const read = readAlerts(source, payload);
    expect(read).toHaveLength(alerts.length);
    expect(read).toMatchObject(alerts);
  });

  it.each(source.samples)('gives $name an identity that a second reading repeats', ({ payload }) => {
    const [first, second] = [readAlerts(source, payload), readAlerts(source, structuredClone(payload))];
    expect(first.map(identity)).toEqual(second.map(identity));
    for (const alert of first) expect(identity(alert)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('reads any JSON as alerts or refuses it in words, never with a crash', () => {
    fc.assert(
      fc.property(junk(), (body) => readsOrRefuses(source, body)),
      { numRuns: 500 },
    );
  });

  it('bears any value in any field of its own samples', () => {
    const samples = source.samples.map((sample) => sample.payload);
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.infiniteStream(fc.nat(9)),
        hostile(),
        (sample, dice, value) => {
          readsOrRefuses(source, spoiled(sample, dice, value));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('what every alert that was read holds to', () => {
  const generic = findSource('generic');
  const event = generic?.samples[0]?.payload as Record<string, unknown>;

  it('a title of ten thousand characters is cut, control and bidi characters are gone', () => {
    const title = `\u202Eevil\u0000 <!channel> ${'x'.repeat(10_000)}`;
    const [alert] = generic ? readAlerts(generic, { ...event, title }) : [];
    expect(alert?.title).toHaveLength(TITLE_MAX);
    expect(alert?.title).toMatch(/^evil <!channel> x+…$/);
  });

  it('a description of a megabyte is cut', () => {
    const [alert] = generic ? readAlerts(generic, { ...event, description: '😀'.repeat(300_000) }) : [];
    expect(alert?.description.length).toBeLessThanOrEqual(DESCRIPTION_MAX);
  });

  it('links that nobody could open are dropped', () => {
    const urls = [
      'javascript:alert(1)',
      'http://',
      'https://runbooks.example/x y',
      `https://x.example/${'a'.repeat(3000)}`,
    ];
    for (const runbook_url of urls) {
      const [alert] = generic ? readAlerts(generic, { ...event, payload: { runbook_url } }) : [];
      expect(alert?.links).toEqual([]);
    }
  });

  it('names every missing field at once', () => {
    const read = () => generic && readAlerts(generic, { event_type: 'alert', metrics: { a: 'much' } });
    expect(read).toThrow(/missing source, timestamp, category, title, description, severity/);
    expect(read).toThrow(/metrics\.a/);
  });

  it('two ids that are too long to store stay two ids', () => {
    const ids = ['a', 'b'].map((end) => {
      const [alert] = generic ? readAlerts(generic, { ...event, event_id: 'x'.repeat(900) + end }) : [];
      return alert?.eventId;
    });
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids[0]?.length).toBeLessThanOrEqual(200);
  });
});

describe('the signature of LLM-Sentinel', () => {
  const sentinel = findSource('sentinel');
  const text = '{"event_type":"anomaly.detected","data":{"value":5400.0,"name":"caf\u00e9"}}';
  const signature = createHmac('sha256', 'secret').update(text).digest('hex');
  const signed = Buffer.from(`${text.slice(0, -1)},"signature":"${signature}"}`);
  const verify =
    (raw: Buffer, headers: Record<string, string> = {}, secret = 'secret') =>
    () => {
      sentinel?.verify?.(raw, headers, secret);
    };

  it('is accepted from the header or from the body', () => {
    expect(verify(signed, { 'x-sentinel-signature': signature })).not.toThrow();
    expect(verify(signed)).not.toThrow();
    expect(verify(Buffer.from(text), { 'X-Sentinel-Signature': signature })).not.toThrow();
  });

  it.each([
    ['another secret', verify(signed, {}, 'guess')],
    ['a changed byte', verify(Buffer.from(signed.toString().replace('5400.0', '5400.1')))],
    ['a float written shorter', verify(Buffer.from(signed.toString().replace('5400.0', '5400')))],
    ['no signature', verify(Buffer.from(text))],
    ['a header of another length', verify(signed, { 'x-sentinel-signature': 'abc' })],
    ['an empty body', verify(Buffer.from(''))],
  ])('is refused for %s', (_what, check) => {
    expect(check).toThrow(expect.objectContaining({ code: 'bad_signature' }));
  });
});

function readsOrRefuses(source: (typeof sources)[number], body: unknown): void {
  try {
    for (const alert of readAlerts(source, body)) {
      identity(alert);
      crossKey(alert);
      crossLookups(alert);
      // What a database would refuse: NUL, half a character.
      expect(JSON.stringify(alert)).not.toMatch(/(?<!\\)\\u(?:0000|d[89a-f])/);
    }
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'bad_payload') throw error;
  }
}

/** Any JSON, and JSON whose names are those that sources look for. */
function junk(): fc.Arbitrary<unknown> {
  const names =
    'alerts status state labels annotations title message event data incident alert severity priority tags action issue ' +
    'check monitor heartbeat signals decision_type outputs anomaly anomaly_type scannerResults ruleId startsAt timestamp ' +
    'resource metrics Message event_type __proto__ constructor toString';
  const name = fc.constantFrom(...names.split(' '));
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      hostile(),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.array(fc.tuple(name, tie('tree')), { maxLength: 8 }).map((entries) => parsed(entries)),
    ),
  }));
  return fc.oneof(fc.jsonValue(), tree);
}

/** As a body arrives: parsed, so that `__proto__` is a plain member. */
function parsed(entries: readonly (readonly [string, unknown])[]): unknown {
  const members = entries.map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value) ?? 'null'}`,
  );
  return JSON.parse(`{${members.join(',')}}`) as unknown;
}

function hostile(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom<unknown>(
      null,
      '',
      ' ',
      0,
      -1,
      1e308,
      '\u0000',
      '\uD800',
      '\u202E<script>',
      '0001-01-01T00:00:00Z',
      [],
      {},
      [[]],
    ),
    fc.constantFrom(
      'a'.repeat(20_000),
      '{"a":',
      'javascript:alert(1)',
      "'; drop table alerts; --",
      '[FIRING:1] X (a b)',
      'constructor',
    ),
    fc.string({
      unit: fc.constantFrom(
        'a',
        ' ',
        '\n',
        '\u0000',
        '\u202E',
        '\uD800',
        'é',
        '😀',
        '<',
        '"',
        '{',
        '[',
        ':',
        '=',
      ),
    }),
    fc.jsonValue({ maxDepth: 2 }),
  );
}

/** The payload with one member, chosen by the dice, put to `value`. */
function spoiled(payload: unknown, dice: fc.Stream<number>, value: unknown): unknown {
  const copy: unknown = structuredClone(payload);
  let here: unknown = copy;
  for (const roll of dice.take(6)) {
    if (typeof here !== 'object' || here === null) break;
    const members = here as Record<string, unknown>;
    const name = Object.keys(members)[roll % Math.max(1, Object.keys(members).length)];
    if (name === undefined) break;
    const next = members[name];
    if (roll > 5 || typeof next !== 'object' || next === null) {
      members[name] = value;
      break;
    }
    here = next;
  }
  return copy;
}
