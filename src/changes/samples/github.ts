import type { ChangeSample } from '../source.ts';

const repository = {
  id: 17273051,
  name: 'checkout',
  full_name: 'octo-org/checkout',
  html_url: 'https://github.com/octo-org/checkout',
  default_branch: 'main',
};
const sender = { login: 'monalisa', id: 1, type: 'User' };

const deployment = {
  url: 'https://api.github.com/repos/octo-org/checkout/deployments/145988746',
  id: 145988746,
  sha: 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e',
  ref: 'v2.41.0',
  task: 'deploy',
  payload: {},
  environment: 'production',
  description: null,
  creator: { login: 'monalisa', id: 1 },
  created_at: '2026-03-01T07:51:10Z',
  updated_at: '2026-03-01T07:51:10Z',
};

/** After the examples of "Webhook events and payloads" of the documentation. */
export const githubSamples: readonly ChangeSample[] = [
  {
    name: 'a deployment that begins',
    payload: { action: 'created', deployment, repository, sender },
    changes: [
      {
        id: 'github:deployment:145988746',
        kind: 'deploy',
        service: 'checkout',
        environment: 'production',
        title: 'Deploy checkout v2.41.0 to production',
        author: 'monalisa',
        startedAt: new Date('2026-03-01T07:51:10Z'),
        endedAt: null,
        status: 'started',
      },
    ],
  },
  {
    name: 'the same deployment when it is done',
    payload: {
      action: 'created',
      deployment_status: {
        id: 209916254,
        state: 'success',
        environment: 'production',
        description: '',
        log_url: 'https://github.com/octo-org/checkout/actions/runs/1',
        target_url: '',
        environment_url: '',
        created_at: '2026-03-01T07:54:31Z',
      },
      deployment,
      repository,
      sender,
    },
    changes: [
      {
        id: 'github:deployment:145988746',
        startedAt: new Date('2026-03-01T07:51:10Z'),
        endedAt: new Date('2026-03-01T07:54:31Z'),
        status: 'succeeded',
        url: 'https://github.com/octo-org/checkout/actions/runs/1',
      },
    ],
  },
  {
    name: 'a deployment of one service of a large repository',
    payload: {
      action: 'created',
      deployment: { ...deployment, id: 7, payload: { service: 'payment' }, environment: 'staging-eu' },
      repository,
      sender,
    },
    changes: [{ id: 'github:deployment:7', service: 'payment', environment: 'staging' }],
  },
  {
    name: 'a push to the default branch',
    payload: {
      ref: 'refs/heads/main',
      before: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
      after: '0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c',
      created: false,
      deleted: false,
      forced: false,
      compare: 'https://github.com/octo-org/checkout/compare/6113728f27ae...0d1a26e67d8f',
      repository: { ...repository, pushed_at: 1772351400 },
      pusher: { name: 'monalisa', email: 'monalisa@example.com' },
      sender,
      commits: [
        {
          id: '0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c',
          message: 'Raise the pool of connections\n\nFrom 20 to 200.',
          timestamp: '2026-03-01T08:48:00+01:00',
          url: 'https://github.com/octo-org/checkout/commit/0d1a26e67d8f',
          author: { name: 'Mona Lisa' },
          added: [],
          removed: ['old.yaml'],
          modified: ['pool.yaml', 'main.go'],
        },
      ],
      head_commit: {
        id: '0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c',
        message: 'Raise the pool of connections\n\nFrom 20 to 200.',
        timestamp: '2026-03-01T08:48:00+01:00',
        url: 'https://github.com/octo-org/checkout/commit/0d1a26e67d8f',
        author: { name: 'Mona Lisa' },
      },
    },
    changes: [
      {
        id: 'github:push:octo-org/checkout:0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c',
        kind: 'other',
        title: 'Raise the pool of connections',
        size: 3,
        startedAt: new Date('2026-03-01T07:50:00Z'),
        status: 'succeeded',
      },
    ],
  },
  {
    name: 'a push to another branch, which is no change',
    payload: {
      ref: 'refs/heads/try-it',
      after: '1f',
      repository,
      head_commit: { id: '1f', message: 'Try' },
      commits: [],
    },
    changes: [],
  },
  {
    name: 'a release',
    payload: {
      action: 'published',
      release: {
        id: 11248810,
        html_url: 'https://github.com/octo-org/checkout/releases/tag/v2.41.0',
        tag_name: 'v2.41.0',
        name: null,
        draft: false,
        prerelease: false,
        author: { login: 'monalisa' },
        created_at: '2026-03-01T07:40:00Z',
        published_at: '2026-03-01T07:41:00Z',
      },
      repository,
      sender,
    },
    changes: [{ id: 'github:release:11248810', title: 'Release checkout v2.41.0', status: 'succeeded' }],
  },
  {
    name: 'a run of a workflow that deploys, and failed',
    payload: {
      action: 'completed',
      workflow_run: {
        id: 289782451,
        name: 'Deploy to production',
        display_title: 'Raise the pool',
        head_branch: 'main',
        head_sha: '0d1a26e67d8f',
        run_attempt: 2,
        event: 'push',
        status: 'completed',
        conclusion: 'failure',
        html_url: 'https://github.com/octo-org/checkout/actions/runs/289782451',
        created_at: '2026-03-01T07:45:00Z',
        run_started_at: '2026-03-01T07:46:00Z',
        updated_at: '2026-03-01T07:49:00Z',
        actor: { login: 'monalisa' },
      },
      repository,
      sender,
    },
    changes: [
      {
        id: 'github:run:289782451.2',
        environment: 'production',
        status: 'failed',
        startedAt: new Date('2026-03-01T07:46:00Z'),
        endedAt: new Date('2026-03-01T07:49:00Z'),
      },
    ],
  },
  {
    name: 'a run of tests, which is no change',
    payload: {
      action: 'completed',
      workflow_run: { id: 2, name: 'CI', status: 'completed', conclusion: 'success' },
      repository,
    },
    changes: [],
  },
  { name: 'the ping of a new webhook', payload: { zen: 'Design for failure.', hook_id: 1 }, changes: [] },
];
