import { randomUUID } from 'node:crypto';

import { Connection } from 'rabbitmq-client';

/** One anomaly as Sentinel's code emits it. */
export function anomaly(about: { id?: string; service?: string; severity?: string } = {}) {
  const { id = randomUUID(), service = 'answer-api', severity = 'high' } = about;
  return {
    alert_id: id,
    timestamp: new Date().toISOString(),
    severity,
    anomaly_type: 'error_rate_increase',
    service_name: service,
    model: 'claude-sonnet',
    detection_method: 'cusum',
    confidence: 0.93,
    details: {
      metric: 'error_rate',
      value: 0.2,
      baseline: 0.01,
      threshold: 0.05,
      deviation_sigma: 7,
      additional: {},
    },
    context: {
      trace_id: null,
      user_id: null,
      region: null,
      time_window: '5m',
      sample_count: 9,
      additional: {},
    },
    root_cause: null,
    remediation: [],
    related_alerts: [],
    runbook_url: null,
  };
}

/** Sentinel, as far as its queue goes: it declares its exchange, and tries again until a message is confirmed. */
export class Sentinel {
  readonly rabbit: Connection;
  readonly #publisher: ReturnType<Connection['createPublisher']>;

  constructor(url: string) {
    this.rabbit = new Connection({ url, retryLow: 50, retryHigh: 200 });
    this.rabbit.on('error', () => {});
    const exchanges = [{ exchange: 'sentinel.alerts', type: 'topic', durable: true }];
    this.#publisher = this.rabbit.createPublisher({ confirm: true, maxAttempts: 200, exchanges });
  }

  /** Answers its id. */
  async raises(one = anomaly()): Promise<string> {
    await this.says(JSON.stringify(one), { messageId: one.alert_id, routingKey: `alert.${one.severity}` });
    return one.alert_id;
  }

  /** Anything at all. */
  async says(
    body: string | Buffer,
    about: { messageId?: string; routingKey?: string; contentType?: string } = {},
  ): Promise<void> {
    const envelope = { exchange: 'sentinel.alerts', routingKey: 'alert.high', durable: true, ...about };
    await this.#publisher.send({ contentType: 'application/json', ...envelope }, Buffer.from(body));
  }

  async close(): Promise<void> {
    await this.#publisher.close();
    await this.rabbit.close();
  }
}
