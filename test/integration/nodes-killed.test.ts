import { describe, expect, onTestFinished } from 'vitest';

import { databaseKind, test, type Place } from '#test/support/database.ts';
import { startProgram, type Program } from '#test/support/program.ts';
import { startFakeSlack } from '#test/support/slack/fake.ts';

/** Real processes, killed as the kernel does when memory runs out. */
describe.skipIf(databaseKind === 'embedded')('when the process is killed that holds a chat', () => {
  test('another holds it within seconds, and people are heard again', async ({ place }) => {
    const slack = await startFakeSlack({ pace: 20 });
    onTestFinished(() => slack.stop());
    const both = await Promise.all([processOn(place, slack.env), processOn(place, slack.env)]);
    await expect.poll(() => slack.connections()).toBe(1);
    const held = await Promise.all(both.map(async (it) => (await leasesOf(it)).includes('chat:slack')));
    expect(held.filter(Boolean)).toHaveLength(1);
    const [first, second] = held[0] ? both : [both[1], both[0]];

    await first.kill();
    const killed = performance.now();
    await expect.poll(() => slack.connections(), { interval: 20 }).toBe(0);
    await expect.poll(() => slack.connections(), { interval: 20 }).toBe(1);
    const seconds = (performance.now() - killed) / 1000;
    process.stdout.write(`The connection was held by another process after ${seconds.toFixed(1)} s.\n`);
    expect(await leasesOf(second)).toContain('chat:slack');

    await slack.types(slack.people.ana, slack.general, '/incident declare P1 checkout is down');
    await expect.poll(async () => (await second.call('GET', '/api/v1/incidents/1')).status).toBe(200);
  });
});

async function processOn(
  { dataDir, databaseUrl }: Place,
  env: Readonly<Record<string, string>>,
): Promise<Program> {
  const program = await startProgram({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl ?? '', ...env });
  onTestFinished(() => program.kill());
  return program;
}

async function leasesOf(program: Program): Promise<readonly string[]> {
  return ((await program.call('GET', '/health')).body as { leases: string[] }).leases;
}
