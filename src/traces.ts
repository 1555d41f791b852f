import { VERSION } from './config.ts';
import type { Metrics } from './metrics.ts';
import type { TelemetrySettings } from './telemetry/settings.ts';
import { useTracing } from './telemetry/trace.ts';

/** Switches traces on where there is somebody to take them; elsewhere their library is not even loaded. */
export async function switchOnTraces(
  settings: TelemetrySettings | undefined,
  metrics: Pick<Metrics, 'spans'>,
): Promise<{ stop(): Promise<void> }> {
  if (!settings) return { stop: async () => {} };
  const { startTracing } = await import('./telemetry/tracing.ts');
  const observer = {
    exported: (spans: number) => metrics.spans(spans, 'exported'),
    dropped: (spans: number, why: 'full' | 'refused') => metrics.spans(spans, why),
  };
  const tracing = startTracing(settings, { version: VERSION, observer });
  useTracing(tracing);
  return {
    async stop() {
      useTracing(null);
      await tracing.stop();
    },
  };
}
