import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest';

import { migrate } from '#src/db/migrate.ts';
import { openDatabase } from '#src/db/open.ts';
import { databaseKind, test } from '#test/support/database.ts';
import { hasPgBouncer, startPgBouncer, type PgBouncer } from '#test/support/pgbouncer.ts';
import { findPostgres, startPostgres, type PostgresServer } from '#test/support/postgres.ts';
import { startProgram } from '#test/support/program.ts';
import { soon } from '#test/support/soon.ts';

// `THROUGH_PGBOUNCER=1 npx vitest run --project integration:postgres` runs all the others through one as well.
describe.runIf(databaseKind === 'postgres' && hasPgBouncer())('behind PgBouncer in transaction mode', () => {
  let server: PostgresServer;
  let bouncer: PgBouncer;
  beforeAll(async () => {
    server = startPostgres(findPostgres() ?? '');
    bouncer = await startPgBouncer(server.urlOf('postgres'), { connections: 3 });
  });
  afterAll(async () => {
    await bouncer.stop();
    server.stop();
  });

  test('days are days in UTC on whichever connection a statement lands', async () => {
    const handles = await Promise.all([opened(), opened(), opened()]);
    const days = handles.flatMap((db) =>
      Array.from({ length: 20 }, async () => {
        const asked = sql<{ zone: string; day: string }>`
          select current_setting('TimeZone') as zone, '2026-03-01T23:00:00Z'::timestamptz::date as day, pg_sleep(0.01)`;
        const [row] = (await asked.execute(db)).rows;
        return `${row?.zone} ${row?.day}`;
      }),
    );
    expect(new Set(await Promise.all(days))).toEqual(new Set(['UTC 2026-03-01']));
  });

  test('several processes bring the database up to date once, and its restart is waited for', async () => {
    const [one, other] = await Promise.all([opened(), opened()]);
    const ran = await Promise.all([migrate(one), migrate(other)]);
    expect(ran.filter((it) => it.length > 0)).toHaveLength(1);
    await server.down('fast');
    const held = sql`select 1 as one`.execute(one).catch(async () => await sql`select 1 as one`.execute(one));
    await server.up();
    expect((await held).rows).toEqual([{ one: 1 }]);
  });

  test('the whole program takes an alert, opens its incident and its room, and stops in order', async () => {
    const url = bouncer.through(server.urlOf('postgres'));
    const program = await startProgram({ DATABASE_URL: url });
    onTestFinished(async () => await program.kill());
    const body = {
      title: 'Checkout is down',
      severity: 'P1',
      source: 'test',
      description: 'It is',
      category: 'availability',
    };
    const sent = await program.call('POST', '/api/v1/events/any', body);
    expect(sent.status).toBe(202);
    const isThere = async () => {
      const log = JSON.stringify((await program.call('GET', '/api/v1/incidents/INC-1/timeline')).body);
      return log.includes('room');
    };
    await soon('its room is opened', isThere, { everyMs: 200 });
    expect((await program.call('GET', '/ready')).status).toBe(200);
    expect(await program.stop()).toBe(0);
  });

  async function opened() {
    const databaseUrl = bouncer.through(server.urlOf('postgres'));
    const { db, close } = await openDatabase({ dataDir: '', databaseUrl });
    onTestFinished(async () => await close());
    return db;
  }
});
