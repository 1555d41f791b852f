import { z } from 'zod';

import { setting, text } from './config-chat.ts';
import { UserError } from './errors.ts';
import type { Looking } from './llm/investigate-settings.ts';
import type { Source } from './llm/tools/http/get.ts';

/** The settings of what a model may look at while it looks for a cause. What has none is not offered to it. */
export const TOOL_SETTINGS = {
  INVESTIGATE: setting(
    'Looking for the cause by a model: auto (P0 and P1 by itself, others when asked), asked, or off (rules alone).',
    z.enum(['auto', 'asked', 'off']).default('auto'),
  ),
  PROMETHEUS_URL: setting('Prometheus that a model may ask, like `http://prometheus:9090`.', endpoint()),
  PROMETHEUS_TOKEN: setting('Prometheus: a bearer token, where it wants one.', text()),
  LOKI_URL: setting('Loki whose logs a model may search, like `http://loki:3100`.', endpoint()),
  LOKI_TOKEN: setting('Loki: a bearer token, where it wants one.', text()),
  LOKI_TENANT: setting('Loki: the tenant, where it has several.', text()),
  KUBERNETES_URL: setting(
    'Kubernetes that a model may read pods, events and deployments of, like `https://kubernetes.default.svc`.',
    endpoint(),
  ),
  KUBERNETES_TOKEN: setting('Kubernetes: the token of a service account that may only read.', text()),
  KUBERNETES_CA: setting(
    'Kubernetes: its certificate (PEM), where no public authority vouches for it.',
    z.string().includes('-----BEGIN CERTIFICATE-----').optional(),
  ),
  RUNBOOK_HOSTS: setting(
    'Hosts whose runbooks a model may read, separated by commas, like `wiki.example.com`. Of others it knows the address.',
    z
      .string()
      .default('')
      .transform((it) => it.split(',').map((host) => host.trim().toLowerCase()))
      .transform((hosts) => hosts.filter((host) => host !== ''))
      .refine(
        (hosts) => hosts.every((host) => /^[a-z0-9.-]+(?::\d+)?$/.test(host)),
        'write hosts, not addresses',
      ),
  ),
} as const;

type Schemas = { readonly [K in keyof typeof TOOL_SETTINGS]: (typeof TOOL_SETTINGS)[K]['schema'] };
type Raw = z.output<z.ZodObject<Schemas>>;

/** @throws UserError that names what is missing */
export function toLooking(raw: Raw): Looking {
  return {
    mode: raw.INVESTIGATE,
    outside: {
      prometheus: source('Prometheus', raw.PROMETHEUS_URL, bearer(raw.PROMETHEUS_TOKEN)),
      loki: source('Loki', raw.LOKI_URL, {
        ...bearer(raw.LOKI_TOKEN),
        ...(raw.LOKI_TENANT === undefined ? {} : { 'x-scope-orgid': raw.LOKI_TENANT }),
      }),
      kubernetes: kubernetesOf(raw),
      runbookHosts: raw.RUNBOOK_HOSTS,
    },
  };
}

function kubernetesOf(raw: Raw): Source | undefined {
  const { KUBERNETES_URL: url, KUBERNETES_TOKEN: token, KUBERNETES_CA: ca } = raw;
  if (url !== undefined && token === undefined) {
    throw new UserError(
      'bad_arguments',
      'Set KUBERNETES_TOKEN too. `kubectl create token <service account>` gives one.',
    );
  }
  const made = source('Kubernetes', url, bearer(token));
  return made && ca !== undefined ? { ...made, ca } : made;
}

function source(
  name: string,
  url: string | undefined,
  headers: Readonly<Record<string, string>>,
): Source | undefined {
  return url === undefined ? undefined : { name, url: url.replace(/\/+$/, ''), headers };
}

function bearer(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

function endpoint() {
  return z
    .url({ protocol: /^https?$/ })
    .refine(
      (it) => new URL(it).search === '' && new URL(it).username === '',
      'leave out what follows a `?`, and names',
    )
    .optional();
}
