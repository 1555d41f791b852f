import type { ChangeSample } from '../source.ts';

const app = {
  metadata: { name: 'cart', namespace: 'argocd', labels: {} },
  spec: {
    project: 'default',
    source: { repoURL: 'https://git.example.com/shop/manifests.git', path: 'cart', targetRevision: 'HEAD' },
    destination: { server: 'https://kubernetes.default.svc', namespace: 'shop-prod' },
  },
  status: {
    sync: { status: 'Synced', revision: '64b4d7f2a1c09e8f' },
    health: { status: 'Progressing' },
    operationState: {
      phase: 'Running',
      message: 'waiting for completion of hook',
      startedAt: '2026-03-01T07:50:00Z',
      operation: { initiatedBy: { automated: true }, sync: { revision: '64b4d7f2a1c09e8f' } },
    },
  },
};

/** After the fields of an Application and the templates of the documentation of the notifications. */
export const argocdSamples: readonly ChangeSample[] = [
  {
    name: 'an application that is being synced',
    payload: { app },
    changes: [
      {
        id: 'argocd:cart:2026-03-01T07:50:00.000Z',
        kind: 'deploy',
        service: 'cart',
        environment: 'production',
        title: 'Sync cart to 64b4d7f2a1c0',
        author: 'automated sync',
        status: 'started',
        endedAt: null,
      },
    ],
  },
  {
    name: 'the same when it is done',
    payload: {
      ...app,
      status: {
        ...app.status,
        operationState: {
          ...app.status.operationState,
          phase: 'Succeeded',
          message: 'successfully synced (all tasks run)',
          finishedAt: '2026-03-01T07:51:00Z',
          syncResult: {
            revision: '64b4d7f2a1c09e8f',
            resources: [{ kind: 'Deployment' }, { kind: 'Service' }],
          },
        },
      },
    },
    changes: [
      {
        id: 'argocd:cart:2026-03-01T07:50:00.000Z',
        status: 'succeeded',
        endedAt: new Date('2026-03-01T07:51:00Z'),
        size: 2,
      },
    ],
  },
  {
    name: 'a template with a field each',
    payload: {
      app: 'checkout',
      phase: 'Failed',
      revision: '1f2e3d',
      started_at: '2026-03-01T07:50:00Z',
      finished_at: '2026-03-01T07:52:00Z',
      environment: 'staging',
      url: 'https://argocd.example.com/applications/checkout',
      message: 'one or more objects failed to apply',
    },
    changes: [
      {
        id: 'argocd:checkout:2026-03-01T07:50:00.000Z',
        service: 'checkout',
        environment: 'staging',
        status: 'failed',
        url: 'https://argocd.example.com/applications/checkout',
      },
    ],
  },
  {
    name: "the documentation's commit status",
    payload: {
      context: 'continuous-delivery/cart',
      state: 'success',
      description: 'ArgoCD',
      target_url: 'https://argocd.example.com/applications/cart',
    },
    changes: [{ service: 'cart', status: 'succeeded' }],
  },
  {
    name: 'an application that was never synced, which is no change',
    payload: { app: { metadata: { name: 'cart' }, spec: {}, status: { health: { status: 'Missing' } } } },
    changes: [],
  },
];
