import {
  Refused,
  startFakeServer,
  type FakeServer,
  type Received,
} from '#test/support/notify/fake-server.ts';

export const KUBERNETES_TOKEN = 'kubernetes-token-of-tests';

type Objects = Readonly<Record<string, readonly object[]>>;

/** The API server of Kubernetes, for three kinds of objects of one namespace, to somebody who may list them and nothing else. */
export async function startKubernetes(objects: Objects, namespace = 'shop'): Promise<FakeServer> {
  return await startFakeServer((request) => {
    const what = asked(request, namespace);
    return {
      status: 200,
      body: {
        kind: 'List',
        apiVersion: 'v1',
        metadata: { resourceVersion: '1' },
        items: objects[what] ?? [],
      },
    };
  });
}

/** Refuses with a Status object, as the real one. */
function asked({ method, path, headers }: Received, namespace: string): string {
  if (headers.authorization !== `Bearer ${KUBERNETES_TOKEN}`) throw refused(401, 'Unauthorized');
  const url = new URL(path, 'http://kubernetes');
  const core = /^\/api\/v1\/namespaces\/([^/]+)\/(pods|events)$/.exec(url.pathname);
  const apps = /^\/apis\/apps\/v1\/namespaces\/([^/]+)\/(deployments)$/.exec(url.pathname);
  const [, of, what = ''] = core ?? apps ?? [];
  if (of === undefined) throw refused(404, 'the server could not find the requested resource');
  if (method !== 'GET') throw refused(403, `${what} is forbidden: cannot ${method.toLowerCase()}`);
  if (of !== namespace) throw refused(403, `${what} is forbidden in the namespace "${of}"`);
  if (!/^\d+$/.test(url.searchParams.get('limit') ?? '')) throw refused(400, 'a limit is wanted here');
  return what;
}

function refused(code: number, message: string): Refused {
  return new Refused(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code });
}

export const POD_ILL = {
  metadata: { name: 'checkout-7d4f-x2x', labels: { app: 'checkout' } },
  spec: { containers: [{ name: 'app', env: [{ name: 'PASSWORD', value: 'never to be read' }] }] },
  status: {
    phase: 'Running',
    containerStatuses: [
      {
        name: 'app',
        ready: false,
        restartCount: 7,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting' } },
        lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
      },
    ],
  },
};

export const POD_WELL = {
  metadata: { name: 'search-1', labels: { app: 'search' } },
  status: {
    phase: 'Running',
    containerStatuses: [{ name: 'app', ready: true, restartCount: 0, state: { running: {} }, lastState: {} }],
  },
};
