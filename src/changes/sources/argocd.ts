import { z } from 'zod';

import type { ChangeInput, ChangeStatus } from '../change.ts';
import { environmentOf, formOf, part, said, timeOf, words } from '../fields.ts';
import { argocdSamples } from '../samples/argocd.ts';
import { defineChangeSource } from '../source.ts';

const Source = part({ repoURL: words, targetRevision: words, path: words });

/** An Application, as `{{toJson .app}}` writes it. */
const Application = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: words, labels: z.unknown().optional() }),
  spec: part({
    source: Source,
    project: words,
    destination: part({ namespace: words, server: words, name: words }),
  }),
  status: part({
    sync: part({ status: words, revision: words }),
    health: part({ status: words }),
    operationState: part({
      phase: words,
      message: words,
      startedAt: words,
      finishedAt: words,
      syncResult: part({ revision: words, resources: z.array(z.unknown()).nullish() }),
      operation: part({ initiatedBy: part({ username: words, automated: z.boolean().nullish() }) }),
    }),
  }),
});
type App = z.output<typeof Application>;

/** A body with a field each, for templates that name what they send. */
const Flat = z.looseObject({
  app: z.string().min(1),
  phase: z.string().min(1),
  revision: words,
  started_at: words,
  finished_at: words,
  environment: words,
  url: words,
  author: words,
  message: words,
});
type FlatBody = z.output<typeof Flat>;

/** What the documentation's template for a commit status sends. */
const CommitStatus = z.looseObject({
  context: z.string().regex(/^continuous-delivery\/.+/, 'it is not continuous-delivery/<application>'),
  state: z.string(),
  target_url: words,
});

const WithApp = z.looseObject({ app: Application });

type Body =
  | { readonly form: 'application'; readonly app: App }
  | { readonly form: 'flat'; readonly flat: FlatBody }
  | { readonly form: 'commit'; readonly commit: z.output<typeof CommitStatus> };

/**
 * Argo CD's notifications: the body is a template of whoever set it up, so three forms are read: the whole application
 * (`{{toJson .app}}`, alone or as `app`), one field each (`app`, `phase`, `revision`, ...), and the commit status of the
 * documentation.
 */
export const argocd = defineChangeSource({
  name: 'argocd',
  title: 'Argo CD',
  docs: 'https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/services/webhook/',

  payload: formOf<Body>((body) => {
    if (typeof body['app'] === 'string') return Flat.transform((flat) => ({ form: 'flat', flat }));
    if ('app' in body) return WithApp.transform(({ app }) => ({ form: 'application', app }));
    if ('context' in body) return CommitStatus.transform((commit) => ({ form: 'commit', commit }));
    return Application.transform((app) => ({ form: 'application', app }));
  }),

  read(body, now) {
    if (body.form === 'application') return ofApplication(body.app, now);
    if (body.form === 'flat') return ofFlat(body.flat, now);
    return ofCommit(body.commit, now);
  },

  samples: argocdSamples,
});

const PHASES: Readonly<Record<string, ChangeStatus>> = {
  running: 'started',
  pending: 'started',
  terminating: 'started',
  succeeded: 'succeeded',
  success: 'succeeded',
  synced: 'succeeded',
  failed: 'failed',
  failure: 'failed',
  error: 'failed',
};

function ofApplication({ metadata, spec, status }: App, now: Date): ChangeInput[] {
  const operation = status?.operationState ?? null;
  const phase = PHASES[operation?.phase?.toLowerCase() ?? ''];
  // A degraded health is no change; it is an alert, and comes by another way.
  if (!operation || phase === undefined) return [];
  const { username, automated } = operation.operation?.initiatedBy ?? {};
  const destination = spec?.destination?.namespace ?? spec?.destination?.name ?? null;
  return [
    synced({
      app: metadata.name,
      phase,
      revision: operation.syncResult?.revision ?? status?.sync?.revision ?? null,
      startedAt: timeOf(operation.startedAt),
      finishedAt: timeOf(operation.finishedAt),
      environment: destination,
      url: null,
      author: username ?? (automated ? 'automated sync' : null),
      message: operation.message,
      size: operation.syncResult?.resources?.length ?? null,
      more: { repository: spec?.source?.repoURL, path: spec?.source?.path, project: spec?.project },
      now,
    }),
  ];
}

function ofFlat(flat: FlatBody, now: Date): ChangeInput[] {
  const phase = PHASES[flat.phase.toLowerCase()];
  if (phase === undefined) return [];
  const { app, revision, environment, url, author, message } = flat;
  const [startedAt, finishedAt] = [timeOf(flat.started_at), timeOf(flat.finished_at)];
  return [
    synced({
      app,
      phase,
      revision,
      startedAt,
      finishedAt,
      environment,
      url,
      author,
      message,
      size: null,
      more: {},
      now,
    }),
  ];
}

function ofCommit(
  { context, state, target_url: url }: z.output<typeof CommitStatus>,
  now: Date,
): ChangeInput[] {
  const phase = PHASES[state.toLowerCase()];
  // It has nothing that would tie its end to its beginning, so only the end counts.
  if (phase === undefined || phase === 'started') return [];
  const app = context.slice(context.indexOf('/') + 1);
  const unknown = {
    revision: null,
    startedAt: null,
    finishedAt: null,
    environment: null,
    author: null,
    message: null,
  };
  return [synced({ ...unknown, app, phase, url, size: null, more: {}, now })];
}

interface Sync {
  readonly app: string;
  readonly phase: ChangeStatus;
  readonly revision: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly environment: string | null;
  readonly url: string | null;
  readonly author: string | null;
  readonly message: string | null;
  readonly size: number | null;
  readonly more: Readonly<Record<string, string | null | undefined>>;
  readonly now: Date;
}

function synced(it: Sync): ChangeInput {
  const { app, phase, revision, now } = it;
  const startedAt = it.startedAt ?? it.finishedAt ?? now;
  // An operation has no id: an application has one at a time, so its beginning tells it from others.
  const which = it.startedAt?.toISOString() ?? revision ?? now.toISOString();
  return {
    id: `argocd:${app}:${which}`,
    source: 'argocd',
    kind: 'deploy',
    service: app,
    environment: environmentOf(it.environment) ?? environmentOf(app),
    title: `Sync ${app}${revision === null ? '' : ` to ${revision.slice(0, 12)}`}`,
    author: it.author,
    url: it.url,
    startedAt,
    endedAt: phase === 'started' ? null : (it.finishedAt ?? now),
    status: phase,
    size: it.size,
    details: said({ ...it.more, revision, environment: it.environment, message: it.message }),
  };
}
