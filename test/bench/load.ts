import { Agent, request } from 'node:http';

/** Latencies of one run, in milliseconds, measured from when a request was due, not from when it could be sent. */
export interface Figures {
  readonly sent: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Requests a second, and for how many seconds. */
  readonly rate: number;
  readonly seconds: number;
  readonly connections: number;
  body(index: number): string;
  /** True when the answer is the one hoped for. */
  accepted(status: number): boolean;
}

/**
 * Sends at a fixed rate however slow the answers are, as senders do: a server
 * that stalls is charged for every request that was due meanwhile.
 */
export async function pace(load: Load): Promise<Figures> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  const total = Math.round(load.rate * load.seconds);
  const latencies: number[] = [];
  let failed = 0;
  let sent = 0;
  const start = performance.now();
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();

  const one = async (index: number, dueAt: number) => {
    const status = await post(load, agent, load.body(index)).catch(() => 0);
    latencies.push(performance.now() - dueAt);
    if (!load.accepted(status)) failed += 1;
    if (latencies.length === total) finish();
  };
  const timer = setInterval(() => {
    const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * load.rate));
    for (; sent < due; sent += 1) void one(sent, start + (sent / load.rate) * 1000);
    if (sent === total) clearInterval(timer);
  }, 1);
  await finished;
  agent.destroy();
  const elapsed = (performance.now() - start) / 1000;
  return { sent: total, failed, perSecond: Math.round(total / elapsed), ...percentiles(latencies) };
}

export function percentiles(samples: readonly number[]): Pick<Figures, 'p50' | 'p95' | 'p99' | 'max'> {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

async function post({ url, headers }: Load, agent: Agent, body: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const outgoing = request(
    url,
    {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    },
    (incoming) => {
      incoming.resume();
      incoming.once('end', () => resolve(incoming.statusCode ?? 0));
    },
  );
  outgoing.once('error', reject);
  outgoing.end(body);
  return await promise;
}
