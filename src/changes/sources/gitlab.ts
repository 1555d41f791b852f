import { z } from 'zod';

import { UserError } from '#src/errors.ts';

import type { ChangeInput, ChangeStatus } from '../change.ts';
import { demandSame, environmentOf, firstLine, headerOf, id, part, said, timeOf, words } from '../fields.ts';
import { gitlabSamples } from '../samples/gitlab.ts';
import { defineChangeSource } from '../source.ts';

const Commit = part({
  id: words,
  title: words,
  message: words,
  timestamp: words,
  url: words,
  added: z.array(z.string()).nullish(),
  removed: z.array(z.string()).nullish(),
  modified: z.array(z.string()).nullish(),
});

const Project = z.looseObject({
  name: z.string(),
  path_with_namespace: words,
  web_url: words,
  default_branch: words,
});

const Payload = z.looseObject({
  object_kind: z.string(),
  project: Project.optional(),
  status: words,
  status_changed_at: words,
  deployment_id: id.nullish(),
  deployable_url: words,
  environment: z.unknown().optional(),
  environment_tier: words,
  short_sha: words,
  commit_url: words,
  commit_title: words,
  ref: words,
  after: words,
  user: part({ username: words, name: words }),
  user_name: words,
  user_username: words,
  commits: z.array(Commit).nullish(),
  total_commits_count: z.number().nullish(),
  id: id.nullish(),
  action: words,
  name: words,
  tag: z.unknown().optional(),
  url: words,
  created_at: words,
  released_at: words,
});
type Body = z.output<typeof Payload>;
type Of = Body & { readonly project: z.output<typeof Project> };

/** GitLab: deployments, pushes to the default branch, and releases. What else it sends is taken and is no change. */
export const gitlab = defineChangeSource({
  name: 'gitlab',
  title: 'GitLab',
  docs: 'https://docs.gitlab.com/user/project/integrations/webhook_events/',
  payload: Payload,

  verify(_raw, headers, secret) {
    const given = headerOf(headers, 'x-gitlab-token');
    if (given === undefined) throw new UserError('bad_signature', 'The request has no X-Gitlab-Token.');
    demandSame(given, secret, 'X-Gitlab-Token is another one; check the secret token on both sides.');
  },

  read(body, now) {
    const { project, object_kind: kind } = body;
    if (!project) return [];
    const it: Of = { ...body, project };
    if (kind === 'deployment') return deployed(it, now);
    if (kind === 'push') return pushed(it, now);
    return kind === 'release' ? released(it, now) : [];
  },

  samples: gitlabSamples,
});

const STATES: Readonly<Record<string, ChangeStatus>> = {
  created: 'started',
  running: 'started',
  success: 'succeeded',
  failed: 'failed',
  canceled: 'cancelled',
};

function deployed(body: Of, now: Date): ChangeInput[] {
  const { project, deployment_id: deployment, user } = body;
  const status = STATES[body.status ?? ''];
  if (status === undefined || deployment === null || deployment === undefined) return [];
  const environment = typeof body.environment === 'string' ? body.environment : null;
  const at = timeOf(body.status_changed_at) ?? now;
  const to = environment === null ? '' : ` to ${environment}`;
  return [
    {
      id: `gitlab:deployment:${pathOf(project)}:${deployment}`,
      source: 'gitlab',
      kind: 'deploy',
      service: project.name,
      environment: environmentOf(body.environment_tier) ?? environmentOf(environment),
      title: `Deploy ${project.name} ${body.short_sha ?? ''}${to}`,
      author: user?.username ?? user?.name ?? null,
      url: body.deployable_url ?? body.commit_url ?? project.web_url,
      // A deployment says when its state changed, not when it began.
      startedAt: at,
      endedAt: status === 'started' ? null : at,
      status,
      size: null,
      details: said({
        environment,
        revision: body.short_sha,
        ref: body.ref,
        commit: body.commit_title,
        repository: project.path_with_namespace,
      }),
    },
  ];
}

function pushed(body: Of, now: Date): ChangeInput[] {
  const { project, ref, after } = body;
  const commits = (body.commits ?? []).filter((it) => it !== null);
  const head = commits.find((it) => it.id === after) ?? commits.at(-1);
  if (!head || ref !== `refs/heads/${project.default_branch ?? ''}`) return [];
  const files = new Set(
    commits.flatMap((it) => [...(it.added ?? []), ...(it.removed ?? []), ...(it.modified ?? [])]),
  );
  // A commit may be old when it is pushed; a push says not when it was, but comes at once.
  return [
    {
      id: `gitlab:push:${pathOf(project)}:${after ?? head.id ?? now.toISOString()}`,
      source: 'gitlab',
      kind: 'other',
      service: project.name,
      environment: null,
      title: head.title ?? firstLine(head.message) ?? `Push to ${project.name}`,
      author: body.user_username ?? body.user_name,
      url: head.url ?? project.web_url,
      startedAt: now,
      endedAt: now,
      status: 'succeeded',
      size: files.size || null,
      details: said({
        branch: project.default_branch,
        revision: after,
        commits: String(body.total_commits_count ?? commits.length),
        repository: project.path_with_namespace,
      }),
    },
  ];
}

function released(body: Of, now: Date): ChangeInput[] {
  const { project, action, id: release } = body;
  if (action !== 'create' || release === null || release === undefined) return [];
  const version = typeof body.tag === 'string' ? body.tag : null;
  const at = timeOf(body.released_at) ?? timeOf(body.created_at) ?? now;
  return [
    {
      id: `gitlab:release:${pathOf(project)}:${release}`,
      source: 'gitlab',
      kind: 'other',
      service: project.name,
      environment: null,
      title: `Release ${project.name} ${body.name ?? version ?? ''}`,
      author: null,
      url: body.url,
      startedAt: at,
      endedAt: at,
      status: 'succeeded',
      size: null,
      details: said({ version, repository: project.path_with_namespace }),
    },
  ];
}

function pathOf({ path_with_namespace: path, name }: z.output<typeof Project>): string {
  return path ?? name;
}
