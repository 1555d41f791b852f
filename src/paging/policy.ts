import { rank, type Category, type Environment, type Severity } from '#src/incident/incident.ts';
import { sayableId } from '#src/incident/recipient.ts';

import type { Hours } from './windows.ts';
import { byId, listed, type NameOf } from './words.ts';

/** What a level can page. People, teams and schedules come to people; the others are told as they are. */
export const TARGET_KINDS = ['person', 'team', 'schedule', 'room', 'webhook', 'external'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

export interface Target {
  readonly kind: TargetKind;
  readonly id: string;
  /** Paged instead where this one reaches nobody. */
  readonly fallback?: Target | null;
}

/** When a level applies; where it does not it is passed over. */
export interface LevelWhen {
  readonly hours: Hours | null;
  /** None: any. */
  readonly severity: readonly Severity[];
}

export interface Level {
  readonly name: string;
  readonly targets: readonly Target[];
  /** Milliseconds from this level to the next one while too few people have acknowledged. */
  readonly ackWindowMs: number;
  /** Null: always. */
  readonly when: LevelWhen | null;
  /** All targets at once, or one in turn; the turn goes on from incident to incident. */
  readonly strategy: 'all' | 'round-robin';
  /** How many different people must acknowledge. */
  readonly acksNeeded: number;
  /** A level that reaches nobody goes on to the next one at once, or waits its window all the same. */
  readonly whenEmpty: 'skip' | 'hold';
}

/** What an incident must be for a policy to be its own. A list that is absent or empty: any. */
export interface Conditions {
  readonly severity?: readonly Severity[];
  readonly category?: readonly Category[];
  readonly source?: readonly string[];
  /** Each of these tags, with this value. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly environment?: readonly Environment[];
  readonly service?: readonly string[];
}

export interface EscalationPolicy {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  /** The higher one is asked first. */
  readonly priority: number;
  readonly conditions: Conditions;
  readonly levels: readonly Level[];
  /** How often all levels come again, and how many milliseconds after the last one's window. */
  readonly repeat: { readonly times: number; readonly afterMs: number };
  readonly stopOnAck: boolean;
  /** The policy that goes on when this one is at its end. */
  readonly handTo: string | null;
  /** The number of the level that the manager page of contracts 2.3 goes to, from 1. */
  readonly managerLevel: number | null;
  /** An acknowledged incident whose alerts still fire after so long is paged again. */
  readonly resumeIfStillFiringAfterMs: number | null;
  /** An acknowledged incident on which nothing happens for so long is acknowledged no more. */
  readonly unackAfterMs: number | null;
}

/** What is known of an incident when a policy is chosen. */
export interface PolicyFacts {
  readonly severity: Severity;
  readonly category: Category;
  readonly source: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly environment: Environment;
  readonly service: string | null;
}

interface Considered {
  readonly policy: string;
  readonly matched: boolean;
  /** A clause: what matched, or what did not. */
  readonly why: string;
}

export interface ChosenPolicy {
  readonly policy: EscalationPolicy | null;
  readonly why: string;
  /** Every policy in the order in which it was asked. */
  readonly considered: readonly Considered[];
}

/**
 * The policy of an incident: of those that are on and match, the one of highest
 * priority; among equals the one with more conditions, then the first by id.
 * Where none matches it is the default one, which is named and never guessed.
 */
export function choosePolicy(
  policies: readonly EscalationPolicy[],
  facts: PolicyFacts,
  defaultId: string | null,
): ChosenPolicy {
  const asked = policies.toSorted(inOrder).map((policy) => ({ policy, ...fits(policy, facts) }));
  const considered = asked.map(({ policy, matched, why }) => ({ policy: policy.id, matched, why }));
  const first = asked.find((it) => it.matched);
  if (first) {
    return { policy: first.policy, why: `Policy ${first.policy.name} matched: ${first.why}.`, considered };
  }
  const fallback = policies.find((it) => it.id === defaultId && it.enabled) ?? null;
  const nothing = policies.length === 0 ? 'There is no policy' : 'No policy matched';
  if (fallback) {
    return {
      policy: fallback,
      why: `${nothing}, so the default policy ${fallback.name} is used.`,
      considered,
    };
  }
  const missing =
    defaultId === null
      ? 'no default policy is set: name one in the settings'
      : `the default policy ${JSON.stringify(defaultId)} is missing or switched off`;
  return { policy: null, why: `${nothing}, and ${missing}. Nobody is paged.`, considered };
}

/**
 * The policy and those it hands on to, in order: what a run keeps. It ends where
 * a policy is unknown, switched off or in it already.
 */
export function chainOf(
  policy: EscalationPolicy,
  all: readonly EscalationPolicy[],
): readonly [EscalationPolicy, ...EscalationPolicy[]] {
  const chain: [EscalationPolicy, ...EscalationPolicy[]] = [policy];
  for (let last = policy; last.handTo !== null;) {
    const next = all.find((it) => it.id === last.handTo);
    if (!next?.enabled || chain.some((it) => it.id === next.id)) break;
    chain.push(next);
    last = next;
  }
  return chain;
}

export function sameTarget(a: Target, b: Target): boolean {
  return a.kind === b.kind && a.id === b.id;
}

/** `schedule Payments`, as it stands in a sentence. */
export function saidTarget({ kind, id }: Pick<Target, 'kind' | 'id'>, nameOf: NameOf = byId): string {
  if (kind === 'webhook' || kind === 'external') return `${kind} ${sayableId({ kind, id })}`;
  const name = nameOf({ kind, id });
  return kind === 'person' ? name : `${kind} ${name}`;
}

function inOrder(a: EscalationPolicy, b: EscalationPolicy): number {
  return (
    b.priority - a.priority ||
    conditionsOf(b.conditions) - conditionsOf(a.conditions) ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  );
}

function conditionsOf({ tags, ...lists }: Conditions): number {
  const filled = Object.values(lists).filter((it) => it.length > 0);
  return filled.length + Object.keys(tags ?? {}).length;
}

function fits(policy: EscalationPolicy, facts: PolicyFacts): { matched: boolean; why: string } {
  if (!policy.enabled) return { matched: false, why: 'it is switched off' };
  const { tags = {}, ...lists } = policy.conditions;
  const met: string[] = [];
  for (const [field, allowed] of Object.entries(lists) as [keyof typeof lists, readonly string[]][]) {
    if (allowed.length === 0) continue;
    const is = facts[field];
    if (is === null || !allowed.includes(is)) {
      return {
        matched: false,
        why: `${field} is ${is ?? 'not known'}, and it is for ${listed(allowed, 'or')}`,
      };
    }
    met.push(`${field} is ${is}`);
  }
  for (const [tag, value] of Object.entries(tags)) {
    const is = Object.hasOwn(facts.tags, tag) ? facts.tags[tag] : undefined;
    if (is !== value) {
      return { matched: false, why: `tag ${tag} is ${is ?? 'not set'}, and it is for ${value}` };
    }
    met.push(`tag ${tag} is ${value}`);
  }
  return { matched: true, why: met.length > 0 ? listed(met) : 'it is for every incident' };
}

/** Severities from the worst on, as a list in a sentence. */
export function saidSeverities(severities: readonly Severity[]): string {
  return listed(
    severities.toSorted((a, b) => rank(a) - rank(b)),
    'or',
  );
}
