import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createWebServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect } from 'vitest';

import { Bot, KEY } from '#test/support/bot.ts';
import { databaseKind, test } from '#test/support/database.ts';
import { JumpingClock } from '#test/support/jumping-clock.ts';
import { hasPrometheus, startAlertmanager, startWatching } from '#test/support/prometheus.ts';
import { soon } from '#test/support/soon.ts';

const DOWN = 'Down';
/** Those of the contracts. */
const SIX = [
  'BreakerFlapping',
  'BreakerOpen',
  'BreakerRejections',
  'DestinationErrors',
  'HighErrorRate',
  'HighLatency',
];
const RULES = readFileSync(path.join(import.meta.dirname, '../../manifests/prometheus/rules.yaml'), 'utf8');
/** The same alerts, of what happened within seconds. */
const SHORT = RULES.replaceAll(/for: \w+/g, 'for: 0s').replaceAll(/\[[15]m\]/g, '[20s]');

describe.runIf(databaseKind === 'postgres' && hasPrometheus('prometheus-alertmanager'))(
  'what goes wrong with the program itself',
  () => {
    test('is found by a real Prometheus, and the program opens an incident of it', async ({ place }) => {
      const wire = await startWire(place.databaseUrl ?? '');
      const receiver = await startReceiver();
      const clock = new JumpingClock();
      const env = {
        STORM_SIZE: '0',
        STORM_WINDOW: '0s',
        NOTIFY_PRIVATE_ADDRESSES: 'on',
        REQUESTS_PER_MINUTE: '100000',
      };
      const bot = await Bot.on({ ...place, databaseUrl: wire.url }, { env, clock });
      const alertmanager = await startAlertmanager(`${bot.url}/webhooks/alertmanager/${KEY}`);
      const watching = await startWatching({ target: bot.url, rules: SHORT, alertmanager: alertmanager.url });
      const fired = new Set<string>();
      const until = (...alerts: readonly string[]) =>
        soon(`${alerts.join(', ')} beside ${[...fired].join(', ')}`, async () => {
          for (const { metric } of await watching.query('ALERTS{alertstate="firing"}')) {
            fired.add(metric['alertname'] ?? '');
          }
          return alerts.every((it) => fired.has(it));
        });
      try {
        await bot.call('POST', '/api/v1/config/apply', { file: setupFor(receiver.url) });
        await failing(bot, receiver, 'first');
        for (const time of ['second', 'third']) {
          receiver.answers(200);
          await bot.rests();
          // It is tried again after a minute, and what waits for it a little later.
          clock.jump(90_000);
          await breakerIs(bot, 0);
          await failing(bot, receiver, time);
        }
        await until('BreakerFlapping', 'DestinationErrors');
        await fires(bot, 120, 'storm');
        await until('BreakerRejections');
        clock.jump(301_000);
        await until('BreakerOpen');

        await bot.call('GET', '/api/v1/incidents');
        await sleep(600);
        wire.cut();
        await Promise.all(Array.from({ length: 30 }, () => bot.call('GET', '/api/v1/incidents')));
        wire.mend();
        await until('HighErrorRate', 'HighLatency');
        expect([...fired].filter((it) => SIX.includes(it)).toSorted()).toEqual(SIX);

        const own = await bot
          .until(() => ownIncident(bot))
          .catch(async (error: unknown) => {
            const told = await tellings(alertmanager.url);
            const list = await bot.call('GET', '/api/v1/incidents?page_size=1');
            throw new Error(`${told}\nthe list: ${list.status} ${JSON.stringify(list.body)}`, {
              cause: error,
            });
          });
        expect(own).toMatchObject({ source: 'alertmanager' });
      } finally {
        await watching.stop();
        await alertmanager.stop();
        await bot.stop();
        await Promise.all([receiver.close(), wire.close()]);
      }
    });
  },
);

/** Each fire pages several addresses, so that on a slow machine too more calls a second are rejected than the rule allows. */
function setupFor(receiver: string): string {
  const targets = [1, 2, 3, 4, 5].map((it) => `'webhook:${receiver}/${it}'`);
  return `
version: 1
people: { admin: { name: Demo Admin, role: admin } }
policies: { all: { levels: [{ targets: [${targets.join(', ')}], wait: 1h }] } }
default_policy: all
`;
}

/** The incident that the program has of itself, whichever rule was the first to open it; all others are of `fires`. */
async function ownIncident(bot: Bot): Promise<object | undefined> {
  for (const page of [1, 2, 3]) {
    const { body } = await bot.call('GET', `/api/v1/incidents?page_size=100&page=${page}`);
    const { incidents } = body as { incidents?: { title: string }[] };
    const own = incidents?.find(({ title }) => title !== DOWN);
    if (own) return own;
  }
  return undefined;
}

/** What Alertmanager says of what it told the program. */
async function tellings(url: string): Promise<string> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const lines = metrics.split('\n').filter((it) => /^alertmanager_(?:alerts\b|notif.*webhook)/.test(it));
  return lines.filter((it) => !it.includes('bucket')).join('\n');
}

/** So many things go wrong at once, each with an incident of its own that somebody is paged for. */
async function fires(bot: Bot, count: number, name: string): Promise<void> {
  const alerts = Array.from({ length: count }, (_, index) => {
    const labels = { alertname: DOWN, severity: 'critical', service: `${name}-${index}` };
    return {
      status: 'firing',
      labels,
      annotations: {},
      startsAt: '2026-11-21T00:00:00Z',
      fingerprint: `${name}${index}`,
    };
  });
  const body = { version: '4', groupKey: '{}', status: 'firing', receiver: 'us', alerts };
  expect((await bot.posts('alertmanager', body)).status).toBe(202);
}

async function failing(bot: Bot, receiver: Receiver, name: string): Promise<void> {
  receiver.answers(500);
  await fires(bot, 8, name);
  await breakerIs(bot, 2);
}

/** 0: it is closed; 2: it is open. */
async function breakerIs(bot: Bot, state: number): Promise<void> {
  await bot.until(async () => {
    const { body } = await bot.call('GET', '/metrics');
    return String(body).includes(`breaker_state{destination="webhook"} ${state}\n`);
  });
}

interface Receiver {
  readonly url: string;
  answers(status: number): void;
  close(): Promise<void>;
}

async function startReceiver(): Promise<Receiver> {
  let status = 200;
  const server = createWebServer((request, response) => {
    request.resume();
    response.writeHead(status).end();
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}/pages`,
    answers: (given) => void (status = given),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A wire to the database's socket that can be cut. */
async function startWire(databaseUrl: string) {
  const to = new URL(databaseUrl);
  const socketOf = path.join(to.searchParams.get('host') ?? '', '.s.PGSQL.5432');
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(socketOf);
    for (const [it, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(it);
      it.on('error', () => other.destroy());
      it.on('close', () => {
        sockets.delete(it);
        other.destroy();
      });
      it.pipe(other);
    }
  });
  const port = await listening(server);
  const drop = () => {
    for (const it of sockets) it.destroy();
  };
  return {
    url: `postgres://postgres@127.0.0.1:${port}${to.pathname}`,
    cut: () => {
      isCut = true;
      drop();
    },
    mend: () => void (isCut = false),
    close: async () => {
      drop();
      server.close();
      await sleep(0);
    },
  };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
