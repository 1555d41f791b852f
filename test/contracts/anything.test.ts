import { env } from 'node:process';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { commands } from '#commands/index.ts';
import { crossKey, identity } from '#src/alerts/identity.ts';
import { readAlerts } from '#src/alerts/source.ts';
import { sources } from '#src/alerts/sources/index.ts';
import { parse } from '#src/chat/parse.ts';
import { UserError } from '#src/errors.ts';
import { readPayload } from '#src/http/json.ts';

/**
 * Whatever is thrown at the parsers comes out as alerts, as a command, or as a
 * sentence that says what to do. `FUZZ_RUNS=1000000` throws a million of each;
 * in CI a smaller number, always the same ones.
 */
const RUNS = Number(env['FUZZ_RUNS'] ?? 4000);
const HOW = { numRuns: RUNS, ...(env['FUZZ_RUNS'] ? {} : { seed: 42 }) };
const TIME_LIMIT_MS = Math.max(60_000, RUNS);

const NASTY = [
  '',
  '\u0000',
  '\u202Eevil',
  '<!channel> @everyone',
  "'; drop table incidents; --",
  '__proto__',
  'constructor',
  '\uD800',
  'x'.repeat(10_000),
  '9'.repeat(400),
  '-0',
  '1e999',
  '0001-01-01T00:00:00Z',
  'INC-1',
  '@ana',
  '"',
  '“',
  '--severity',
  '=',
  ':',
];

const leaf = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.jsonValue({ maxDepth: 2 }),
  fc.double(),
  fc.constant(null),
);

/** A payload as a vendor sends it, with a few of its parts replaced, removed or doubled. */
const mutated = fc
  .tuple(
    fc.constantFrom(...sources.flatMap((source) => source.samples.map(({ payload }) => payload))),
    fc.array(fc.tuple(fc.nat(), leaf, fc.constantFrom('replace', 'remove', 'wrap')), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([payload, changes]) => {
    let changed: unknown = structuredClone(payload);
    for (const [where, value, how] of changes) changed = mutate(changed, where, value, how);
    return changed;
  });

const body = fc.oneof(
  mutated,
  fc.jsonValue({ maxDepth: 5 }),
  fc.dictionary(fc.constantFrom(...NASTY, 'alerts', 'status', 'severity'), leaf),
);

const word = fc.oneof(
  fc.constantFrom(
    ...commands.map(({ name }) => name),
    ...NASTY,
    'sev1',
    'P0',
    '30m',
    '14:45',
    'tomorrow',
    'next',
    'into',
    'me',
  ),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const line = fc
  .array(word, { maxLength: 12 })
  .chain((words) => fc.constantFrom(words.join(' '), words.join(''), words.join('=')));

describe('whatever comes in', () => {
  it.each(sources)(
    'as $title gives alerts or a sentence',
    (source) => {
      fc.assert(
        fc.property(body, (payload) => {
          const alerts = orSentence(() => readAlerts(source, payload));
          for (const alert of alerts ?? []) {
            expect(alert.title.length).toBeLessThanOrEqual(255);
            expect(identity(alert)).toMatch(/^[0-9a-f]{64}$/);
            crossKey(alert);
          }
        }),
        { ...HOW, numRuns: Math.ceil(RUNS / sources.length) },
      );
    },
    TIME_LIMIT_MS,
  );

  it(
    'as bytes is read or refused in a sentence',
    () => {
      const bytes = fc.oneof(
        fc.uint8Array({ maxLength: 200 }).map((it) => Buffer.from(it)),
        fc.string({ unit: 'binary' }).map((it) => Buffer.from(it)),
        fc.json().map((it) => Buffer.from(it.slice(0, -1))),
      );
      fc.assert(
        fc.property(bytes, (raw) => {
          orSentence(() => readPayload(raw));
        }),
        HOW,
      );
    },
    TIME_LIMIT_MS,
  );

  it(
    'as a command line is a command or a sentence',
    () => {
      fc.assert(
        fc.property(line, fc.option(fc.nat()), (text, here) => {
          const parsed = orSentence(() => parse(text, commands, here));
          if (parsed) expect(commands).toContain(parsed.command);
        }),
        HOW,
      );
    },
    TIME_LIMIT_MS,
  );
});

/** Anything thrown but a sentence for a person is a bug. */
function orSentence<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof UserError && error.message.length > 0) return null;
    throw error;
  }
}

/** Changes the nth place of a value, counted through the whole of it. */
function mutate(value: unknown, where: number, by: unknown, how: string): unknown {
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const visit = (holder: unknown) => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const key of Object.keys(holder)) {
      places.push({ holder: holder as Record<string, unknown>, key });
      visit((holder as Record<string, unknown>)[key]);
    }
  };
  visit(value);
  const place = places[where % Math.max(1, places.length)];
  if (!place) return by;
  if (how === 'remove') delete place.holder[place.key];
  else place.holder[place.key] = how === 'wrap' ? [place.holder[place.key], by] : by;
  return value;
}
