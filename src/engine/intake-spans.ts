import { traced, type Span } from '#src/telemetry/trace.ts';

import type { Received } from './ingest.ts';

/** What a request waits by: its span, and its alerts as what came by it. */
export interface Waits {
  readonly received: readonly Received[];
  readonly span: Span;
}

/** The alerts as what came by this request: what follows from them goes on in its trace. */
export function cameBy(received: readonly Received[], { id }: Span): readonly Received[] {
  return id === null ? received : received.map((it) => ({ ...it, trace: id }));
}

/**
 * Commits a batch as one span. It does the work of many requests: it is a part of the trace of the first that
 * is told, and points to the others as they point to it.
 */
export async function tracedBatch<T>(batch: readonly Waits[], commit: () => Promise<T>): Promise<T> {
  const ids = batch.flatMap(({ span }) => span.id ?? []);
  const told = ids.filter((it) => it.endsWith(SAMPLED));
  const [first = ids[0] ?? null, ...links] = told;
  const attributes = {
    requests: batch.length,
    alerts: batch.reduce((sum, it) => sum + it.received.length, 0),
  };
  return await traced('commit a batch', { from: first, links, attributes }, async ({ id }) => {
    for (const { span } of batch) if (span.id !== first) span.link(id);
    return await commit();
  });
}

const SAMPLED = '-01';
