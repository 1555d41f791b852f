import type { Outside } from '#src/llm/tools/http/outside.ts';
import { NOTHING_OUTSIDE } from '#src/llm/tools/http/outside.ts';
import type { Finding, Sight } from '#src/llm/tools/sight.ts';
import type { Scope } from '#src/llm/tools/tool.ts';

/** When the first alert of the incident of these tests fired, and what may be looked at around it. */
export const ONSET = new Date('2026-03-01T08:00:00Z');
export const WINDOW = { from: new Date('2026-03-01T02:00:00Z'), to: new Date('2026-03-01T09:00:00Z') };

export function at(minutes: number): Date {
  return new Date(ONSET.getTime() + minutes * 60_000);
}

export function finding(id: string, more: Partial<Finding> = {}): Finding {
  return { id, at: ONSET, about: null, text: `what ${id} says`, ...more };
}

/** A checkout that fails since its database was changed. */
export const FINDINGS = {
  events: [finding('event:1', { text: 'Ana opened it as P1: checkout is down.' })],
  alerts: [
    finding('alert:a1', { about: 'payments-db', text: 'P1: connections of payments-db at 500' }),
    finding('alert:a2', { at: at(2), about: 'checkout', text: 'P1: errors of checkout at 12%' }),
  ],
  changes: [
    finding('change:github:7', { at: at(-4), about: 'payments-db', text: 'config "pool of 500" succeeded' }),
    finding('change:github:8', { at: at(-90), about: 'search', text: 'deploy "v3" succeeded' }),
  ],
  similar: [
    finding('similar:3', { at: null, about: 'payments-db', text: 'INC-3 "pool"; the cause was: pool' }),
  ],
} as const;

export const EDGES = [
  { from: 'checkout', to: 'payments-db' },
  { from: 'web', to: 'checkout' },
] as const;

/** What may be seen of that incident, where nothing is said: all of it. */
export function sightOf(more: Partial<Sight> = {}): Sight {
  return {
    timeline: async () => FINDINGS.events,
    alerts: async () => FINDINGS.alerts,
    changes: async () => FINDINGS.changes,
    similar: async () => FINDINGS.similar,
    dependencies: async () => EDGES,
    runbooks: async () => [],
    visible: async (ids) => new Set(ids),
    ...more,
  };
}

export function scopeOf({
  outside = {},
  sight = {},
  signal = new AbortController().signal,
}: {
  readonly outside?: Partial<Outside>;
  readonly sight?: Partial<Sight>;
  readonly signal?: AbortSignal;
} = {}): Scope {
  return { window: WINDOW, sight: sightOf(sight), outside: { ...NOTHING_OUTSIDE, ...outside }, signal };
}
