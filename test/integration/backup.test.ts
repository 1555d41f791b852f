import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { restoreFolder } from '#src/db/backup.ts';
import { openDatabase } from '#src/db/open.ts';
import { databaseKind, test } from '#test/support/database.ts';
import { KEY, startProgram } from '#test/support/program.ts';

const declared = (n: number) => ({
  source: 'shop',
  event_id: `event-${n}`,
  timestamp: '2026-03-01T08:14:32Z',
  event_type: 'alert',
  category: 'performance',
  title: `Checkout ${n} is slow`,
  description: '',
  severity: 'P3',
  resource: { type: 'service', id: `shop-${n}`, name: `shop-${n}` },
});

describe.runIf(databaseKind === 'embedded')('a backup of the built-in database', () => {
  test('is made while the program takes events, and restored has what was there before it was asked for', async ({
    place,
    onTestFinished,
  }) => {
    const { dataDir } = place;
    const program = await startProgram({ DATA_DIR: dataDir });
    onTestFinished(async () => await program.kill());
    for (const n of [1, 2, 3]) await program.call('POST', '/api/v1/events', declared(n));
    const load = { isOver: false };
    const loading = (async () => {
      for (let n = 4; !load.isOver; n += 1) {
        expect((await program.call('POST', '/api/v1/events', declared(n))).status).toBe(202);
      }
    })();
    const file = join(dataDir, 'incidents.tar.gz');
    const made = await incident(['backup', file], { INCIDENT_URL: program.url });
    load.isOver = true;
    await loading;
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining(`Written to ${file}`) as string });
    expect((await stat(file)).mode & 0o077).toBe(0);
    const { body } = await program.call('GET', '/api/v1/access-log');
    expect(JSON.stringify(body)).toContain('backup.made');

    const elsewhere = join(dataDir, 'restored');
    expect(await incident(['restore', file], { DATA_DIR: elsewhere })).toMatchObject({ code: 0 });
    expect((await incident(['restore', file], { DATA_DIR: elsewhere })).err).toContain(
      'a backup replaces nothing',
    );
    const restored = await startProgram({ DATA_DIR: elsewhere });
    onTestFinished(async () => await restored.kill());
    const again = await restored.call('POST', '/api/v1/events', declared(3));
    expect(again.body).toMatchObject({ status: 'duplicate' });
    expect(await restored.stop()).toBe(0);
    const { db, close } = await openDatabase({ dataDir: elsewhere });
    const ids = await db.selectFrom('alertEvents').select('externalId').execute();
    await close();
    expect(ids.map((it) => it.externalId)).toEqual(expect.arrayContaining(['event-1', 'event-2', 'event-3']));
  });

  test('that is cut off or damaged is refused, and leaves the folder as it was', async ({ place }) => {
    const { dataDir } = place;
    const opened = await openDatabase(place);
    const chunks: Buffer[] = [];
    for await (const part of (await opened.backup?.()) ?? []) chunks.push(part as Buffer);
    await opened.close();
    const whole = Buffer.concat(chunks);
    const damaged = Buffer.from(whole);
    damaged.writeUInt32BE(0, whole.byteLength - 200_000);
    const files = {
      'the end is missing': whole.subarray(0, -100_000),
      'the last byte is missing': whole.subarray(0, -1),
      'it is damaged': damaged,
      'it is something else': Buffer.from('hello'),
    };
    for (const bytes of Object.values(files)) {
      const file = join(dataDir, 'bad.tar.gz');
      await writeFile(file, bytes);
      const target = join(dataDir, 'restored');
      await expect(restoreFolder(target, file)).rejects.toThrow(/cannot be restored.*Nothing was changed/);
      await expect(stat(join(target, 'database'))).rejects.toThrow('ENOENT');
    }
  });

  test('is for admins alone', async ({ place, onTestFinished }) => {
    const program = await startProgram({ DATA_DIR: place.dataDir });
    onTestFinished(async () => await program.kill());
    const key = await program.call('POST', '/api/v1/api-keys', {
      name: 'a sender',
      scopes: ['events:write'],
    });
    const { key: text } = key.body as { key: string };
    const refused = await incident(['backup', join(place.dataDir, 'x')], {
      INCIDENT_URL: program.url,
      INCIDENT_API_KEY: text,
    });
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('scope admin') as string });
    await expect(readFile(join(place.dataDir, 'x.part'))).rejects.toThrow('ENOENT');
  });
});

async function incident(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; out: string; err: string }> {
  const program = join(import.meta.dirname, '../../src/cli.ts');
  return await new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...words],
      { env: { PATH: process.env['PATH'], INCIDENT_API_KEY: KEY, ...env } },
      (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}
