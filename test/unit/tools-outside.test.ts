import { describe, expect, it, onTestFinished } from 'vitest';

import { getKubernetes } from '#src/llm/tools/get-kubernetes.ts';
import { getRunbook } from '#src/llm/tools/get-runbook.ts';
import { queryPrometheus } from '#src/llm/tools/query-prometheus.ts';
import { searchLogs } from '#src/llm/tools/search-logs.ts';
import { startFakeServer } from '#test/support/notify/fake-server.ts';
import { KUBERNETES_TOKEN, POD_ILL, POD_WELL, startKubernetes } from '#test/support/tools/kubernetes.ts';
import { LOKI_TENANT, LOKI_TOKEN, startLoki } from '#test/support/tools/loki.ts';
import { PROMETHEUS_TOKEN, startFakePrometheus, startPrometheus } from '#test/support/tools/prometheus.ts';
import { at, ONSET, scopeOf, WINDOW } from '#test/support/tools/seen.ts';

describe('Prometheus', () => {
  const range = { query: 'up{job="checkout"}', kind: 'range', from: null, to: null } as const;

  async function scope() {
    const server = await startFakePrometheus(ONSET);
    onTestFinished(async () => await server.close());
    const headers = { authorization: `Bearer ${PROMETHEUS_TOKEN}` };
    const prometheus = { name: 'Prometheus', url: server.url, headers };
    return { server, scope: scopeOf({ outside: { prometheus } }) };
  }

  it('is told as figures that code has counted', async () => {
    const { scope: it } = await scope();
    const { findings } = await queryPrometheus.run(range, it);
    expect(findings[0]?.text).toBe(
      'up{job="checkout"} {__name__="up", instance="10.0.0.7:9100", job="checkout"}: first 1 at 2026-03-01 02:00:00; last 0 at 2026-03-01 09:00:00; highest 1 at 2026-03-01 02:00:00; lowest 0 at 2026-03-01 08:04:00; 61 values',
    );
    expect(findings[0]).toMatchObject({ about: 'checkout', at: WINDOW.to });
  });

  it('is asked for nothing outside of the window of the incident', async () => {
    const { server, scope: it } = await scope();
    const far = { ...range, from: '2020-01-01T00:00:00Z', to: '2030-01-01T00:00:00Z' };
    await queryPrometheus.run(far, it);
    const asked = new URL(server.requests[0]?.path ?? '', 'http://x').searchParams;
    expect(Number(asked.get('start'))).toBe(WINDOW.from.getTime() / 1000);
    expect(Number(asked.get('end'))).toBe(WINDOW.to.getTime() / 1000);
  });

  it('answers an instant, no series, and a wrong expression in words', async () => {
    const { scope: it } = await scope();
    const instant = await queryPrometheus.run({ ...range, kind: 'instant', to: at(30).toISOString() }, it);
    expect(instant.findings[0]?.text).toContain(': 0 at 2026-03-01 08:30:00');
    const none = await queryPrometheus.run({ ...range, query: 'nothing' }, it);
    expect(none).toMatchObject({ findings: [], note: expect.stringContaining('No series') as string });
    await expect(queryPrometheus.run({ ...range, query: 'sum(up' }, it)).rejects.toThrow(
      /400: invalid parameter "query"/,
    );
  });

  it('is asked as it wants to be asked: a real one, where this machine has one', async () => {
    const { url, headers, stop } = await startPrometheus();
    onTestFinished(stop);
    const now = new Date();
    const window = { from: new Date(now.getTime() - 600_000), to: now };
    const it = { ...scopeOf({ outside: { prometheus: { name: 'Prometheus', url, headers } } }), window };
    const instant = await queryPrometheus.run({ ...range, query: 'up', kind: 'instant' }, it);
    expect(instant.findings[0]?.text).toMatch(/^up \{__name__="up", instance=".+", job=".+"\}: 1 at /);
    expect((await queryPrometheus.run({ ...range, query: 'up' }, it)).findings.length).toBeLessThanOrEqual(1);
    await expect(queryPrometheus.run({ ...range, query: 'sum(' }, it)).rejects.toThrow(/parse error/);
  });
});

describe('Loki', () => {
  it('answers with lines of the window, oldest first, under ids that stay the same', async () => {
    const server = await startLoki();
    onTestFinished(async () => await server.close());
    server.store({ app: 'checkout', pod: 'checkout-1' }, [
      [at(-1), 'connection refused'],
      [at(1), 'connection timeout after 30s'],
    ]);
    server.store({ app: 'search' }, [[at(0), 'connection timeout']]);
    const headers = { authorization: `Bearer ${LOKI_TOKEN}`, 'x-scope-orgid': LOKI_TENANT };
    const scope = scopeOf({ outside: { loki: { name: 'Loki', url: server.url, headers } } });
    const asked = { query: '{app="checkout"} |= "connection"', from: null, to: null };
    const { findings } = await searchLogs.run(asked, scope);
    expect(findings.map(({ text }) => text)).toEqual([
      'checkout-1: connection refused',
      'checkout-1: connection timeout after 30s',
    ]);
    expect(findings[0]).toMatchObject({ at: at(-1), about: 'checkout' });
    const later = await searchLogs.run({ ...asked, from: at(0).toISOString() }, scope);
    expect(later.findings.map(({ id }) => id)).toEqual([findings[1]?.id]);
  });
});

describe('Kubernetes', () => {
  async function scope(objects: Readonly<Record<string, readonly object[]>>) {
    const server = await startKubernetes(objects);
    onTestFinished(async () => await server.close());
    const headers = { authorization: `Bearer ${KUBERNETES_TOKEN}` };
    return scopeOf({ outside: { kubernetes: { name: 'Kubernetes', url: server.url, headers } } });
  }

  it('shows pods that are unwell first, and never what their specification says', async () => {
    const it = await scope({ pods: [POD_WELL, POD_ILL] });
    const { findings } = await getKubernetes.run({ what: 'pods', namespace: 'shop', name: null }, it);
    expect(findings.map(({ text }) => text)).toEqual([
      'Pod checkout-7d4f-x2x: Running; 0 of 1 containers ready; 7 restarts; waits: CrashLoopBackOff back-off 5m0s restarting; ended: OOMKilled (137)',
      'Pod search-1: Running; 1 of 1 containers ready; 0 restarts',
    ]);
    expect(JSON.stringify(findings)).not.toContain('never to be read');
  });

  it('shows events of the window, warnings first, and deployments that lack replicas', async () => {
    const event = (name: string, type: string, lastTimestamp: string) => ({
      metadata: { name: `${name}.1` },
      type,
      reason: 'BackOff',
      message: `about ${name}`,
      count: 3,
      involvedObject: { kind: 'Pod', name },
      lastTimestamp,
    });
    const it = await scope({
      events: [
        event('well', 'Normal', at(1).toISOString()),
        event('ill', 'Warning', at(2).toISOString()),
        event('long-ago', 'Warning', '2020-01-01T00:00:00Z'),
      ],
      deployments: [
        {
          metadata: { name: 'search' },
          spec: { replicas: 1 },
          status: { readyReplicas: 1, updatedReplicas: 1 },
        },
        {
          metadata: { name: 'checkout' },
          spec: { replicas: 3 },
          status: {
            conditions: [{ type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable' }],
          },
        },
      ],
    });
    const events = await getKubernetes.run({ what: 'events', namespace: 'shop', name: null }, it);
    expect(events.findings.map(({ text }) => text)).toEqual([
      'Warning BackOff of Pod ill (3 times): about ill',
      'Normal BackOff of Pod well (3 times): about well',
    ]);
    const deployments = await getKubernetes.run({ what: 'deployments', namespace: 'shop', name: null }, it);
    expect(deployments.findings[0]?.text).toBe(
      'Deployment checkout: 0 of 3 replicas ready, 0 of the latest version; Available MinimumReplicasUnavailable',
    );
    const other = getKubernetes.run({ what: 'pods', namespace: 'bank', name: null }, it);
    await expect(other).rejects.toThrow('Kubernetes: answered with 403');
  });
});

describe('a runbook', () => {
  it('is read from hosts of the list alone, without its markup', async () => {
    const body = '<h1>Checkout</h1><script>bad()</script><p>If the pool is full &amp; stuck: restart it.</p>';
    const server = await startFakeServer(() => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body,
    }));
    onTestFinished(async () => await server.close());
    const sight = {
      runbooks: async () => [
        { id: 'runbook:checkout', service: 'checkout', url: `${server.url}/wiki?page=1` },
      ],
    };
    const closed = await getRunbook.run({ service: 'Checkout' }, scopeOf({ sight }));
    expect(closed.findings.map(({ id }) => id)).toEqual(['runbook:checkout']);
    expect(server.requests).toEqual([]);
    const runbookHosts = [new URL(server.url).host];
    const open = await getRunbook.run({ service: 'checkout' }, scopeOf({ sight, outside: { runbookHosts } }));
    expect(open.findings.map(({ text }) => text)).toEqual([
      `The runbook of checkout is at ${server.url}/wiki?page=1`,
      'Checkout If the pool is full & stuck: restart it.',
    ]);
    expect(server.requests[0]?.path).toBe('/wiki?page=1');
  });

  it('is its address where it cannot be read', async () => {
    const sight = {
      runbooks: async () => [{ id: 'runbook:checkout', service: 'checkout', url: 'http://127.0.0.1:1/x' }],
    };
    const { findings, note } = await getRunbook.run(
      { service: 'checkout' },
      scopeOf({ sight, outside: { runbookHosts: ['127.0.0.1:1'] } }),
    );
    expect(findings).toHaveLength(1);
    expect(note).toContain('could not be reached');
  });
});
