import { expect } from 'vitest';

import { test } from '#test/support/database.ts';
import { startSmtp } from '#test/support/notify/smtp.ts';
import { startCollector, type Collector, type ToldSpan } from '#test/support/otlp.ts';
import { startProgram, type Program } from '#test/support/program.ts';
import { soon } from '#test/support/soon.ts';

const SETUP = `
version: 1
people:
  admin: { name: Demo Admin, role: admin }
  responder: { name: Demo Responder, contacts: ['email:responder@example.com'] }
policies:
  all:
    levels:
      - { targets: [person:responder], wait: 30s }
default_policy: all
rules:
  responder: { high: [email], low: [email] }
`;

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
/** What a stranger writes must not come into a trace. */
const STRANGE = 'zyzzyva';

test('one trace leads from a webhook to the page, also where another process hands that over', async ({
  place: { dataDir, databaseUrl },
}) => {
  const smtp = await startSmtp();
  const collector = await startCollector();
  const env = {
    DATA_DIR: dataDir,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    SMTP_URL: smtp.smtpUrl,
    SMTP_FROM: 'incidents@example.com',
    SMTP_CA: smtp.ca,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_SERVICE_NAME: 'incidents-of-tests',
    OTEL_TRACES_SAMPLER: 'parentbased_always_off',
  };
  let program = await startProgram(env);
  try {
    expect((await program.call('POST', '/api/v1/config/apply', { file: SETUP })).status).toBe(200);
    expect(collector.spans, 'nothing is told of what nobody asked to be told').toEqual([]);
    // The mail is refused for as long as this process lives.
    for (let times = 0; times < 20; times += 1) {
      smtp.next({ at: 'connect', reply: { code: 421, text: 'later' } });
    }
    const taken = await alert(program);
    expect(taken.status).toBe(202);
    await told(collector, 'call email');
    await told(collector, 'reaction open-room@web');
    await program.kill();
    smtp.forgive();

    program = await startProgram(env);
    const [mail] = await soon('the mail', async () => {
      const mails = await smtp.mails();
      return mails.length > 0 && mails;
    });
    expect(mail?.subject).toContain(STRANGE);
    await soon('the trace of it', async () =>
      collector.spans.some((it) => it.name === 'call email' && it.attributes['outcome'] === 'ok'),
    );
    expect(collector.complaints).toEqual([]);
    holdsTogether(collector.spans);
    expect(collector.bytes().includes(STRANGE), 'words of strangers').toBe(false);
    expect(collector.bytes().includes('responder@example.com'), 'addresses of people').toBe(false);
  } finally {
    await program.stop();
    await Promise.all([smtp.close(), collector.close()]);
  }
});

/** As somebody who traces it themselves, and wants to see the rest. */
async function alert(program: Program) {
  const headers = { traceparent: `00-${TRACE}-${CALLER}-01` };
  const labels = { alertname: 'Down', severity: 'critical', service: STRANGE };
  const annotations = { summary: `${STRANGE} is down` };
  const firing = {
    status: 'firing',
    labels,
    annotations,
    startsAt: '2026-11-21T00:00:00Z',
    fingerprint: 'a1',
  };
  const body = { version: '4', groupKey: '{}', status: 'firing', receiver: 'us', alerts: [firing] };
  return await program.call('POST', '/api/v1/events/alertmanager', body, headers);
}

async function told(collector: Collector, name: string): Promise<void> {
  await soon(`the span ${name}`, async () => collector.spans.some((it) => it.name === name));
}

/** All of it is one tree, from the request of the sender to the mail, in two processes. */
function holdsTogether(spans: readonly ToldSpan[]): void {
  expect(new Set(spans.map((it) => it.traceId))).toEqual(new Set([TRACE]));
  expect(new Set(spans.map((it) => it.service))).toEqual(new Set(['incidents-of-tests']));
  const byId = new Map(spans.map((it) => [it.spanId, it]));
  const sent = spans.find((it) => it.name === 'call email' && it.attributes['outcome'] === 'ok');
  const way: string[] = [];
  const instances = new Set<string>();
  let root = '';
  for (let it = sent; it; it = byId.get(it.parentId)) {
    way.unshift(it.name);
    instances.add(it.instance);
    root = it.parentId;
  }
  expect(root).toBe(CALLER);
  expect(way).toEqual([
    'POST /api/v1/events/{source}',
    'take alerts in',
    'relay',
    'reaction escalation',
    'relay',
    'reaction notify@email',
    'call email',
  ]);
  expect(instances.size, 'processes that it went through').toBe(2);
  const names = new Set(spans.map((it) => it.name));
  expect([...names]).toEqual(
    expect.arrayContaining(['commit a batch', 'transaction', 'reaction open-room@web']),
  );
}
