import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ProviderError, UserError } from '#src/errors.ts';
import { backOffMs, LeftAlone, verdict } from '#src/jobs/verdict.ts';

const middle = () => 0.5;
const broken = (code: string) => Object.assign(new Error('the database said so'), { code });

describe('what comes of a failed attempt', () => {
  test('waits 1, 2, 4, 8, 16 and then 30 s', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((it) => backOffMs(it, () => 0))).toEqual([
      1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
    ]);
  });

  test('waits up to 30 % longer, never shorter', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (number, random) => {
          const shortest = backOffMs(number, () => 0);
          const ms = backOffMs(number, () => random);
          expect(ms).toBeGreaterThanOrEqual(shortest);
          expect(ms).toBeLessThanOrEqual(Math.round(shortest * 1.3));
        },
      ),
    );
  });

  test.each([
    ['a failure outside', new ProviderError('slack', 'is down', { retry: true }), 7, 'again'],
    ['the eighth failure outside', new ProviderError('slack', 'is down', { retry: true }), 8, 'dead'],
    ['a refusal', new ProviderError('slack', 'no such room', { retry: false }), 1, 'dead'],
    ['what a person has to fix', new UserError('not_found', 'There is no INC-7.'), 1, 'dead'],
    ['a bug', new TypeError('x is undefined'), 3, 'again'],
    ['a bug for the fourth time', new TypeError('x is undefined'), 4, 'dead'],
    ['something thrown that is no error', 'oops', 4, 'dead'],
    ['what the database says of a statement, for the fourth time', broken('23505'), 4, 'dead'],
    ['too much for the protocol of the database, for the fourth time', broken('08P01'), 4, 'dead'],
  ])('%s', (_, error, number, end) => {
    expect(verdict(error, number, middle).end).toBe(end);
  });

  test('comes no earlier than the provider asked, and however often it asks, no attempt is used up', () => {
    const error = new ProviderError('slack', 'rate limited', { retry: true, retryAfterMs: 45_000 });
    expect(verdict(error, 8, () => 0)).toEqual({ end: 'again', inMs: 45_000, counts: false });
  });

  test.each(['08006', '57P01', 'ECONNRESET', 'ECONNREFUSED'])(
    'uses up no attempt where the connection to the database was lost: %s',
    (code) => {
      expect(verdict(broken(code), 100, () => 0)).toEqual({ end: 'again', inMs: 1000, counts: false });
    },
  );

  test.each([
    ['the disk of the database is full', '53100'],
    ['it has no connection left', '53300'],
    ['two waited for each other', '40P01'],
  ])('uses up no attempt where %s', (_, code) => {
    expect(verdict(broken(code), 100, () => 0)).toEqual({ end: 'again', inMs: 1000, counts: false });
  });

  test('uses up no attempt where others changed the same thing', () => {
    const busy = new UserError('busy', 'Others are changing the same thing. Try again in a second.');
    expect(verdict(busy, 100, () => 0)).toEqual({ end: 'again', inMs: 1000, counts: false });
  });

  test('counts what is always too slow', () => {
    expect(verdict(broken('57014'), 4, () => 0)).toEqual({ end: 'dead' });
  });

  test('waits without using up an attempt while a destination is left alone', () => {
    expect(verdict(new LeftAlone('slack', 60_000), 100, () => 0)).toEqual({
      end: 'again',
      inMs: 60_000,
      counts: false,
    });
  });
});
