import { describe, expect } from 'vitest';

import { once } from '#src/db/deliveries.ts';
import { ProviderError } from '#src/errors.ts';
import { test } from '#test/support/database.ts';

const now = () => new Date('2026-03-01T08:00:00Z');
const delivery = { key: 'card-42', destination: 'web', incident: null, now };

describe('a delivery', () => {
  test('is sent once, and every repeat gets the first result', async ({ db }) => {
    let sent = 0;
    const send = async () => ({ message: (sent += 1) });
    expect(await once(db, delivery, send)).toEqual({ message: 1 });
    expect(await once(db, delivery, send)).toEqual({ message: 1 });
    expect(sent).toBe(1);
    expect(await once(db, { ...delivery, key: 'card-43' }, send)).toEqual({ message: 2 });
  });

  test('that failed is sent again', async ({ db }) => {
    const fail = () => Promise.reject(new ProviderError('web', 'is down', { retry: true }));
    await expect(once(db, delivery, fail)).rejects.toThrow('is down');
    expect(await once(db, delivery, async () => 'sent')).toBe('sent');
  });

  test('that has nothing to say is remembered too', async ({ db }) => {
    let sent = 0;
    const send = async () => {
      sent += 1;
      return null;
    };
    expect(await once(db, delivery, send)).toBeNull();
    expect(await once(db, delivery, send)).toBeNull();
    expect(sent).toBe(1);
  });

  test('made twice at the same time has one result for both', async ({ db }) => {
    let sent = 0;
    const both = Promise.withResolvers<void>();
    const send = async () => {
      sent += 1;
      const mine = sent;
      if (sent === 2) both.resolve();
      await both.promise;
      return mine;
    };
    const [first, second] = await Promise.all([once(db, delivery, send), once(db, delivery, send)]);
    expect(first).toBe(second);
    expect(await once(db, delivery, send)).toBe(first);
  });
});
