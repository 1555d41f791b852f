import { describe, expect, test } from 'vitest';

import { readSettings } from '#src/config.ts';
import { UserError } from '#src/errors.ts';

const DATABASE_URL = 'postgres://localhost/incidents';

describe('the settings of the queue', () => {
  test('name a Redis, beside a database that several processes can share', () => {
    const REDIS_URL = 'rediss://user:word@redis.example:6380/2';
    expect(readSettings({ DATABASE_URL, REDIS_URL }).redisUrl).toBe(REDIS_URL);
    expect(readSettings({ DATABASE_URL }).redisUrl).toBeUndefined();
    expect(() => readSettings({ REDIS_URL })).toThrow(UserError);
    expect(() => readSettings({ REDIS_URL })).toThrow('Set DATABASE_URL too');
    expect(() => readSettings({ DATABASE_URL, REDIS_URL: 'http://redis' })).toThrow('REDIS_URL');
  });

  test('say how many emails may go out, a sixth of a minute’s at once', () => {
    expect(readSettings({}).rates.size).toBe(0);
    expect([...readSettings({ EMAIL_PER_MINUTE: '60' }).rates]).toEqual([
      ['email', { most: 10, perMs: 10_000 }],
    ]);
  });
});
