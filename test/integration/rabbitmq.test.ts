import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest';

import { sentinel as bySentinel } from '#src/alerts/sources/sentinel.ts';
import type { Db } from '#src/db/schema.ts';
import { Intake } from '#src/engine/intake.ts';
import { UserError } from '#src/errors.ts';
import { readPayload } from '#src/http/json.ts';
import { RabbitStream } from '#src/queues/rabbitmq.ts';
import { startStreams } from '#src/queues/start.ts';
import { takeInto } from '#src/queues/take.ts';
import { engineContext } from '#test/support/context.ts';
import { databaseKind, test } from '#test/support/database.ts';
import { startProgram } from '#test/support/program.ts';
import { hasRabbit, startRabbit, type RabbitServer } from '#test/support/rabbitmq.ts';
import { anomaly, Sentinel } from '#test/support/sentinel.ts';
import { soon } from '#test/support/soon.ts';

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const LIMITS = { batch: 500, waiting: 5000 };

// One server for all, since it takes seconds to start; on one database, since the intake itself is tested on both.
describe.runIf(databaseKind === 'postgres' && hasRabbit())("Sentinel's alerts from RabbitMQ", () => {
  let server: RabbitServer;
  let sentinel: Sentinel;
  beforeAll(async () => {
    server = await startRabbit();
    sentinel = new Sentinel(server.url);
  });
  afterAll(async () => {
    await sentinel.close();
    await server.stop();
  });

  test('become incidents as those of its webhook do, and one that comes twice is known', async ({ db }) => {
    const { queue, outcomes } = await listening(server, intakeOf(db));
    const one = anomaly({ service: 'answers' });
    await sentinel.raises(one);
    await sentinel.raises(one);
    await sentinel.raises(anomaly({ service: 'answers', severity: 'critical' }));
    await soon('all three are acknowledged', () => outcomes.length === 3);
    expect(await events(db)).toHaveLength(2);
    expect(await incidents(db)).toEqual([{ resource: 'answers', severity: 'P0' }]);
    expect(await left(queue)).toEqual({ waiting: 0, dead: 0 });
  });

  test('that nobody can read are put aside with the reason, and the others go on', async ({ db }) => {
    const { queue, outcomes, said } = await listening(server, intakeOf(db));
    await sentinel.says('{"alert_id": "half', { messageId: 'half' });
    await sentinel.says('{"hello": "world"}', { messageId: 'other' });
    await sentinel.says(Buffer.from([0xff, 0, 0xfe]), { contentType: 'application/octet-stream' });
    await sentinel.says(`"${'x'.repeat(1_100_000)}"`, { messageId: 'large' });
    await sentinel.says('['.repeat(100_000), { messageId: 'deep' });
    const good = await sentinel.raises();
    await soon('the good one is taken', async () => (await events(db)).includes(good));
    await soon('all are dealt with', () => outcomes.length === 6);
    expect(outcomes.filter((it) => it === 'dead')).toHaveLength(5);
    expect(said.filter((it) => it.includes('was put aside'))).toHaveLength(5);
    expect(await left(queue)).toEqual({ waiting: 0, dead: 5 });
    const put = await sentinel.rabbit.basicGet({ queue: `${queue}.dead`, noAck: true });
    expect(put).toMatchObject({
      messageId: 'half',
      headers: { 'x-reason': expect.stringMatching(/not JSON/) as string, 'x-queue': queue },
    });
  });

  test('wait while alerts wait in line or the database is away, and are then taken', async ({ db }) => {
    const intake = intakeOf(db);
    let asked = 0;
    const { outcomes, queue } = await listening(server, {
      submit: async (received) => {
        asked += 1;
        if (asked <= 3) throw new UserError('busy', 'Too many');
        if (asked <= 6) throw lost();
        return await intake.submit(received);
      },
    });
    const ids = [];
    for (const service of ['one', 'two', 'three']) ids.push(await sentinel.raises(anomaly({ service })));
    await soon('they are all taken', () => outcomes.length === 3);
    expect(outcomes).toEqual(['taken', 'taken', 'taken']);
    expect(asked).toBe(9);
    expect(new Set(await events(db))).toEqual(new Set(ids));
    expect(await left(queue)).toEqual({ waiting: 0, dead: 0 });
  });

  test('are not dropped by a quorum queue while the database is away for long', async ({ db }) => {
    const queue = `quorum-${randomUUID()}`;
    const limited = { 'x-queue-type': 'quorum', 'x-delivery-limit': 20 } as const;
    await sentinel.rabbit.queueDeclare({ queue, durable: true, arguments: limited });
    const outcomes: string[] = [];
    const stream = new RabbitStream({
      url: server.url,
      queue,
      log: SILENT,
      observe: (it) => void outcomes.push(it),
    });
    const away = { submit: () => Promise.reject(lost()) };
    const waits = { restMs: 1, keepMs: 1, keepLongMs: 1 };
    stream.start(takeInto({ intake: away, source: bySentinel, read: readPayload, log: SILENT, ...waits }));
    onTestFinished(async () => await stream.stop());
    await soon('it is bound', () => stream.isConnected());
    await sentinel.raises();
    await soon('it is put aside', () => outcomes.includes('dead'));
    expect(outcomes.filter((it) => it === 'later')).toHaveLength(18);
    expect(await left(queue)).toEqual({ waiting: 0, dead: 1 });
    expect(await events(db)).toEqual([]);
  });

  test('what fails by a fault of our own is tried three times and put aside, not lost', async () => {
    let tries = 0;
    const { queue, outcomes } = await listening(server, {
      submit: async () => {
        tries += 1;
        throw new TypeError('a bug');
      },
    });
    await sentinel.raises();
    await soon('it is put aside', () => outcomes.includes('dead'));
    expect(tries).toBe(3);
    expect(await left(queue)).toEqual({ waiting: 0, dead: 1 });
  });

  test('are neither lost nor doubled when the broker is killed and comes back', async ({ db }) => {
    const { queue, said, streams } = await listening(server, intakeOf(db));
    const ids = new Set<string>();
    const raising = (async () => {
      for (let n = 0; n < 120; n += 1) ids.add(await sentinel.raises(anomaly({ service: `s${n % 4}` })));
    })();
    await soon('some are taken', async () => (await events(db)).length > 5);
    await server.kill();
    await soon('it is seen', () => !streams.areConnected());
    await server.restart();
    await raising;
    await soon('all are taken', async () => (await events(db)).length >= ids.size);
    expect(new Set(await events(db))).toEqual(ids);
    expect(await incidents(db)).toHaveLength(4);
    await soon('all are acknowledged', async () => (await left(queue)).waiting === 0);
    expect(said.filter((it) => it.includes('cannot be used'))).toHaveLength(1);
    expect(said.filter((it) => it.includes('there again'))).toHaveLength(1);
  });

  test('survive the program being killed in the middle; without a broker it is ready, and says what is missing', async ({
    place,
  }) => {
    const queue = `program.${randomUUID()}`;
    const env = {
      DATA_DIR: place.dataDir,
      DATABASE_URL: place.databaseUrl ?? '',
      RABBITMQ_URL: server.url,
      RABBITMQ_QUEUE: queue,
    };
    const first = await startProgram(env);
    onTestFinished(async () => await first.kill());
    await soon('it listens', async () => (await degraded(first.url)).length === 0);
    const ids: string[] = [];
    for (let n = 0; n < 200; n += 1) ids.push(await sentinel.raises(anomaly({ service: `s${n % 3}` })));
    await first.kill();
    for (let n = 0; n < 20; n += 1) ids.push(await sentinel.raises(anomaly({ service: `s${n % 3}` })));

    const second = await startProgram(env);
    onTestFinished(async () => void (await second.stop()));
    const metric = async () =>
      /stream_messages_total\{stream="rabbitmq",outcome="taken"\} (\d+)/.exec(
        await metricsOf(second.url),
      )?.[1];
    await soon('what was left is taken', async () => Number((await metric()) ?? 0) >= 20);
    await soon('all are acknowledged', async () => (await left(queue)).waiting === 0);
    const list = (await second.call('GET', '/api/v1/incidents')).body as {
      total?: number;
      incidents: unknown[];
    };
    expect(list.incidents).toHaveLength(3);
    for (const id of ids.slice(-25)) {
      const again = await second.call('POST', '/api/v1/events/sentinel', anomaly({ id, service: 's0' }));
      expect(again).toMatchObject({ status: 202, body: { status: 'duplicate' } });
    }
    await server.kill();
    await soon('the loss is said', async () => (await degraded(second.url)).includes('message_queue'));
    expect((await fetch(`${second.url}/ready`)).status).toBe(200);
    await server.restart();
    await soon('it is there again', async () => (await degraded(second.url)).length === 0);
  });

  /** How many messages are in the queue, and in the one beside it. */
  async function left(queue: string): Promise<{ waiting: number; dead: number }> {
    const count = async (name: string) =>
      (await sentinel.rabbit.queueDeclare({ queue: name, passive: true })).messageCount;
    return { waiting: await count(queue), dead: await count(`${queue}.dead`) };
  }
});

function intakeOf(db: Db): Intake {
  return new Intake(engineContext(db), LIMITS, { batch: () => {} });
}

/** The program's side, on a queue of its own. */
async function listening(server: RabbitServer, intake: Pick<Intake, 'submit'>) {
  const queue = `test.${randomUUID()}`;
  const said: string[] = [];
  const outcomes: string[] = [];
  const hear = (_: object, text: string) => void said.push(text);
  const streams = await startStreams({
    rabbitmq: { url: server.url, queue },
    intake,
    read: readPayload,
    log: { info: hear, warn: hear, error: hear },
    observe: (_, outcome) => void outcomes.push(outcome),
  });
  onTestFinished(async () => await streams.stop());
  await soon('the queue is listened to', () => streams.areConnected());
  return { queue, said, outcomes, streams };
}

function lost(): Error {
  return Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
}

async function events(db: Db): Promise<(string | null)[]> {
  const rows = await db
    .selectFrom('alertEvents')
    .select('externalId')
    .orderBy('receivedAt')
    .orderBy('id')
    .execute();
  return rows.map((it) => it.externalId);
}

async function incidents(db: Db) {
  const rows = await db.selectFrom('incidents').select(['resource', 'severity']).orderBy('number').execute();
  return rows.map(({ resource, severity }) => ({ resource: resource?.name, severity }));
}

async function degraded(url: string): Promise<readonly string[]> {
  const response = await fetch(`${url}/ready`);
  return ((await response.json()) as { degraded: string[] }).degraded;
}

async function metricsOf(url: string): Promise<string> {
  return await (await fetch(`${url}/metrics`)).text();
}
