import { createHmac } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Change } from '#src/changes/change.ts';
import { followed, isRepeat } from '#src/changes/follow.ts';
import { readChanges, type ChangeSource } from '#src/changes/source.ts';
import { changeSources } from '#src/changes/sources/index.ts';
import { UserError } from '#src/errors.ts';

const folder = path.join(import.meta.dirname, '../../src/changes/sources');
const now = new Date('2026-03-01T08:00:00Z');

it('every file in sources/ is in the list, in order', async () => {
  const files = (await readdir(folder)).filter((file) => file !== 'index.ts');
  expect(changeSources.map((source) => `${source.name}.ts`)).toEqual(files.toSorted());
});

describe.each(changeSources)('$title', (source) => {
  it.each(source.samples)('reads $name', ({ payload, changes }) => {
    const read = readChanges(source, payload, now);
    expect(read).toHaveLength(changes.length);
    expect(read).toMatchObject(changes);
  });

  it('has a change that begins, and the same when it is over', () => {
    const read = source.samples.flatMap(({ payload }) => readChanges(source, payload, now));
    const begun = read.filter((it) => it.status === 'started');
    expect(begun).not.toEqual([]);
    const over = read.find((it) => it.endedAt !== null && begun.some(({ id }) => id === it.id));
    expect(over).toBeDefined();
  });

  it('gives what it reads twice the same ids', () => {
    for (const { payload } of source.samples) {
      const [first, second] = [0, 1].map(() => readChanges(source, payload, now).map(({ id }) => id));
      expect(first).toEqual(second);
    }
  });

  it('reads any JSON as changes or refuses it in words, never with a crash', () => {
    fc.assert(
      fc.property(junk(source), (body) => readsOrRefuses(source, body)),
      { numRuns: 300 },
    );
  });
});

describe('the signature', () => {
  const raw = Buffer.from('{"zen":"Design for failure."}');
  const named = (name: string) => changeSources.find((it) => it.name === name);
  const signed = (secret: string, bytes = raw) =>
    `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;

  it('of GitHub is accepted for the very bytes that were signed', () => {
    const check =
      (headers: Record<string, string>, bytes = raw) =>
      () =>
        named('github')?.verify?.(bytes, headers, 's3cret');
    expect(check({ 'X-Hub-Signature-256': signed('s3cret') })).not.toThrow();
    for (const wrong of [
      check({}),
      check({ 'X-Hub-Signature-256': signed('guess') }),
      check({ 'X-Hub-Signature-256': signed('s3cret') }, Buffer.from('{}')),
      check({ 'X-Hub-Signature-256': 'sha256=' }),
      check({ 'X-Hub-Signature': signed('s3cret') }),
    ]) {
      expect(wrong).toThrow(expect.objectContaining({ code: 'bad_signature' }));
    }
  });

  it('of GitLab is its secret token', () => {
    const check = (headers: Record<string, string>) => () =>
      named('gitlab')?.verify?.(raw, headers, 's3cret');
    expect(check({ 'x-gitlab-token': 's3cret' })).not.toThrow();
    for (const wrong of [check({}), check({ 'x-gitlab-token': 's3cre' }), check({ 'x-gitlab-token': '' })]) {
      expect(wrong).toThrow(expect.objectContaining({ code: 'bad_signature' }));
    }
  });
});

describe('what every change that was read holds to', () => {
  const generic = changeSources.find((it) => it.name === 'generic');
  const read = (body: object): Change | undefined => {
    const [change] = generic ? readChanges(generic, { title: 'A deploy', ...body }, now) : [];
    return change;
  };

  it('words are cleaned and cut, and what nobody can open is no address', () => {
    const change = read({
      title: `\u202Eevil\u0000 <!channel>${'x'.repeat(9000)}`,
      url: 'javascript:alert(1)',
    });
    expect(change?.title).toMatch(/^evil <!channel>x+…$/);
    expect(change?.title.length).toBeLessThanOrEqual(255);
    expect(change?.url).toBeNull();
  });

  it('refuses a time that is none, and a body with too many', () => {
    expect(() => read({ started_at: 'yesterday' })).toThrow(/started_at.*write a time like/);
    expect(() => read({ started_at: 9e12 })).toThrow(/write a time like/);
    const many = { changes: Array.from({ length: 101 }, (_, id) => ({ id, title: 'x' })) };
    expect(() => generic && readChanges(generic, many, now)).toThrow(/100 changes at the most/);
  });
});

describe('a change that is told of several times', () => {
  const at = (minute: number) => new Date(now.getTime() + minute * 60_000);
  const anyWord = fc.record({
    from: fc.nat(50),
    length: fc.option(fc.integer({ min: 0, max: 9 })),
    status: fc.constantFrom('succeeded', 'failed', 'cancelled'),
    author: fc.option(fc.constantFrom('ana', 'bo')),
  });
  const change = (it: {
    from: number;
    length: number | null;
    status: string;
    author: string | null;
  }): Change => ({
    id: 'generic:1',
    source: 'generic',
    kind: 'deploy',
    service: null,
    environment: null,
    title: 'A deploy',
    author: it.author,
    url: null,
    startedAt: at(it.from),
    endedAt: it.length === null ? null : at(it.from + it.length),
    status: it.length === null ? 'started' : (it.status as Change['status']),
    size: null,
    details: {},
  });

  it('is one change that has the earliest beginning, and whose end is not undone by a late word of its beginning', () => {
    fc.assert(
      fc.property(fc.array(anyWord, { minLength: 1, maxLength: 6 }), (words) => {
        const all = words.map(change);
        const known = all.reduce(followed);
        expect(known.startedAt).toEqual(all.map((it) => it.startedAt).reduce((a, b) => (a < b ? a : b)));
        expect(known.endedAt === null).toBe(all.every((it) => it.endedAt === null));
        expect(known.status === 'started').toBe(known.endedAt === null);
        expect(all.reduce(followed, known)).toEqual({ ...known, author: all.reduce(followed, known).author });
      }),
    );
  });

  it('did not go on because it was sent again days later by one that says no time', () => {
    const gitlab = changeSources.find((it) => it.name === 'gitlab');
    const push = gitlab?.samples.find(({ changes }) => changes[0]?.id?.startsWith('gitlab:push:'))?.payload;
    const told = (minute: number) => (gitlab ? readChanges(gitlab, push, at(minute))[0] : undefined);
    const [first, again] = [told(0), told(2 * 24 * 60)];
    expect(first && again && isRepeat(first, again)).toBe(true);
    const begun = change({ from: 0, length: null, status: 'succeeded', author: 'ana' });
    const over = change({ from: 5, length: 0, status: 'succeeded', author: null });
    const later = change({ from: 5000, length: 0, status: 'succeeded', author: null });
    expect(isRepeat(begun, over)).toBe(false);
    expect(isRepeat(followed(begun, over), later)).toBe(true);
    expect(isRepeat(followed(begun, over), { ...later, status: 'failed' })).toBe(false);
    expect(isRepeat(followed(begun, over), { ...later, author: 'bo' })).toBe(false);
  });

  it('says the same whichever half of a deploy comes first', () => {
    const begun = change({ from: 1, length: null, status: 'succeeded', author: 'ana' });
    const over = change({ from: 3, length: 2, status: 'failed', author: null });
    expect(followed(begun, over)).toEqual(followed(over, begun));
    expect(followed(begun, over)).toMatchObject({
      startedAt: at(1),
      endedAt: at(5),
      status: 'failed',
      author: 'ana',
    });
  });
});

function readsOrRefuses(source: ChangeSource, body: unknown): void {
  try {
    for (const change of readChanges(source, body, now)) {
      // What a database would refuse: NUL, half a character, a time out of range.
      expect(JSON.stringify(change)).not.toMatch(/(?<!\\)\\u(?:0000|d[89a-f])/);
      expect(change.startedAt.getUTCFullYear()).toBeLessThan(2201);
      expect(change.endedAt === null || change.status !== 'started').toBe(true);
    }
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'bad_payload') throw error;
  }
}

/** Any JSON, and its own samples with any value in any member. */
function junk(source: ChangeSource): fc.Arbitrary<unknown> {
  const hostile = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      '',
      0,
      -1,
      1e308,
      '\u0000',
      '\uD800',
      '0001-01-01T00:00:00Z',
      [],
      {},
      [[]],
      true,
    ),
    fc.constantFrom('a'.repeat(5000), 'constructor', '__proto__', 'javascript:alert(1)'),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const samples = fc.constantFrom(...source.samples.map(({ payload }) => payload));
  const spoiled = fc
    .tuple(samples, fc.array(fc.nat(20), { minLength: 1, maxLength: 5 }), hostile)
    .map(([payload, dice, value]) => spoil(payload, dice, value));
  return fc.oneof({ weight: 1, arbitrary: fc.jsonValue() }, { weight: 3, arbitrary: spoiled });
}

function spoil(payload: unknown, dice: readonly number[], value: unknown): unknown {
  const [roll, ...rest] = dice;
  if (roll === undefined || typeof payload !== 'object' || payload === null) return value;
  const names = Object.keys(payload);
  const name = names[roll % Math.max(1, names.length)];
  if (name === undefined) return value;
  const inner = (payload as Record<string, unknown>)[name];
  const put = spoil(inner, rest, value);
  return Array.isArray(payload)
    ? payload.map((it: unknown, index) => (String(index) === name ? put : it))
    : { ...payload, [name]: put };
}
