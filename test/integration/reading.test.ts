import { sql } from 'kysely';
import { describe, expect } from 'vitest';

import { incidentCounter } from '#src/db/incident-counts.ts';
import { wordFor } from '#src/db/incident-pages.ts';
import { test as base } from '#test/support/database.ts';
import { openDoor } from '#test/support/http.ts';

const NEW = { title: 'Checkout is down', severity: 'P2', category: 'availability', description: '' };

interface Listed {
  readonly incidents: readonly { readonly number: number }[];
  readonly pagination: { readonly next_cursor: string | null; readonly has_next: boolean };
}

const test = base.extend('door', async ({ db }, { onCleanup }) => {
  const door = await openDoor(db);
  onCleanup(() => door.close());
  for (const severity of ['P3', 'P0', 'P2', 'P0', 'P4', 'P1', 'P3']) {
    await door.call('POST', '/api/v1/incidents', { ...NEW, severity });
    door.wait(60_000);
  }
  return door;
});

describe('a list that is read from one page to the next', () => {
  test('says each once, in every order, while others come and change', async ({ door }) => {
    for (const sort of ['created_at', 'updated_at', 'severity', 'status']) {
      for (const order of ['asc', 'desc']) {
        const query = `sort=${sort}&order=${order}&page_size=2&end_date=2026-03-01T08:06:30Z`;
        const whole = (await door.call('GET', `/api/v1/incidents?${query.replace('page_size=2', '')}`))
          .body as Listed;
        const seen: number[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const { body } = await door.call(
            'GET',
            `/api/v1/incidents?${query}${cursor && `&cursor=${cursor}`}`,
          );
          const { incidents, pagination } = body as Listed;
          seen.push(...incidents.map((it) => it.number));
          expect(pagination.has_next).toBe(pagination.next_cursor !== null);
          cursor = pagination.next_cursor;
          await door.call('POST', '/api/v1/incidents', NEW);
        }
        expect(seen).toEqual(whole.incidents.map((it) => it.number));
        expect(seen).toHaveLength(7);
      }
    }
  });

  test('is not read with the place of another list, nor so far by number that it takes long', async ({
    door,
  }) => {
    const place = { sort: 'created_at', order: 'desc', key: '2026-03-01T08:00:00.000Z', number: 1 } as const;
    for (const query of [
      'cursor=nonsense',
      `sort=severity&cursor=${wordFor(place)}`,
      `order=asc&cursor=${wordFor(place)}`,
      `cursor=${wordFor({ ...place, key: "'; drop table incidents" })}`,
      `cursor=${wordFor({ ...place, key: '0000-01-01T00:00:00Z' })}`,
      'page=102&page_size=100',
    ]) {
      const { status, body } = await door.call('GET', `/api/v1/incidents?${query}`);
      expect([query, status]).toEqual([query, 400]);
      expect(body.details.fields[0].field).toMatch(/cursor|page/);
    }
    expect((await door.call('GET', '/api/v1/incidents?page=100&page_size=100')).body.incidents).toEqual([]);
  });
});

describe('how many incidents there are', () => {
  test('is counted anew for those that are open, and seldom where counting the others takes long', async ({
    db,
    door,
  }) => {
    let slowly = 0;
    const count = incidentCounter(db, async (r, which) => {
      if (which === 'over') {
        slowly += 1;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from incidents`.execute(r);
      return [{ severity: 'P2', status: which === 'over' ? 'CLOSED' : 'NEW', count: rows[0]?.count ?? 0 }];
    });
    await count();
    await door.call('POST', '/api/v1/incidents', NEW);
    expect((await count()).map((it) => it.count)).toEqual([8, 7]);
    expect(slowly).toBe(1);
  });
});
