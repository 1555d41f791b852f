import { randomUUID } from 'node:crypto';
import { env } from 'node:process';

import type { Alert } from '#src/alerts/alert.ts';
import { classify as byRules, type Classified } from '#src/alerts/classify.ts';
import type { CauseFacts } from '#src/cause/evidence.ts';
import { lookedAt } from '#src/chat/look-investigation.ts';
import { readSettings } from '#src/config.ts';
import type { Severity } from '#src/incident/incident.ts';
import { claude } from '#src/llm/claude.ts';
import type { Door } from '#src/llm/door.ts';
import { openEgress } from '#src/llm/egress.ts';
import { LOOKING } from '#src/llm/investigate-settings.ts';
import { INVESTIGATION_LIMITS, investigate } from '#src/llm/investigate.ts';
import { openDoor } from '#src/llm/open-door.ts';
import { classifyTask } from '#src/llm/tasks/classify.ts';
import { duplicateTask } from '#src/llm/tasks/duplicate.ts';
import { TOOLS } from '#src/llm/tools/index.ts';
import { incident } from '#test/support/incident.ts';
import { MemoryLedger } from '#test/support/memory-ledger.ts';

import { round } from './scores.ts';

/** A model in earnest, asked through the same door as in the product. */
export interface Live {
  readonly door: Door;
  /** What it took: requests, money, time, and how the answers were. */
  readonly took: () => Readonly<Record<string, unknown>>;
}

/**
 * Asks Claude by the settings in the environment (ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, LLM_MODELS, ...) until
 * `maxUsd` is used up; then rules answer, and such rows are not counted. Throws where no key is set.
 */
export function live(maxUsd: number): Live {
  const { door: settings, anthropic } = readSettings(env).llm;
  if (!settings || !anthropic) {
    throw new Error('Set ANTHROPIC_API_KEY; ANTHROPIC_BASE_URL says where its API is.');
  }
  const ledger = new MemoryLedger();
  const door = openDoor({
    providers: [claude(anthropic)],
    settings: { ...settings, budgets: { dayUsd: maxUsd, incidentUsd: maxUsd } },
    ledger,
    egress: openEgress(
      () => ({ isOn: true, isSealed: false, withPrivate: false }),
      async () => {},
    ),
    now: () => new Date(),
    newId: randomUUID,
    log: { warn: () => {}, error: () => {} },
  });
  return { door, took: () => figuresOf(ledger) };
}

function figuresOf({ calls }: MemoryLedger): Record<string, unknown> {
  const ends = calls.flatMap(({ end }) => (end && end.verdict !== 'cached' ? [end] : []));
  const times = ends.map((it) => it.latencyMs).toSorted((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? null;
  const verdicts = Object.groupBy(ends, (it) => it.verdict);
  return {
    requests: ends.length,
    usd: ends.some((it) => it.usd === null) ? null : round(ends.reduce((sum, it) => sum + (it.usd ?? 0), 0)),
    p50_ms: at(0.5),
    p95_ms: at(0.95),
    ...Object.fromEntries(Object.entries(verdicts).map(([name, all]) => [`verdict_${name}`, all.length])),
  };
}

/** The severity that a model says, as triage asks for it; null where none answered. */
export async function severityByModel(door: Door, alert: Classified): Promise<Severity | null> {
  const rules = byRules(alert);
  const input = {
    title: alert.title,
    description: alert.description,
    rule: alert.rule,
    source: 'alertmanager',
    labels: alert.labels,
    byRules: { severity: rules.severity.value, category: rules.category.value, service: null },
    services: [],
  };
  const { value, source } = await door.ask(classifyTask, input, PATIENT);
  return source === 'rules' ? null : value.severity;
}

/** Whether a model takes the second alert for the fault of the first; null where none answered. */
export async function isSameByModel(door: Door, first: Alert, second: Alert): Promise<boolean | null> {
  const seen = (name: string, { title, service, rule, at }: Alert) => ({
    incident: name,
    title,
    service,
    severity: 'P3' as const,
    openedAt: (at ?? new Date(0)).toISOString(),
    alerts: [rule],
  });
  const input = { fresh: seen('INC-2', second), candidates: [seen('INC-1', first)] };
  const { value, source } = await door.ask(duplicateTask, input, PATIENT);
  return source === 'rules' ? null : value.decision === 'duplicate';
}

/** What a model with the tools of the product, over these facts alone, takes for the cause; null where none answered. */
export async function causesByModel(door: Door, facts: CauseFacts): Promise<readonly string[] | null> {
  const { sight, window, brief } = lookedAt({ ...facts, timeline: [] }, incident(), async () => new Set());
  const { signal } = new AbortController();
  const found = await investigate({
    door,
    about: { ...PATIENT, deadlineMs: 2 * INVESTIGATION_LIMITS.ms },
    tools: TOOLS,
    scope: { window, sight, outside: LOOKING.outside, signal },
    brief: { ...brief, notes: [] },
    limits: INVESTIGATION_LIMITS,
    now: () => new Date(),
    watch: { looked: async () => [] },
  });
  return found.end === 'done' ? found.hypotheses.map((it) => it.cause) : null;
}

const PATIENT = { incident: null, isPrivate: false, priority: 'later', deadlineMs: 60_000 } as const;
