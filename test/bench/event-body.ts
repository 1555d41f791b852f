/** Events of the benches are of so many services. */
export const SERVICES = 50;

/** One event, as a program posts it; `ms` is what it measured. */
export function eventBody(of: {
  readonly id: string;
  readonly service: string;
  readonly alert: number;
  readonly ms: number;
}): string {
  const { id, service, alert, ms } = of;
  return JSON.stringify({
    event_id: id,
    source: 'bench',
    timestamp: new Date().toISOString(),
    event_type: 'alert',
    category: 'performance',
    title: `Latency of endpoint ${alert} is above its threshold`,
    description: 'The 95th percentile has been above 2 s for five minutes.',
    severity: 'P3',
    resource: { type: 'service', id: service, name: service, metadata: {} },
    tags: { service, endpoint: `/v1/things/${alert}`, environment: 'production' },
    metrics: { p95_latency_ms: ms },
  });
}
