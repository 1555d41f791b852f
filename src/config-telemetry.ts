import { z } from 'zod';

import { setting, text } from './config-chat.ts';
import { UserError } from './errors.ts';
import { SAMPLERS, type TelemetrySettings } from './telemetry/settings.ts';

/** The settings of traces, by the standard's own names. Without an address nothing of it is even loaded. */
export const TELEMETRY_SETTINGS = {
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(
    'Traces: where an OpenTelemetry collector takes them by OTLP over HTTP, like http://localhost:4318. Not set: there are none.',
    z.url({ protocol: /^https?$/ }).optional(),
  ),
  OTEL_EXPORTER_OTLP_HEADERS: setting(
    'Traces: headers that the collector wants, like `api-key=...`; separated by commas, percent-encoded.',
    text(),
  ),
  OTEL_SERVICE_NAME: setting(
    'Traces: what this installation is called in them.',
    z.string().min(1).default('llm-incident-manager'),
  ),
  OTEL_TRACES_SAMPLER: setting(
    `Traces: which are told: ${SAMPLERS.join(', ')}.`,
    z.enum(SAMPLERS).default('parentbased_always_on'),
  ),
  OTEL_TRACES_SAMPLER_ARG: setting(
    'Traces: of 1, how many, for samplers that take a ratio; 0.01 is enough where much comes in.',
    z.coerce.number().min(0).max(1).default(1),
  ),
} as const;

type Schemas = { readonly [K in keyof typeof TELEMETRY_SETTINGS]: (typeof TELEMETRY_SETTINGS)[K]['schema'] };
type Raw = z.output<z.ZodObject<Schemas>>;

/** Undefined: there are no traces. Throws UserError where the headers cannot be read. */
export function toTelemetry(raw: Raw): TelemetrySettings | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = raw;
  if (endpoint === undefined) return undefined;
  return {
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: headersIn(raw.OTEL_EXPORTER_OTLP_HEADERS ?? ''),
    serviceName: raw.OTEL_SERVICE_NAME,
    sampler: raw.OTEL_TRACES_SAMPLER,
    ratio: raw.OTEL_TRACES_SAMPLER_ARG,
  };
}

/** Named in no error: they are most often keys. */
function headersIn(given: string): Record<string, string> {
  const pairs = given.split(',').filter((it) => it.trim() !== '');
  return Object.fromEntries(pairs.map((pair) => headerIn(pair)));
}

function headerIn(pair: string): [string, string] {
  const at = pair.indexOf('=');
  const name = pair.slice(0, Math.max(0, at)).trim();
  try {
    const value = decodeURIComponent(pair.slice(at + 1).trim());
    const [header] = new Headers([[name, value]]);
    if (header) return header;
    throw new TypeError('it has no name');
  } catch {
    throw new UserError(
      'bad_arguments',
      'OTEL_EXPORTER_OTLP_HEADERS: it should look like `name=value,other=value`, percent-encoded.',
    );
  }
}
