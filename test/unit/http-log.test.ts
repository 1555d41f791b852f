import { Writable } from 'node:stream';

import { describe, expect, test } from 'vitest';

import { newKey, writeKey } from '#src/access/secrets.ts';
import { hideSecrets, makeLog } from '#src/log.ts';
import { Metrics } from '#src/metrics.ts';

function logged(write: (log: ReturnType<typeof makeLog>) => void): string {
  let text = '';
  const into = new Writable({ write: (chunk, _, done) => (text += String(chunk)) && done() });
  write(makeLog({ level: 'info' }, into));
  return text;
}

describe('the log', () => {
  const key = newKey();

  test('has no secret in it, whatever field or sentence it comes in', () => {
    const text = logged((log) => {
      log.info(
        { headers: { authorization: 'Bearer abc123', cookie: 'im_session=abc123', 'x-api-key': 'abc123' } },
        'asked',
      );
      log.info({ token: 'abc123', deep: { secret: 'abc123' }, password: 'abc123' }, 'made');
      log.error({ err: new Error(`cannot use ${writeKey(key)}`) }, `failed with ${writeKey(key)}`);
      log.info(
        { url: '/webhooks/sentinel/abc123?x=1', other: 'http://x/sign-in/abc123' },
        'http://x/ack/abc123 /api/v1/webhooks/changes/github/abc123',
      );
      log.info(
        { twilio: { authToken: 'abc123' }, email: { smtpUrl: 'abc123' }, privateKey: 'abc123' },
        'set',
      );
      log.warn('postgres://user:abc123@db.example/incidents is away');
    });
    expect(text).not.toContain('abc123');
    expect(text).not.toContain(key.secret);
    expect(text).toContain(`im_${key.id}_[secret]`);
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toHaveLength(6);
  });

  test('keeps what is no secret', () => {
    const line = '{"route":"/webhooks/{source}/{key}","url":"http://db.example:5432/x","at":"12:30"}';
    expect(hideSecrets(line)).toBe(line);
    const changes = '{"route":"/webhooks/changes/{source}/{key}"}';
    expect(hideSecrets(changes)).toBe(changes);
  });
});

describe('figures', () => {
  test('what happens is counted under its own name', async () => {
    const metrics = new Metrics({ version: '1.2.3' });
    metrics.forRoute('GET', '/x')(200, 0.002);
    metrics.intakeFlushed(25, 0.003);
    metrics.reactionRan('page', 'retry', 0.2);
    metrics.timerFired('sla-resolution', 120);
    metrics.sockets(2);
    const { text } = await metrics.text();
    for (const line of [
      'incident_manager_info{version="1.2.3"} 1',
      'http_requests_total{method="GET",route="/x",status="200"} 1',
      'intake_batch_alerts_bucket{le="25"} 1',
      'reactions_total{reaction="page",outcome="retry"} 1',
      'timer_lateness_seconds_bucket{le="0.25",kind="sla-resolution"} 1',
      'web_sockets 2',
    ]) {
      expect(text).toContain(line);
    }
  });

  test('a figure that cannot be looked up does not take the others along', async () => {
    const metrics = new Metrics({ version: '1' });
    metrics.look({
      incidents: () => Promise.reject(new Error('away')),
      queue: async () => [{ lane: 'any', depth: 4, oldestSeconds: 9 }],
      intakeDepth: () => 7,
    });
    const { text } = await metrics.text();
    expect(text).toContain('queue_depth{lane="any"} 4');
    expect(text).toContain('queue_oldest_seconds{lane="any"} 9');
    expect(text).toContain('intake_depth 7');
    expect(text).toContain('scrape_failures_total 1');
  });

  test('a figure that cannot be looked up is left out: 0 would be a lie, and a counter begun anew an alert', async () => {
    const metrics = new Metrics({ version: '1' });
    let isAway = false;
    const found = async <T>(figures: T): Promise<T> => {
      if (isAway) throw new Error('away');
      return figures;
    };
    metrics.look({
      incidents: () => found([]),
      queue: () => found([{ lane: 'any', depth: 4, oldestSeconds: 9 }]),
      timers: () => found({ waiting: 3, overdueSeconds: 2 }),
      outbox: () => found(5),
      syntheticPages: () => found({ latencyMs: 1500, failures: 3 }),
      intakeDepth: () => 7,
    });
    const NAMES = [
      'queue_depth',
      'queue_oldest_seconds',
      'timers_waiting',
      'timers_overdue_seconds',
      'outbox_events',
    ];
    const names = [...NAMES, 'synthetic_page_failures_total', 'synthetic_page_latency_seconds'];
    const told = async () => {
      const { text } = await metrics.text();
      return names.filter((name) => new RegExp(`^${name}[ {]`, 'm').test(text));
    };
    expect(await told()).toEqual(names);
    isAway = true;
    expect(await told()).toEqual([]);
    isAway = false;
    expect((await metrics.text()).text).toContain('synthetic_page_failures_total 3');
  });
});
