import { z } from 'zod';

import { ProviderError, UserError } from '#src/errors.ts';

import { getJson } from './http/get.ts';
import { evidenceId } from './http/outside.ts';
import type { Finding } from './sight.ts';
import { defineTool } from './tool.ts';

/** Objects that are asked for at once. */
const MOST = 200;

const PATHS = {
  pods: (namespace: string) => `/api/v1/namespaces/${namespace}/pods`,
  events: (namespace: string) => `/api/v1/namespaces/${namespace}/events`,
  deployments: (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments`,
} as const;

export const getKubernetes = defineTool({
  name: 'get_kubernetes',
  description:
    'Reads from Kubernetes as it is now: `pods` (their state, restarts and why they wait), `events` (what the cluster reported in the window of the incident) or `deployments` (how many replicas are there) of one namespace. What is unwell comes first. Specifications and secrets are never read.',
  input: z.strictObject({
    what: z.enum(['pods', 'events', 'deployments']),
    namespace: z
      .string()
      .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'this is no name of a namespace')
      .describe('The namespace, like default'),
    name: z.string().max(200).nullable().describe('Only objects with this in their name; null for all'),
  }),
  isThere: ({ kubernetes }) => kubernetes !== undefined,
  async run({ what, namespace, name }, { outside: { kubernetes }, signal }) {
    if (!kubernetes) throw new UserError('not_found', 'No Kubernetes is set up.');
    const body = await getJson(kubernetes, PATHS[what](namespace), { limit: String(MOST) }, signal);
    const findings = READERS[what](body, namespace).filter(({ text }) => text.includes(name ?? ''));
    return {
      findings,
      ...(findings.length === 0 ? { note: `There are no such ${what} in ${namespace}.` } : {}),
    };
  },
});

const READERS: Record<keyof typeof PATHS, (body: unknown, namespace: string) => Finding[]> = {
  pods: podsIn,
  events: eventsIn,
  deployments: deploymentsIn,
};

function parse<T>(shape: z.ZodType<T>, body: unknown): readonly T[] {
  const read = z.object({ items: z.array(shape) }).safeParse(body);
  if (read.success) return read.data.items;
  throw new ProviderError('Kubernetes', 'answered with something that cannot be read', { retry: false });
}

const Named = z.object({ name: z.string(), labels: z.record(z.string(), z.string()).optional() });

const State = z.object({
  waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
  terminated: z.object({ reason: z.string().optional(), exitCode: z.number().optional() }).optional(),
});

const Pod = z.object({
  metadata: Named,
  status: z.object({
    phase: z.string().optional(),
    reason: z.string().optional(),
    containerStatuses: z
      .array(
        z.object({
          name: z.string(),
          ready: z.boolean(),
          restartCount: z.number(),
          state: State.optional(),
          lastState: State.optional(),
        }),
      )
      .optional(),
  }),
});

function podsIn(body: unknown, namespace: string): Finding[] {
  return parse(Pod, body)
    .map(({ metadata, status }) => {
      const containers = status.containerStatuses ?? [];
      const restarts = containers.reduce((sum, it) => sum + it.restartCount, 0);
      const troubles = containers.flatMap(({ state, lastState }) => [
        ...troublesOf(state),
        ...troublesOf(lastState),
      ]);
      const ready = containers.filter((it) => it.ready).length;
      const said = [
        `Pod ${metadata.name}: ${status.phase ?? 'Unknown'}`,
        ...(status.reason ? [status.reason] : []),
        `${ready} of ${containers.length} containers ready`,
        `${restarts} restarts`,
        ...new Set(troubles),
      ].join('; ');
      const isWell = troubles.length === 0 && restarts === 0 && ready === containers.length;
      return { isWell, restarts, finding: finding(namespace, metadata, said) };
    })
    .toSorted((a, b) => Number(a.isWell) - Number(b.isWell) || b.restarts - a.restarts)
    .map((it) => it.finding);
}

function troublesOf(state: z.output<typeof State> | undefined): string[] {
  const { waiting, terminated } = state ?? {};
  const ended = terminated && terminated.exitCode !== 0;
  return [
    ...(waiting ? [`waits: ${waiting.reason ?? ''} ${waiting.message ?? ''}`.trim()] : []),
    ...(ended ? [`ended: ${terminated.reason ?? ''} (${terminated.exitCode ?? 'no code'})`] : []),
  ];
}

const Event = z.object({
  metadata: Named,
  type: z.string().optional(),
  reason: z.string().nullish(),
  message: z.string().nullish(),
  count: z.number().nullish(),
  involvedObject: z.object({ kind: z.string().optional(), name: z.string().optional() }).optional(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
});

function eventsIn(body: unknown, namespace: string): Finding[] {
  return parse(Event, body)
    .map(({ metadata, type, reason, message, count, involvedObject: on, lastTimestamp, eventTime }) => {
      const at = new Date(lastTimestamp ?? eventTime ?? Number.NaN);
      const times = count && count > 1 ? ` (${count} times)` : '';
      const said = `${type ?? ''} ${reason ?? ''} of ${on?.kind ?? 'something'} ${on?.name ?? ''}${times}: ${message ?? ''}`;
      const isKnown = !Number.isNaN(at.getTime());
      const seen = finding(namespace, { ...metadata, name: on?.name ?? metadata.name }, said.trim());
      return { type, finding: { ...seen, at: isKnown ? at : null } };
    })
    .toSorted((a, b) => Number(a.type !== 'Warning') - Number(b.type !== 'Warning'))
    .map((it) => it.finding);
}

const Deployment = z.object({
  metadata: Named,
  spec: z.object({ replicas: z.number().optional() }).optional(),
  status: z.object({
    readyReplicas: z.number().optional(),
    updatedReplicas: z.number().optional(),
    conditions: z
      .array(
        z.object({
          type: z.string(),
          status: z.string(),
          reason: z.string().optional(),
          message: z.string().optional(),
        }),
      )
      .optional(),
  }),
});

function deploymentsIn(body: unknown, namespace: string): Finding[] {
  return parse(Deployment, body)
    .map(({ metadata, spec, status }) => {
      const wanted = spec?.replicas ?? 1;
      const ready = status.readyReplicas ?? 0;
      const bad = (status.conditions ?? []).filter((it) =>
        it.type === 'ReplicaFailure' ? it.status === 'True' : it.status === 'False',
      );
      const said = [
        `Deployment ${metadata.name}: ${ready} of ${wanted} replicas ready, ${status.updatedReplicas ?? 0} of the latest version`,
        ...bad.map(({ type, reason = '', message = '' }) => `${type} ${reason} ${message}`.trim()),
      ].join('; ');
      return { missing: wanted - ready + bad.length, finding: finding(namespace, metadata, said) };
    })
    .toSorted((a, b) => b.missing - a.missing)
    .map((it) => it.finding);
}

/** As it stood when it was read: it has no time of its own. */
function finding(namespace: string, { name, labels = {} }: z.output<typeof Named>, text: string): Finding {
  const about = labels['app.kubernetes.io/name'] ?? labels['app'] ?? name;
  return { id: evidenceId('kube', namespace, name, text), at: null, about, text };
}
