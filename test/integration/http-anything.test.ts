import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { expect } from 'vitest';

import { routes } from '#src/http/routes/index.ts';
import { test } from '#test/support/database.ts';
import { addPerson, EVENT, openDoor, type OpenDoor } from '#test/support/http.ts';
import { makeTemporaryFolder, removeFolder } from '#test/support/temporary.ts';

/** Small in the suite; a long run sets FUZZ_RUNS. */
// oxlint-disable-next-line node/no-process-env -- how long a property is tried is for whoever runs it.
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 400);

const NASTY = [
  '<!channel>',
  '@everyone',
  '<script>alert(1)</script>',
  "'; drop table incidents; --",
  '\u202egnp.exe',
  '\u0000',
  '\ud800',
  'x'.repeat(10_000),
  '%00',
  '../../etc/passwd',
  '__proto__',
  'constructor',
];

const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(...NASTY),
  fc.constantFrom(
    'INC-1',
    '1',
    '0',
    '-1',
    '999999999',
    'P0',
    'ana',
    'generic',
    'alertmanager',
    'any',
    'true',
  ),
);

/** Requests that are right, for each route that takes a body: changed in a place or two they get deep inside. */
const RIGHT: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  createEvent: EVENT,
  createEventOfSource: EVENT,
  createIncident: { title: 'x', severity: 'P3', category: 'other', description: '', tags: { a: 'b' } },
  changeIncident: { title: 'y', status: 'ACKNOWLEDGED', severity: 'high', assigned_to: 'ana', tags: {} },
  resolveIncident: { resolution_notes: 'done', root_cause: 'disk' },
  escalateIncident: { reason: 'stuck', escalate_to: 'them', level: 3 },
  assignIncident: { assigned_to: 'ana', assigned_team: null },
  mergeIncident: { into: 'INC-2', reason: 'same' },
  linkIncident: { to: 'INC-2', unlink: false },
  addComment: { content: 'seen' },
  runCommand: { text: 'ack INC-1' },
  savePerson: { id: 'bo', name: 'Bo', role: 'viewer', timezone: 'Europe/Berlin' },
  saveTeam: { id: 'web', name: 'Web', members: ['ana'] },
  createKey: { name: 'k', scopes: ['incidents:read'], person: 'ana' },
  createSignInLink: { person: 'ana' },
};

const values = fc.oneof(words, fc.integer(), fc.double(), fc.jsonValue({ maxDepth: 3 }));

function nearly(right: Readonly<Record<string, unknown>>) {
  const change = fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(right)), words), values, {
    maxKeys: 2,
  });
  return fc.oneof(
    { weight: 4, arbitrary: change.map((it) => JSON.stringify({ ...right, ...it })) },
    { weight: 1, arbitrary: values.map((it) => JSON.stringify(it)) },
    { weight: 1, arbitrary: fc.string({ maxLength: 200 }) },
  );
}

const names = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('INC-1', '2', 'any', 'alertmanager') },
  { weight: 1, arbitrary: words },
);

const known = fc.constantFrom(...routes).chain((it) =>
  fc.record({
    method: fc.constant(it.method.toUpperCase()),
    path: fc.tuple(names, words).map((parts) => fill(it.path, parts)),
    body: nearly(RIGHT[it.name] ?? { reason: 'x' }),
  }),
);

const unknown = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS'),
  path: fc.oneof(
    fc.webPath(),
    fc.tuple(fc.constantFrom(...routes), words).map(([it, word]) => fill(it.path, [word])),
  ),
  body: values.map((it) => JSON.stringify(it)),
});

const asked = fc.oneof({ weight: 4, arbitrary: known }, { weight: 1, arbitrary: unknown });

const oddHeaders = fc.dictionary(
  fc.constantFrom(
    'content-encoding',
    'content-type',
    'idempotency-key',
    'x-act-as',
    'x-request-id',
    'cookie',
    'origin',
  ),
  fc.oneof(
    fc.constantFrom('gzip', 'deflate', 'identity', 'ana', 'im_session=x', 'null'),
    fc.stringMatching(/^[\x21-\x7e]{1,30}$/),
  ),
  { maxKeys: 2 },
);
const headers = fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: oddHeaders });

const query = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc
      .dictionary(
        fc.constantFrom(
          'severity',
          'status',
          'search',
          'page',
          'page_size',
          'room',
          'start_date',
          'after',
          'limit',
          '__proto__',
        ),
        fc.oneof(
          words,
          fc.constantFrom(
            '9007199254740993',
            '1e308',
            '0001-01-01T00:00:00Z',
            '9999-12-31T23:59:59Z',
            'web:1',
          ),
        ),
      )
      .map(
        (it) =>
          `?${Object.entries(it)
            .map(([name, value]) => `${name}=${encode(value)}`)
            .join('&')}`,
      ),
  },
);

test('whatever is sent, the answer is never a fault of ours', { timeout: 600_000 }, async ({ db }) => {
  await addPerson(db, 'ana', 'admin');
  const uiFolder = makeTemporaryFolder();
  writeFileSync(join(uiFolder, 'index.html'), '<!doctype html>');
  const door = await openDoor(db, { settings: { uiFolder } });
  for (let number = 1; number < 5; number += 1) {
    await door.call('POST', '/api/v1/incidents', RIGHT['createIncident']);
  }
  try {
    await fc.assert(
      fc.asyncProperty(asked, query, headers, async (it, more, sent) => {
        const { status, text } = await knock(door, it.method, it.path + more, sent, it.body);
        expect(status, `${text}\n${door.log.at(-1)}`).toBeLessThan(500);
      }),
      { numRuns: RUNS },
    );
  } finally {
    await door.close();
    removeFolder(uiFolder);
  }
});

async function knock(door: OpenDoor, method: string, at: string, more: Record<string, string>, sent: string) {
  const takesBody = !['GET', 'HEAD'].includes(method);
  const authorization = { authorization: 'Bearer bootstrap-key-for-tests-0123456789' };
  return await door.call(method, at, takesBody ? sent : undefined, { ...authorization, ...more });
}

function fill(pattern: string, parts: readonly string[]): string {
  let next = 0;
  return pattern.replaceAll(/\{\w+\}/g, () => encode(parts[next++] ?? 'x'));
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
