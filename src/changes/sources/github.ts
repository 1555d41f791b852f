import { createHmac } from 'node:crypto';

import { z } from 'zod';

import { UserError } from '#src/errors.ts';

import type { ChangeInput, ChangeStatus } from '../change.ts';
import { demandSame, environmentOf, firstLine, headerOf, id, part, said, timeOf, words } from '../fields.ts';
import { githubSamples } from '../samples/github.ts';
import { defineChangeSource } from '../source.ts';

const Person = part({ login: words, name: words });

const Repository = z.looseObject({
  name: z.string(),
  full_name: words,
  html_url: words,
  default_branch: words,
  /** Seconds in a push, text elsewhere. */
  pushed_at: z.union([z.string(), z.number()]).nullish(),
});

const Deployment = part({
  id,
  sha: words,
  ref: words,
  task: words,
  environment: words,
  description: words,
  creator: Person,
  created_at: words,
  payload: z.unknown().optional(),
});

const Commit = part({
  id: words,
  message: words,
  timestamp: words,
  url: words,
  author: Person,
  added: z.array(z.string()).nullish(),
  removed: z.array(z.string()).nullish(),
  modified: z.array(z.string()).nullish(),
});

const Payload = z.looseObject({
  action: words,
  repository: Repository.optional(),
  sender: Person,
  deployment: Deployment,
  deployment_status: part({
    state: z.string(),
    environment: words,
    log_url: words,
    target_url: words,
    environment_url: words,
    description: words,
    created_at: words,
  }),
  ref: words,
  after: words,
  compare: words,
  pusher: Person,
  deleted: z.boolean().nullish(),
  head_commit: Commit,
  commits: z.array(Commit).nullish(),
  release: part({
    id,
    tag_name: words,
    name: words,
    html_url: words,
    published_at: words,
    created_at: words,
    author: Person,
    draft: z.boolean().nullish(),
    prerelease: z.boolean().nullish(),
  }),
  workflow_run: part({
    id,
    name: words,
    display_title: words,
    head_branch: words,
    head_sha: words,
    status: words,
    conclusion: words,
    html_url: words,
    run_attempt: z.number().nullish(),
    run_started_at: words,
    created_at: words,
    updated_at: words,
    actor: Person,
  }),
});
type Body = z.output<typeof Payload>;

/** A body that has a repository; what has none (a ping of an organisation) is no change. */
type Of = Body & { readonly repository: z.output<typeof Repository> };

/**
 * GitHub: deployments and their states, pushes to the default branch, published releases, and runs of workflows
 * whose name says that they deploy. What else it sends is taken and is no change.
 */
export const github = defineChangeSource({
  name: 'github',
  title: 'GitHub',
  docs: 'https://docs.github.com/en/webhooks/webhook-events-and-payloads',
  payload: Payload,

  verify(raw, headers, secret) {
    const given = headerOf(headers, 'x-hub-signature-256');
    if (given === undefined) {
      throw new UserError('bad_signature', 'The request is not signed: X-Hub-Signature-256 is missing.');
    }
    const expected = `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`;
    demandSame(
      given.trim().toLowerCase(),
      expected,
      'The signature does not match the body; check the secret on both sides.',
    );
  },

  read(body, now) {
    const { repository } = body;
    if (!repository) return [];
    const it: Of = { ...body, repository };
    if (it.deployment) return deployed(it, it.deployment, now);
    if (it.release) return released(it, it.release, now);
    if (it.workflow_run) return ran(it, it.workflow_run, now);
    return it.ref === null ? [] : pushed(it, it.ref, now);
  },

  samples: githubSamples,
});

const STATES: Readonly<Record<string, ChangeStatus>> = {
  pending: 'started',
  queued: 'started',
  waiting: 'started',
  in_progress: 'started',
  success: 'succeeded',
  failure: 'failed',
  error: 'failed',
};

function deployed(body: Of, deployment: NonNullable<z.output<typeof Deployment>>, now: Date): ChangeInput[] {
  const { repository, deployment_status: state, sender } = body;
  const status = state ? STATES[state.state] : 'started';
  // `inactive`: another deployment has taken its place, which says nothing new of this one.
  if (status === undefined) return [];
  const environment = state?.environment ?? deployment.environment;
  const { ref, sha, task, creator } = deployment;
  const startedAt = timeOf(deployment.created_at) ?? timeOf(state?.created_at) ?? now;
  return [
    {
      id: `github:deployment:${deployment.id}`,
      source: 'github',
      kind: 'deploy',
      service: serviceIn(deployment.payload) ?? repository.name,
      environment: environmentOf(environment),
      title: `Deploy ${repository.name} ${ref ?? sha?.slice(0, 7) ?? ''}${environment === null ? '' : ` to ${environment}`}`,
      author: creator?.login ?? sender?.login ?? null,
      url: state?.log_url ?? state?.target_url ?? repository.html_url,
      startedAt,
      endedAt: status === 'started' ? null : (timeOf(state?.created_at) ?? now),
      status,
      size: null,
      details: said({
        environment,
        revision: sha,
        ref,
        task: task === 'deploy' ? null : task,
        description: state?.description ?? deployment.description,
        repository: repository.full_name,
      }),
    },
  ];
}

/** A repository may hold several services; who deploys may say which in the deployment's payload. */
function serviceIn(payload: unknown): string | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const service = (payload as Readonly<Record<string, unknown>>)['service'];
  return typeof service === 'string' && service.trim() !== '' ? service : null;
}

function pushed(body: Of, ref: string, now: Date): ChangeInput[] {
  const { repository, head_commit: head, after, pusher, sender } = body;
  if (body.deleted || !head || ref !== `refs/heads/${repository.default_branch ?? ''}`) return [];
  const commits = (body.commits ?? []).filter((it) => it !== null);
  const files = new Set(
    commits.flatMap((it) => [...(it.added ?? []), ...(it.removed ?? []), ...(it.modified ?? [])]),
  );
  const at = timeOf(repository.pushed_at) ?? timeOf(head.timestamp) ?? now;
  return [
    {
      id: `github:push:${repository.full_name ?? repository.name}:${after ?? head.id ?? at.toISOString()}`,
      source: 'github',
      kind: 'other',
      service: repository.name,
      environment: null,
      title: firstLine(head.message) ?? `Push to ${repository.name}`,
      author: pusher?.name ?? sender?.login ?? head.author?.name ?? null,
      url: body.compare ?? head.url,
      startedAt: at,
      endedAt: at,
      status: 'succeeded',
      size: files.size || null,
      details: said({
        branch: repository.default_branch,
        revision: after,
        commits: commits.length > 0 ? String(commits.length) : null,
        repository: repository.full_name,
      }),
    },
  ];
}

function released(body: Of, release: NonNullable<Body['release']>, now: Date): ChangeInput[] {
  const { repository, action, sender } = body;
  if (release.draft || (action !== 'published' && action !== 'released')) return [];
  const at = timeOf(release.published_at) ?? timeOf(release.created_at) ?? now;
  return [
    {
      id: `github:release:${release.id}`,
      source: 'github',
      kind: 'other',
      service: repository.name,
      environment: null,
      title: `Release ${repository.name} ${release.name ?? release.tag_name ?? ''}`,
      author: release.author?.login ?? sender?.login ?? null,
      url: release.html_url,
      startedAt: at,
      endedAt: at,
      status: 'succeeded',
      size: null,
      details: said({
        version: release.tag_name,
        prerelease: release.prerelease ? 'yes' : null,
        repository: repository.full_name,
      }),
    },
  ];
}

/** By its name, since most runs only test. */
const DEPLOYS =
  /\b(?:deploy\w*|release|roll ?out|roll ?back|publish|promote|ship|terraform apply|migrate)\b/i;

const CONCLUSIONS: Readonly<Record<string, ChangeStatus>> = {
  success: 'succeeded',
  cancelled: 'cancelled',
  failure: 'failed',
  timed_out: 'failed',
  startup_failure: 'failed',
};

function ran(body: Of, run: NonNullable<Body['workflow_run']>, now: Date): ChangeInput[] {
  const { repository, sender } = body;
  const isOver = run.status === 'completed';
  const status = isOver ? CONCLUSIONS[run.conclusion ?? ''] : 'started';
  if (status === undefined || !DEPLOYS.test(run.name ?? '')) return [];
  const what = run.display_title === null ? '' : `: ${run.display_title}`;
  return [
    {
      // A run that is repeated is another change.
      id: `github:run:${run.id}.${run.run_attempt ?? 1}`,
      source: 'github',
      kind: 'deploy',
      service: repository.name,
      environment: environmentOf(run.name),
      title: `${run.name ?? 'Workflow'} of ${repository.name}${what}`,
      author: run.actor?.login ?? sender?.login ?? null,
      url: run.html_url,
      startedAt: timeOf(run.run_started_at) ?? timeOf(run.created_at) ?? now,
      endedAt: isOver ? (timeOf(run.updated_at) ?? now) : null,
      status,
      size: null,
      details: said({
        workflow: run.name,
        branch: run.head_branch,
        revision: run.head_sha,
        repository: repository.full_name,
      }),
    },
  ];
}
