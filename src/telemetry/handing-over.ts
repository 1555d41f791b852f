import { TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';

import type { TelemetrySettings } from './settings.ts';

/** Told what became of spans. */
export interface SpansObserver {
  exported(spans: number): void;
  /** `full`: more came than could be handed over; `refused`: the collector did not take them. */
  dropped(spans: number, why: 'full' | 'refused'): void;
}

/** The library's word for success. */
const TAKEN = 0;
/** Spans that wait to be handed over, and those that are on their way; some 2 MB. Those beyond are dropped. */
const MOST_WAITING = 4096;
const AT_ONCE = 512;
const EVERY_MS = 1000;
/** A collector that needs longer has not taken them. */
const PATIENCE_MS = 10_000;

/**
 * Hands spans to a collector, a second's at a time, by OTLP over HTTP. Nobody
 * ever waits for that: where the collector is away or too slow, spans are
 * dropped and counted.
 */
export function handingOver(
  { url, headers }: Pick<TelemetrySettings, 'url' | 'headers'>,
  observer: SpansObserver,
): SpanProcessor {
  const exporter = new OTLPTraceExporter({
    url,
    headers: { ...headers },
    timeoutMillis: PATIENCE_MS,
    concurrencyLimit: 4,
  });
  let waiting = 0;
  const counted: SpanExporter = {
    export(spans, done) {
      exporter.export(spans, (result) => {
        waiting -= spans.length;
        const code: number = result.code;
        if (code === TAKEN) observer.exported(spans.length);
        else observer.dropped(spans.length, 'refused');
        done(result);
      });
    },
    shutdown: async () => await exporter.shutdown(),
    forceFlush: async () => await exporter.forceFlush(),
  };
  const batches = new BatchSpanProcessor({
    exporter: counted,
    maxQueueSize: MOST_WAITING,
    maxExportBatchSize: AT_ONCE,
    scheduledDelayMillis: EVERY_MS,
    exportTimeoutMillis: PATIENCE_MS + EVERY_MS,
  });
  return {
    onStart: () => {},
    onEnd(span: ReadableSpan) {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
      if (waiting >= MOST_WAITING) return observer.dropped(1, 'full');
      waiting += 1;
      batches.onEnd(span);
    },
    forceFlush: async () => await batches.forceFlush(),
    shutdown: async () => await batches.shutdown(),
  };
}
