import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { chartDigest } from '#manifests/helm/digest.ts';
import { SIDECAR_SETTINGS } from '#src/config-sidecar.ts';
import { SETTINGS } from '#src/config.ts';

const root = path.join(import.meta.dirname, '../..');
const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** What `npm start` runs: all who start it start it so. */
const START = (JSON.parse(textOf('package.json')) as { scripts: { start: string } }).scripts.start;

/** What lets somebody in, or is part of an address that may. */
const isSecret = (name: string): boolean =>
  /(?:_KEY|_TOKEN|_SECRET|_PASSWORD|_HEADERS)$/.test(name)
    ? name !== 'VAPID_PUBLIC_KEY'
    : [
        'DATABASE_URL',
        'DATABASE_REPLICA_URL',
        'REDIS_URL',
        'RABBITMQ_URL',
        'SMTP_URL',
        'HEARTBEAT_URL',
      ].includes(name);

interface Kind {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Spec;
}

interface Spec {
  readonly replicas?: number;
  readonly strategy?: { readonly rollingUpdate: object };
  readonly template: { readonly spec: Pod };
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly metrics?: readonly object[];
}

interface Pod {
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: object;
  readonly containers: readonly Container[];
}

interface Container {
  readonly name: string;
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly securityContext: object;
  readonly resources: object;
}

function drawn(name: 'default' | 'full'): Kind[] {
  const documents = parseAllDocuments(textOf(`manifests/helm/rendered/${name}.yaml`));
  return documents.map((it) => it.toJS() as Kind | null).filter((it) => it !== null);
}

describe('the image', () => {
  const dockerfile = textOf('Dockerfile');

  it('has a Dockerfile that its linter finds nothing in', () => {
    expect(validate(dockerfile).map((it) => it.message)).toEqual([]);
  });

  it('runs the program itself as process 1, as another user, and looks after its health', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('FROM '));
    expect(/^CMD (\[.*\])$/m.exec(last)?.[1]).toBe(JSON.stringify(START.split(' ')).replaceAll(',', ', '));
    expect(last).toMatch(/^USER 10001:10001$/m);
    const [, check = ''] = /^HEALTHCHECK .*"\/app\/([^"]+)"\]$/m.exec(last) ?? [];
    expect(existsSync(path.join(root, check))).toBe(true);
    for (const [, name = ''] of last.matchAll(/^(?:ENV)? +([A-Z_]+)=/gm)) {
      expect([...Object.keys(SETTINGS), 'NODE_ENV']).toContain(name);
    }
  });

  it('is made by the steps that are tested, and lets nothing in but what is listed', () => {
    const steps = textOf('manifests/docker/steps.sh');
    const asked = [...dockerfile.matchAll(/sh \S+steps\.sh (\w+)/g)].map((it) => it[1]);
    expect(asked).toEqual(['install', 'build', 'trim', 'finish']);
    for (const step of asked) expect(steps).toContain(`\n  ${step})\n`);
    const lines = textOf('.dockerignore')
      .split('\n')
      .filter((it) => it !== '' && !it.startsWith('#'));
    expect(lines[0]).toBe('*');
    const listed = lines.filter((it) => it.startsWith('!')).map((it) => it.slice(1));
    expect(listed.filter((it) => !existsSync(path.join(root, it)))).toEqual([]);
  });
});

describe('the chart', () => {
  it('was drawn since it was changed', () => {
    const digest = chartDigest(path.join(root, 'manifests/helm'));
    expect(textOf('manifests/helm/rendered/default.yaml')).toContain(`# Drawn from ${digest} `);
    expect(textOf('manifests/helm/rendered/full.yaml')).toContain(`# Drawn from ${digest} `);
  });

  it('knows the settings of the program, takes secrets from secrets alone, and knows which they are', () => {
    const helpers = textOf('manifests/helm/llm-incident-manager/templates/_helpers.tpl');
    const [, list = ''] = /define "im\.secretSettings" -}}\n([^{]*)/.exec(helpers) ?? [];
    const known = [...Object.keys(SETTINGS), 'DATABASE_REPLICA_URL'];
    expect(list.trim().split(/\s+/)).toEqual(
      [...new Set(known.filter(isSecret))].toSorted((a, b) => (a < b ? -1 : 1)),
    );
    const containers = [...drawn('default'), ...drawn('full')]
      .filter((it) => it.kind === 'Deployment')
      .flatMap((it) => it.spec.template.spec.containers);
    expect(containers).toHaveLength(8);
    for (const { name: role, env } of containers) {
      expect(env.find((it) => it.name === 'ROLES')?.value).toBe(role);
      for (const { name, value, valueFrom } of env) {
        expect(Object.keys(SETTINGS)).toContain(name);
        expect([name, valueFrom === undefined ? 'value' : 'secret']).toEqual([
          name,
          isSecret(name) ? 'secret' : 'value',
        ]);
        expect(isSecret(name) && value !== undefined).toBe(false);
      }
    }
  });

  it('runs every role without rights, replaces it without a gap, and gives it the time that a stop takes', () => {
    const deployments = drawn('default').filter((it) => it.kind === 'Deployment');
    expect(deployments.map((it) => it.spec.template.spec.containers[0]?.name)).toEqual([
      'chat',
      'http',
      'scheduler',
      'worker',
    ]);
    // Requests are answered, jobs are finished, chats are left: 10 s each at the most, with some to spare.
    const [, grace = ''] = /GRACE_MS = ([\d_]+)/.exec(textOf('src/main.ts')) ?? [];
    for (const { spec } of deployments) {
      const pod = spec.template.spec;
      expect(spec.strategy?.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(4 * Number(grace.replaceAll('_', '')));
      expect(pod.containers[0]?.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(pod.containers[0]).toMatchObject({
        startupProbe: { httpGet: { path: '/health' } },
        livenessProbe: { httpGet: { path: '/health' } },
        readinessProbe: { httpGet: { path: '/ready' } },
      });
    }
  });

  it('has the sizes of the contract: 3 to 20 of what grows, at 70 % of CPU and a queue of 100', () => {
    const scaled = drawn('full').filter((it) => it.kind === 'HorizontalPodAutoscaler');
    const worker = scaled.find((it) => it.metadata.name.endsWith('-worker'));
    expect(worker?.spec).toMatchObject({ minReplicas: 3, maxReplicas: 20 });
    expect(worker?.spec.metrics).toMatchObject([
      { resource: { target: { averageUtilization: 70 } } },
      {
        external: {
          metric: { name: 'queue_depth', selector: { matchLabels: { lane: 'ready' } } },
          target: { averageValue: '100' },
        },
      },
    ]);
    const http = drawn('default').find(
      (it) => it.kind === 'Deployment' && it.metadata.name.endsWith('-http'),
    );
    expect(http?.spec.template.spec.containers[0]?.resources).toEqual({
      requests: { cpu: '500m', memory: '1Gi' },
      limits: { cpu: '2', memory: '4Gi' },
    });
  });
});

describe('what composes containers', () => {
  for (const name of ['standalone', 'distributed']) {
    it(`knows the settings of the program, keeps its root read-only and its ports to this machine: ${name}`, () => {
      const text = textOf(`manifests/compose/${name}.yaml`);
      const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };
      const own = Object.values(services).filter((it) => it.image.startsWith('llm-incident-manager:'));
      const roles = own.map((it) => it.environment?.['ROLES'] ?? 'all');
      expect(roles).toEqual(name === 'standalone' ? ['all'] : ['http', 'worker', 'scheduler', 'chat']);
      for (const it of own) {
        expect(it).toMatchObject({ read_only: true, cap_drop: ['ALL'], stop_grace_period: '60s' });
        // What stands here wins over the operator's file of settings: only what these files decide by themselves.
        const decided = ['DATABASE_URL', 'REDIS_URL', 'ROLES'];
        expect(Object.keys(it.environment ?? {}).filter((set) => !decided.includes(set))).toEqual([]);
      }
      const ports = Object.values(services).flatMap((it) => it.ports ?? []);
      expect(ports.filter((it) => !it.includes(':-127.0.0.1:'))).toEqual([]);
    });
  }
});

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
}

describe('the units of systemd', () => {
  const units = readdirSync(path.join(root, 'manifests/systemd')).filter((it) => it.endsWith('.service'));

  it('start what is there, as a user of its own who may write to one folder', () => {
    expect(units).toEqual(['llm-incident-manager.service', 'llm-incident-sidecar.service']);
    for (const unit of units) {
      const text = textOf(`manifests/systemd/${unit}`);
      const [, program = ''] = /^ExecStart=\S+ (?:\S+ )*(\S+)$/m.exec(text) ?? [];
      expect(existsSync(path.join(root, program))).toBe(true);
      if (program === 'src/main.ts') expect(text).toContain(`\nExecStart=/usr/local/bin/${START}\n`);
      for (const line of [
        'DynamicUser=yes',
        'ProtectSystem=strict',
        'NoNewPrivileges=yes',
        'CapabilityBoundingSet=',
      ]) {
        expect(text.split('\n')).toContain(line);
      }
      const [, set = ''] = /^Environment=(.*)$/m.exec(text) ?? [];
      const names = set.split(' ').map((it) => it.split('=')[0]);
      const known = [
        ...Object.keys(SETTINGS),
        ...Object.keys(SIDECAR_SETTINGS),
        'NODE_ENV',
        'NODE_COMPILE_CACHE',
      ];
      expect(names.filter((it) => !known.includes(it ?? ''))).toEqual([]);
    }
  });
});

describe('examples of settings', () => {
  it('name settings that there are', () => {
    for (const file of ['compose/incidents.example.env', 'systemd/llm-incident-manager.example.env']) {
      const names = [...textOf(`manifests/${file}`).matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(
        (it) => it[1] ?? '',
      );
      expect(names.filter((it) => !(it in SETTINGS))).toEqual([]);
    }
  });

  it('of the sidecar are all in its README', () => {
    const readme = textOf('src/sidecar/README.md');
    const lines = Object.entries(SIDECAR_SETTINGS).map(([name, { help }]) => `\`${name}\` | ${help}`);
    expect(lines.filter((it) => !readme.includes(it))).toEqual([]);
  });
});
