import { TraceFlags } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace';

import type { TelemetrySettings } from './settings.ts';

/** Which traces are told, by the standard's names. */
export function samplerBy({ sampler, ratio }: TelemetrySettings): Sampler {
  const name = sampler.replace('parentbased_', '');
  const own =
    name === 'traceidratio'
      ? new TraceIdRatioBasedSampler(ratio)
      : name === 'always_off'
        ? new AlwaysOffSampler()
        : new AlwaysOnSampler();
  return sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root: afterLinks(own) }) : own;
}

/** What begins late because of something that is told is told too: the page after the timer that it set. */
function afterLinks(own: Sampler): Sampler {
  return {
    shouldSample: (context, traceId, name, kind, attributes, links) =>
      links.some(({ context: { traceFlags } }) => (traceFlags & TraceFlags.SAMPLED) !== 0)
        ? { decision: SamplingDecision.RECORD_AND_SAMPLED }
        : own.shouldSample(context, traceId, name, kind, attributes, links),
    toString: () => `AfterLinks{${own.toString()}}`,
  };
}
