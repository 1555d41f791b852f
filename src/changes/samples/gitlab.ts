import type { ChangeSample } from '../source.ts';

const project = {
  id: 30,
  name: 'payment',
  web_url: 'https://gitlab.example.com/shop/payment',
  namespace: 'shop',
  path_with_namespace: 'shop/payment',
  default_branch: 'main',
};

const deployment = {
  object_kind: 'deployment',
  status: 'running',
  status_changed_at: '2026-03-01 08:50:00 +0100',
  deployment_id: 15,
  deployable_id: 796,
  deployable_url: 'https://gitlab.example.com/shop/payment/-/jobs/796',
  environment: 'prod-eu',
  environment_tier: 'production',
  environment_slug: 'prod-eu',
  project,
  short_sha: '279484c0',
  user: { id: 1, name: 'Sidney Jones', username: 'sidney' },
  commit_url: 'https://gitlab.example.com/shop/payment/-/commit/279484c09fbe69ededfced8c1bb6e6d24616b468',
  commit_title: 'Add new file',
};

/** After the examples of "Webhook events" of the documentation. */
export const gitlabSamples: readonly ChangeSample[] = [
  {
    name: 'a deployment that runs',
    payload: deployment,
    changes: [
      {
        id: 'gitlab:deployment:shop/payment:15',
        kind: 'deploy',
        service: 'payment',
        environment: 'production',
        title: 'Deploy payment 279484c0 to prod-eu',
        author: 'sidney',
        startedAt: new Date('2026-03-01T07:50:00Z'),
        endedAt: null,
        status: 'started',
      },
    ],
  },
  {
    name: 'the same deployment when it failed',
    payload: { ...deployment, status: 'failed', status_changed_at: '2026-03-01 08:53:00 +0100' },
    changes: [
      {
        id: 'gitlab:deployment:shop/payment:15',
        status: 'failed',
        endedAt: new Date('2026-03-01T07:53:00Z'),
      },
    ],
  },
  {
    name: 'a push to the default branch',
    payload: {
      object_kind: 'push',
      event_name: 'push',
      before: '95790bf891e76fee5e1747ab589903a6a1f80f22',
      after: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
      ref: 'refs/heads/main',
      user_name: 'Sidney Jones',
      user_username: 'sidney',
      project,
      commits: [
        {
          id: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
          title: 'Fix the retry',
          message: 'Fix the retry',
          timestamp: '2026-02-28T23:00:00+02:00',
          url: 'https://gitlab.example.com/shop/payment/-/commit/da156088',
          added: ['retry.ts'],
          modified: [],
          removed: [],
        },
      ],
      total_commits_count: 4,
    },
    changes: [
      {
        id: 'gitlab:push:shop/payment:da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
        title: 'Fix the retry',
        author: 'sidney',
        size: 1,
        details: {
          branch: 'main',
          revision: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
          commits: '4',
          repository: 'shop/payment',
        },
      },
    ],
  },
  {
    name: 'a release',
    payload: {
      object_kind: 'release',
      id: 1,
      created_at: '2026-03-01 07:40:12 UTC',
      released_at: '2026-03-01 07:41:12 UTC',
      description: 'Notes',
      name: 'v1.1',
      tag: 'v1.1',
      project,
      url: 'https://gitlab.example.com/shop/payment/-/releases/v1.1',
      action: 'create',
    },
    changes: [
      {
        id: 'gitlab:release:shop/payment:1',
        title: 'Release payment v1.1',
        startedAt: new Date('2026-03-01T07:41:12Z'),
      },
    ],
  },
  {
    name: 'an issue, which is no change',
    payload: { object_kind: 'issue', project, user: { username: 'sidney' } },
    changes: [],
  },
];
