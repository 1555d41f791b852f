import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import * as fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect } from 'vitest';

import { prepareDataFolder } from '#src/db/data-folder.ts';
import { startEmbedded } from '#src/db/embedded.ts';
import { handleOver, openDatabase } from '#src/db/open.ts';
import { behindOthers } from '#src/db/turns.ts';
import { databaseKind, test } from '#test/support/database.ts';

describe.runIf(databaseKind === 'embedded')('the data folder', () => {
  test('is used by one at a time: the second is told who has it and what to do', async ({ newPlace }) => {
    const first = await openDatabase(newPlace);
    await expect(openDatabase(newPlace)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(
        new RegExp(`in use by process ${process.pid}, .*Stop that one first.*DATA_DIR`),
      ) as string,
    });
    await first.close();
    await (await openDatabase(newPlace)).close();
  });

  test('is refused while another process has it, and free the moment that process is killed', async ({
    newPlace,
  }) => {
    const writer = startWriter(newPlace.dataDir);
    await writer.wrote(1);
    await expect(openDatabase(newPlace)).rejects.toThrow(`in use by process ${writer.pid}`);
    await writer.kill();
    await (await openDatabase(newPlace)).close();
  });

  test('keeps everything that was committed when the process is killed', async ({ newPlace }) => {
    let last = 0;
    for (const more of [3, 40, 11]) {
      const writer = startWriter(newPlace.dataDir);
      await writer.wrote(last + more);
      last = await writer.kill();
    }
    const { db, close } = await openDatabase(newPlace);
    const { rows } = await sql<{ n: number; twin: number }>`select n, twin from numbers order by n`.execute(
      db,
    );
    await close();
    expect(rows.length).toBeGreaterThanOrEqual(last);
    expect(rows).toEqual(rows.map((_, index) => ({ n: index + 1, twin: index + 1 })));
  });

  test('is made whole or not at all: what a killed first start left is made again', async ({ newPlace }) => {
    mkdirSync(join(newPlace.dataDir, 'database.new', 'base'), { recursive: true });
    writeFileSync(join(newPlace.dataDir, 'database.new', 'half-written'), '');
    const { db, close } = await openDatabase(newPlace);
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
    expect(existsSync(join(newPlace.dataDir, 'database', 'half-written'))).toBe(false);
    await close();
  });

  test('can be made without the template of the build', async ({ newPlace }) => {
    const folder = join(newPlace.dataDir, 'database');
    await prepareDataFolder(folder, join(newPlace.dataDir, 'no-such-template'));
    const { db, close } = await openDatabase(newPlace);
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
    await close();
  });

  test('of another PostgreSQL is refused with the version it needs', async ({ newPlace }) => {
    mkdirSync(join(newPlace.dataDir, 'database'));
    writeFileSync(join(newPlace.dataDir, 'database', 'PG_VERSION'), '17\n');
    await expect(openDatabase(newPlace)).rejects.toThrow(/made by PostgreSQL 17; .* has 18 built in/);
  });

  test('with files of somebody else in it is not touched', async ({ newPlace }) => {
    mkdirSync(join(newPlace.dataDir, 'database'));
    writeFileSync(join(newPlace.dataDir, 'database', 'thesis.txt'), 'do not lose this');
    await expect(openDatabase(newPlace)).rejects.toThrow('not a database of this program');
  });

  test('that cannot be made says so', async ({ newPlace }) => {
    const file = join(newPlace.dataDir, 'a-file');
    writeFileSync(file, '');
    await expect(openDatabase({ dataDir: join(file, 'data') })).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('Set DATA_DIR to a folder') as string,
    });
  });

  test('that disappears while it is used is noticed, told once, and makes nobody wait', async ({
    newPlace,
  }) => {
    const lost: Error[] = [];
    const { db, close } = await openDatabase({ ...newPlace, onLost: (error) => lost.push(error) });
    rmSync(join(newPlace.dataDir, 'database', 'pg_wal'), { recursive: true });
    const writing = sql`create table large as select repeat(md5(i::text), 99) from generate_series(1, 9000) as i`;
    await expect(writing.execute(db)).rejects.toThrow('pg_wal');
    await expect(sql`select 1`.execute(db)).rejects.toThrow('The embedded database stopped');
    expect(lost.map((it) => it.message)).toEqual([expect.stringContaining('pg_wal')]);
    await close();
  });
});

describe.runIf(databaseKind === 'embedded')('the one session of the embedded database', () => {
  test('is not waited for by the transaction that has it', async ({ newPlace }) => {
    const { db, close } = await openImpatiently(newPlace.dataDir);
    const outer = db.transaction().execute(async (tx) => {
      await sql`select 1`.execute(tx);
      await sql`select 2`.execute(db);
    });
    await expect(outer).rejects.toThrow('must use the transaction it was given');
    expect((await sql`select 3 as three`.execute(db)).rows).toEqual([{ three: 3 }]);
    await close();
  });

  test('is waited for as long as a statement runs', async ({ newPlace }) => {
    const { db, close } = await openImpatiently(newPlace.dataDir);
    const long = sql`select pg_sleep(0.5)`.execute(db);
    expect((await sql`select 2 as two`.execute(db)).rows).toEqual([{ two: 2 }]);
    await long;
    await close();
  });

  test('serves whoever asked first', async ({ newPlace }) => {
    const { db, close } = await openImpatiently(newPlace.dataDir);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 20 }), async (inTransaction) => {
        const served: number[] = [];
        await Promise.all(
          inTransaction.map((it, index) =>
            (it
              ? db.transaction().execute((tx) => sql`select 1`.execute(tx))
              : sql`select 1`.execute(db)
            ).then(() => served.push(index)),
          ),
        );
        expect(served).toEqual(inTransaction.map((_, index) => index));
      }),
      { numRuns: 20 },
    );
    await close();
  });

  test('serves what people and pages wait for before rooms and cards, which come all the same', async ({
    newPlace,
  }) => {
    const { db, close } = await openImpatiently(newPlace.dataDir);
    const served: string[] = [];
    const ask = async (name: string) => {
      await sql`select 1`.execute(db);
      served.push(name);
    };
    await Promise.all([
      ask('holds it'),
      behindOthers(() => ask('card 1')),
      behindOthers(() => ask('card 2')),
      ...['page 1', 'page 2', 'page 3', 'page 4', 'page 5'].map(ask),
    ]);
    expect(served.join()).toBe('holds it,page 1,page 2,page 3,card 1,page 4,page 5,card 2');
    await close();
  });

  test('is closed when all who asked before were served, those behind others too', async ({ newPlace }) => {
    const { db, close } = await openImpatiently(newPlace.dataDir);
    const ask = async (it: number) =>
      (await sql<{ it: number }>`select ${it}::int as it from pg_sleep(0.02)`.execute(db)).rows[0]?.it;
    const asked = Array.from({ length: 20 }, (_, it) =>
      it % 7 === 3 ? behindOthers(() => ask(it)) : ask(it),
    );
    const served = Promise.all(asked);
    await new Promise<void>((resolve) => void setImmediate(resolve));
    await close();
    expect(await served).toEqual(asked.map((_, it) => it));
  });

  test('is handed on without what its last user left open', async ({ newPlace }) => {
    const { db, close } = await openImpatiently(newPlace.dataDir);
    await sql`begin`.execute(db);
    await expect(sql`savepoint here`.execute(db)).rejects.toThrow('can only be used in transaction blocks');
    await close();
  });

  test('leaves the program free while a long query runs', async ({ newPlace }) => {
    const { db, close } = await openImpatiently(newPlace.dataDir);
    let ticks = 0;
    const ticking = setInterval(() => (ticks += 1), 10);
    await sql`select pg_sleep(0.3)`.execute(db);
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(10);
    await close();
  });
});

async function openImpatiently(dataDir: string) {
  const folder = join(dataDir, 'database');
  await prepareDataFolder(folder);
  const embedded = await startEmbedded(folder, { patienceMs: 150 });
  return { db: handleOver(embedded.newPool()), close: embedded.close };
}

/** Another process that writes numbers into the folder until it is killed. */
function startWriter(dataDir: string) {
  const program = fileURLToPath(new URL('../support/database-writer.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [program, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let last = 0;
  const watchers: { n: number; tell: () => void }[] = [];
  if (!child.stdout) throw new Error('The writer has no output');
  createInterface(child.stdout).on('line', (line) => {
    if (line === 'open') return;
    last = Number(line);
    for (const it of watchers) if (last >= it.n) it.tell();
  });
  return {
    pid: child.pid,
    /** Resolves once the writer has said that this number is committed. */
    wrote: (n: number) => new Promise<void>((tell) => void watchers.push({ n, tell })),
    /** Kills it without a warning; the last number it said. */
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
      return last;
    },
  };
}
