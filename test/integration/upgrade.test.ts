import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, onTestFinished } from 'vitest';

import { databaseKind, test } from '#test/support/database.ts';
import { nextVersion } from '#test/support/next-version.ts';
import { KEY, startProgram, type Program } from '#test/support/program.ts';

const ADDS = `export const additive = true;
export async function up(db) {
  await db.schema.createTable('of_the_next_version').addColumn('id', 'integer').execute();
  await db.schema.alterTable('incidents').addColumn('of_the_next_version', 'text').execute();
  await db.schema.alterTable('alerts').addColumn('of_the_next_version', 'text').execute();
}
`;
describe.runIf(databaseKind === 'postgres')('a rolling upgrade', () => {
  test('old and new serve one database side by side, and nobody who tries twice reads a 5xx', async ({
    newPlace,
  }) => {
    const env = { DATA_DIR: newPlace.dataDir, DATABASE_URL: newPlace.databaseUrl ?? '' };
    const running: Program[] = [];
    const begin = async (main?: string) => {
      const program = await startProgram(env, main === undefined ? {} : { main });
      running.push(program);
      onTestFinished(async () => await program.kill());
      return program;
    };
    const end = async (program: Program) => {
      running.splice(running.indexOf(program), 1);
      return await program.stop();
    };
    const next = nextVersion('99.0.0', { '9998-adds': ADDS });
    onTestFinished(next.remove);

    const old = await begin();
    const load = startLoad(() => running.map((it) => it.url));
    const young = await begin(next.main);
    expect(await versionOf(young)).toBe('99.0.0');
    // The old one goes on, stops in order, and can be started again beside the new tables.
    expect(await end(old)).toBe(0);
    const again = await begin();
    expect(await versionOf(again)).not.toBe('99.0.0');
    await sleep(300);
    await load.stop();
    expect(load.refused).toEqual([]);
    expect(load.taken.size).toBeGreaterThan(20);
    const { body } = await again.call('GET', '/api/v1/incidents');
    expect((body as { incidents: unknown[] }).incidents).toHaveLength(5);
    expect(await end(young)).toBe(0);
    expect(await end(again)).toBe(0);
  });
});

async function versionOf(program: Program): Promise<unknown> {
  return ((await program.call('GET', '/health')).body as { version: string }).version;
}

/** Senders that take whichever process there is, and come back once when they are told to. */
function startLoad(urls: () => readonly string[]) {
  const taken = new Set<string>();
  const refused: string[] = [];
  const state = { isOver: false };
  let count = 0;
  const post = async (id: string, service: string) => {
    const all = urls();
    const url = all[count % all.length];
    try {
      const response = await fetch(`${url}/api/v1/events`, {
        method: 'POST',
        headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
        body: JSON.stringify({
          event_id: id,
          source: 'upgrade',
          title: `Errors in ${service}`,
          description: '',
          severity: 'P2',
          category: 'availability',
          event_type: 'alert',
          timestamp: new Date().toISOString(),
          resource: { type: 'service', id: service, name: service },
        }),
      });
      return response.status;
    } catch {
      return 0;
    }
  };
  const one = async () => {
    while (!state.isOver) {
      count += 1;
      const id = `upgrade-${count}`;
      const service = `service-${count % 5}`;
      const first = await post(id, service);
      if (first !== 202) await sleep(1000);
      const status = first === 202 ? first : await post(id, service);
      if (status === 202) taken.add(id);
      else refused.push(`${id}: ${first}, then ${status}`);
      await sleep(10);
    }
  };
  const all = Promise.all([one(), one(), one()]);
  return {
    taken,
    refused,
    stop: async () => {
      state.isOver = true;
      await all;
    },
  };
}
