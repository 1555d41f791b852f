import { randomUUID } from 'node:crypto';
import { env } from 'node:process';

import { classify as byRules, type Classified } from '#src/alerts/classify.ts';
import { readSettings } from '#src/config.ts';
import type { Severity } from '#src/incident/incident.ts';
import { claude } from '#src/llm/claude.ts';
import type { Door } from '#src/llm/door.ts';
import { openEgress } from '#src/llm/egress.ts';
import { openDoor } from '#src/llm/open-door.ts';
import { classifyTask } from '#src/llm/tasks/classify.ts';
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
  const about = { incident: null, isPrivate: false, priority: 'later', deadlineMs: 60_000 } as const;
  const { value, source } = await door.ask(classifyTask, input, about);
  return source === 'rules' ? null : value.severity;
}
