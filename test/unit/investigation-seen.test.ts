import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { CauseFacts } from '#src/cause/evidence.ts';
import {
  investigationMessage,
  stepsMessage,
  type InvestigationView,
} from '#src/chat/investigation-message.ts';
import { lookedAt } from '#src/chat/look-investigation.ts';
import { plainMessage } from '#src/chat/message.ts';
import { TOOL_SETTINGS, toLooking } from '#src/config-tools.ts';
import type { InvestigationRow } from '#src/db/investigations.ts';
import { SYSTEM } from '#src/incident/person.ts';
import { TOOLS } from '#src/llm/tools/index.ts';
import { incident } from '#test/support/incident.ts';
import { scopeOf } from '#test/support/tools/seen.ts';

const onset = new Date('2026-03-01T08:00:00Z');
const minute = (count: number) => new Date(onset.getTime() + count * 60_000);
const service = (id: string, dependsOn: readonly string[] = []) => ({
  id,
  name: id,
  aliases: [`${id}-prod`],
  team: null,
  dependsOn,
  runbook: id === 'checkout' ? 'https://wiki.example/checkout' : null,
  tier: null,
});
const change = (id: string, of: string | null, startedAt: Date) => ({
  id,
  source: 'github',
  kind: 'deploy' as const,
  service: of,
  environment: 'production' as const,
  title: `deploy ${id}`,
  author: null,
  url: null,
  startedAt,
  endedAt: null,
  status: 'succeeded' as const,
  size: null,
  details: { version: 'v3' },
});

const facts: CauseFacts & { timeline: CauseFacts['events'] } = {
  onset,
  until: minute(30),
  service: 'checkout-prod',
  environment: 'production',
  alerts: [
    {
      id: 'a1',
      rule: 'Errors',
      title: 'errors at 12%',
      severity: 'P1',
      service: 'checkout-prod',
      firstAt: onset,
      metrics: { value: 12 },
      labels: { pod: 'checkout-1' },
    },
  ],
  changes: [
    change('late', 'checkout', minute(5)),
    change('old', 'checkout', minute(-600)),
    change('near', 'payments-db-prod', minute(-4)),
  ],
  services: [
    service('checkout', ['payments-db']),
    service('payments-db'),
    service('web', ['checkout']),
    service('island', ['lake']),
    service('lake'),
  ],
  similar: [
    {
      number: 3,
      title: 'pool',
      service: 'payments-db',
      score: 0.83,
      closedAt: minute(-90_000),
      rootCause: 'pool',
    },
  ],
  events: [],
  timeline: [{ position: 1, at: onset, text: 'Ana opened it.' }],
};

describe('what may be seen of an incident', () => {
  const looked = lookedAt(facts, incident(), async (numbers) => new Set(numbers.filter((it) => it !== 3)));

  it('are its own facts, under ids that say what they are, named as in the catalogue', async () => {
    const { sight } = looked;
    expect(await sight.timeline()).toEqual([
      { id: 'event:1', at: onset, about: null, text: 'Ana opened it.' },
    ]);
    expect(await sight.alerts()).toEqual([
      {
        id: 'alert:a1',
        at: onset,
        about: 'checkout',
        text: 'P1: errors at 12% (rule Errors); labels pod=checkout-1; figures value=12',
      },
    ]);
    expect((await sight.similar())[0]?.text).toBe(
      'INC-3 "pool", closed 2025-12-28; the cause was: pool; likeness 0.83',
    );
  });

  it('are changes, those shortly before the first alert first', async () => {
    expect((await looked.sight.changes()).map(({ id, about }) => [id, about])).toEqual([
      ['change:near', 'payments-db'],
      ['change:old', 'checkout'],
      ['change:late', 'checkout'],
    ]);
  });

  it('are the services around it, and no others', async () => {
    expect(await looked.sight.dependencies()).toEqual([
      { from: 'checkout', to: 'payments-db' },
      { from: 'web', to: 'checkout' },
    ]);
    expect((await looked.sight.runbooks()).map(({ id }) => id)).toEqual(['runbook:checkout']);
  });

  it('is no incident that is not for everybody any more', async () => {
    expect(await looked.sight.visible(['similar:3', 'similar:4', 'alert:a1'])).toEqual(
      new Set(['similar:4', 'alert:a1']),
    );
  });

  it('is what rules say, and what that rests on', async () => {
    const told = new Set(looked.brief.evidence.map(({ id }) => id));
    expect(told).toContain('change:near');
    expect(looked.rules.length).toBeGreaterThan(0);
    const cited = (looked.brief.rules as { evidence_ids: string[] }[]).flatMap((it) => it.evidence_ids);
    expect(cited.filter((id) => !told.has(id))).toEqual([]);
  });

  it('can be asked for by every tool', async () => {
    const scope = { ...scopeOf(), sight: looked.sight, window: looked.window };
    const inputs: Record<string, object> = {
      get_timeline: { contains: null },
      get_runbook: { service: 'checkout' },
      get_similar_incidents: {},
    };
    for (const tool of TOOLS.filter((it) => it.isThere(scope.outside))) {
      const { findings } = await tool.run(inputs[tool.name] ?? { service: null }, scope);
      expect(findings.length).toBeGreaterThan(0);
    }
  });
});

const row: InvestigationRow = {
  id: 'x',
  seq: 1,
  incident: 42,
  service: 'checkout',
  state: 'done',
  askedBy: SYSTEM,
  notes: [],
  notesTold: 0,
  steps: [
    { at: onset.toISOString(), tool: 'get_alerts', outcome: '2 findings' },
    { at: onset.toISOString(), tool: 'unknown', outcome: 'there is no such tool' },
  ],
  rules: [{ cause: 'payments-db', confidence: 'likely', why: 'it changed' }],
  hypotheses: [
    {
      cause: 'payments-db',
      type: 'config',
      mechanism: 'Its pool is too small.',
      path: ['payments-db', 'checkout'],
      evidence: ['change:1'],
      against: ['alert:1'],
      confidence: 'medium',
      nextCheck: 'Look at the pool.',
    },
    {
      cause: 'search',
      type: 'deploy',
      mechanism: 'It is new.',
      path: [],
      evidence: ['change:1'],
      against: [],
      confidence: 'low',
      nextCheck: null,
    },
  ],
  cited: [
    {
      id: 'change:1',
      at: onset.toISOString(),
      about: 'payments-db',
      text: 'pool of 5, see https://evil.example',
    },
    { id: 'alert:1', at: null, about: null, text: 'search is slow' },
  ],
  why: null,
  model: 'claude-opus-5-5',
  tokens: 41_203,
  usd: 0.187,
  runs: 1,
  verdicts: { '1': { says: 'right', by: 'ana', at: onset.toISOString() } },
  gradeByPeople: 100,
  gradeAtClosure: null,
  createdAt: onset,
  begunAt: onset,
  endedAt: onset,
};

const text = (more: Partial<InvestigationRow> = {}, view: Partial<InvestigationView> = {}) =>
  plainMessage(investigationMessage({ row: { ...row, ...more }, isOld: false, hasThread: false, ...view }));

describe('the message of an investigation', () => {
  it('says what the cause may be, by what, and who says so', () => {
    expect(text()).toBe(`Probable cause of INC-42
1. payments-db (config, confidence medium) · right, as people say: Its pool is too small.
- 08:00 UTC pool of 5, see (a link was left out)
- Against it: search is slow
- Way: payments-db → checkout
- Check next: Look at the pool.
2. search (deploy, confidence low): It is new.
- 08:00 UTC pool of 5, see (a link was left out)
What rules say:
- payments-db (likely): it changed
Looked at alerts (2 findings) and something unknown (there is no such tool).
By claude-opus-5-5: 2 looks, 41,203 tokens, $0.19. Every claim rests on the findings below it; it may still be wrong.
[Right] [Wrong] [Look elsewhere]`);
  });

  it('looks quiet where there is nothing to read, and can be stopped while it runs', () => {
    const running = { state: 'running', hypotheses: [], rules: [] } as const;
    expect(
      investigationMessage({ row: { ...row, ...running }, isOld: false, hasThread: true }),
    ).toMatchObject({
      tone: 'quiet',
    });
    expect(text(running, { hasThread: true })).toBe(
      'Looking for the cause of INC-42\n2 looks so far, told in the thread.\nA model looks; nothing waits for it.\n[Stop]',
    );
    expect(text({ ...running, state: 'stopped', notes: ['the cache'] }, { isOld: true })).toContain(
      'Stopped after 2 looks. Asked to look at: the cache.',
    );
    expect(text({ ...running, state: 'failed', why: 'the budget of today is used up', rules: [] })).toContain(
      'Rules found nothing that points to a cause.',
    );
    expect(text({ usd: null })).toContain('cost unknown');
    expect(text({}, { isOld: true })).not.toContain('[');
  });

  it('says in the thread what was looked at', () => {
    expect(plainMessage(stepsMessage(row.steps))).toBe(
      'Looked at alerts: 2 findings; Something unknown: there is no such tool.',
    );
  });
});

describe('the settings of what a model may look at', () => {
  const schemas = z.object(
    Object.fromEntries(
      Object.entries(TOOL_SETTINGS).map(([name, { schema }]) => [name, schema]),
    ) as unknown as {
      readonly [K in keyof typeof TOOL_SETTINGS]: (typeof TOOL_SETTINGS)[K]['schema'];
    },
  );
  const read = (env: Readonly<Record<string, string>>) => toLooking(schemas.parse(env));

  it('are none where nothing is set: then it looks at what we know ourselves', () => {
    expect(read({})).toEqual({
      mode: 'auto',
      outside: { prometheus: undefined, loki: undefined, kubernetes: undefined, runbookHosts: [] },
    });
  });

  it('are an address and its token, which goes nowhere else', () => {
    const env = {
      INVESTIGATE: 'asked',
      PROMETHEUS_URL: 'http://prometheus:9090/',
      LOKI_URL: 'http://loki:3100',
      LOKI_TOKEN: 't',
      LOKI_TENANT: 'shop',
      KUBERNETES_URL: 'https://kubernetes',
      KUBERNETES_TOKEN: 'k',
      RUNBOOK_HOSTS: 'Wiki.example.com, docs.example.com:8443',
    };
    expect(read(env)).toEqual({
      mode: 'asked',
      outside: {
        prometheus: { name: 'Prometheus', url: 'http://prometheus:9090', headers: {} },
        loki: {
          name: 'Loki',
          url: 'http://loki:3100',
          headers: { authorization: 'Bearer t', 'x-scope-orgid': 'shop' },
        },
        kubernetes: { name: 'Kubernetes', url: 'https://kubernetes', headers: { authorization: 'Bearer k' } },
        runbookHosts: ['wiki.example.com', 'docs.example.com:8443'],
      },
    });
  });

  it.each([
    [{ KUBERNETES_URL: 'https://kubernetes' }, /Set KUBERNETES_TOKEN too/],
    [{ RUNBOOK_HOSTS: 'https://wiki.example.com/' }, /write hosts, not addresses/],
    [{ PROMETHEUS_URL: 'file:///etc/passwd' }, /PROMETHEUS_URL/],
    [{ PROMETHEUS_URL: 'http://me:secret@prometheus' }, /leave out/],
  ])('are refused where they cannot be used: %j', (env, why) => {
    expect(() => read(env)).toThrow(why);
  });
});
