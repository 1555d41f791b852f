import { UserError } from '#src/errors.ts';
import type { Severity } from '#src/incident/incident.ts';

import type { Target } from './policy.ts';
import { faultOfRow, holds, type RouteFacts, type Row } from './rows.ts';
import { choose, type Crew, type Strategy } from './strategies.ts';
import { faultOf, isWithin, saidHours, type Hours } from './windows.ts';
import { listed } from './words.ts';

/** What a rule does to the incidents that match it. */
export type RouteAction =
  | { readonly do: 'policy'; readonly policy: string }
  | { readonly do: 'notify'; readonly targets: readonly Target[] }
  | { readonly do: 'assign'; readonly team: string }
  | { readonly do: 'label'; readonly labels: readonly string[] }
  | { readonly do: 'severity'; readonly severity: Severity }
  /** Nobody is told. */
  | { readonly do: 'suppress' };

export interface RoutingRule {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  /** The higher one is asked first; among equals the first by id. */
  readonly priority: number;
  /** All of them must hold; none: every incident. */
  readonly rows: readonly Row[];
  /** Null: at any time. */
  readonly hours: Hours | null;
  readonly strategy: Strategy;
  /** What `skill_based` looks for. */
  readonly skills: readonly string[];
  readonly actions: readonly RouteAction[];
}

interface ConsideredRule {
  readonly rule: string;
  readonly matched: boolean;
  /** A clause: what held, or the first thing that did not. */
  readonly why: string;
}

export interface Route {
  /** The rule that matched, or null. */
  readonly rule: string | null;
  /** A sentence. */
  readonly why: string;
  /** The policy to go by; null where the rule names whom to tell instead, or suppresses. */
  readonly policy: string | null;
  /** Whom to tell besides, as the rule's strategy chose, and a clause that says why. */
  readonly targets: readonly Target[];
  readonly whyTargets: string | null;
  readonly team: string | null;
  readonly labels: readonly string[];
  readonly severity: Severity | null;
  readonly isSuppressed: boolean;
  /** Every rule that was asked, in order; those after the one that matched were not. */
  readonly considered: readonly ConsideredRule[];
}

/**
 * Where an incident goes: the first rule that matches says, and says alone. Where
 * none matches, or the one that does names neither a policy nor whom to tell, it
 * is the default policy.
 */
export function route(
  rules: readonly RoutingRule[],
  facts: RouteFacts,
  defaultPolicy: string | null,
  crew: Crew,
  at: Date,
): Route {
  const considered: ConsideredRule[] = [];
  for (const rule of rules.toSorted(inOrder)) {
    const { matched, why } = match(rule, facts, at);
    considered.push({ rule: rule.id, matched, why });
    if (matched) return { ...follow(rule, why, facts, defaultPolicy, crew, at), considered };
  }
  const by =
    defaultPolicy === null ? 'no default policy is set' : `the default policy ${defaultPolicy} is used`;
  const why = `${rules.length === 0 ? 'There are no routing rules' : 'No routing rule matched'}: ${by}.`;
  return { ...NOTHING, why, policy: defaultPolicy, considered };
}

/** For each rule a line that says that it matched, why it did not, or that one before it had. */
export function explainRouting(rules: readonly RoutingRule[], facts: RouteFacts, at: Date): string[] {
  let first: RoutingRule | null = null;
  return rules.toSorted(inOrder).map((rule) => {
    const { matched, why } = match(rule, facts, at);
    if (!matched) return `${rule.name} did not match: ${why}.`;
    if (first) return `${rule.name} would match (${why}), but ${first.name} comes before it.`;
    first = rule;
    return `${rule.name} matched: ${why}.`;
  });
}

/** Everything that is wrong with the rules, each as a sentence that says what to change. */
export function validateRouting(
  rules: readonly RoutingRule[],
  isPolicy: (id: string) => boolean,
  isKnown: (target: Pick<Target, 'kind' | 'id'>) => boolean,
): UserError[] {
  const ids = Map.groupBy(rules, (it) => it.id);
  return rules.flatMap((rule) => {
    const texts = [...rule.rows.map(faultOfRow), rule.hours && faultOf(rule.hours)];
    if ((ids.get(rule.id)?.length ?? 0) > 1) texts.push('another rule has the same id; give each its own.');
    if (rule.actions.length === 0) texts.push('it does nothing; add an action.');
    const isBlind = rule.strategy === 'skill_based' && rule.skills.length === 0;
    if (isBlind) texts.push('it chooses by skill; name the skills.');
    for (const action of rule.actions) {
      if (action.do === 'policy' && !isPolicy(action.policy)) {
        texts.push(`policy ${JSON.stringify(action.policy)} does not exist; add it or name another.`);
      }
      if (action.do === 'assign' && !isKnown({ kind: 'team', id: action.team })) {
        texts.push(`team ${action.team} does not exist; add it or name another.`);
      }
      if (action.do !== 'notify') continue;
      if (action.targets.length === 0) texts.push('it tells nobody; add a target.');
      for (const target of action.targets.filter((it) => !isKnown(it))) {
        texts.push(`${target.kind} ${target.id} does not exist; add it or name another.`);
      }
    }
    const found = texts.filter((it) => it !== null);
    return found.map((text) => new UserError('bad_arguments', `Rule ${rule.id}: ${text}`, { rule: rule.id }));
  });
}

const NOTHING = {
  rule: null,
  policy: null,
  targets: [],
  whyTargets: null,
  team: null,
  labels: [],
  severity: null,
  isSuppressed: false,
} as const;

function inOrder(a: RoutingRule, b: RoutingRule): number {
  return b.priority - a.priority || (a.id < b.id ? -1 : Number(a.id > b.id));
}

function match(
  { enabled, rows, hours }: RoutingRule,
  facts: RouteFacts,
  at: Date,
): { matched: boolean; why: string } {
  if (!enabled) return { matched: false, why: 'it is switched off' };
  const met: string[] = [];
  for (const row of rows) {
    const { isMet, why } = holds(row, facts);
    if (!isMet) return { matched: false, why };
    met.push(why);
  }
  if (hours && !isWithin(hours, at)) return { matched: false, why: `it is for ${saidHours(hours)} only` };
  if (hours) met.push(`it is within ${saidHours(hours)}`);
  return { matched: true, why: listed(met) || 'it is for every incident' };
}

function follow(
  { id, name, actions, strategy, skills }: RoutingRule,
  because: string,
  { region }: RouteFacts,
  defaultPolicy: string | null,
  crew: Crew,
  at: Date,
): Omit<Route, 'considered'> {
  const said = {
    rule: id,
    team: actions.findLast((it) => it.do === 'assign')?.team ?? null,
    labels: [...new Set(actions.filter((it) => it.do === 'label').flatMap((it) => it.labels))],
    severity: actions.findLast((it) => it.do === 'severity')?.severity ?? null,
  };
  if (actions.some((it) => it.do === 'suppress')) {
    const why = `Rule ${name} matched and suppresses it: ${because}. Nobody is told.`;
    return { ...NOTHING, ...said, isSuppressed: true, why };
  }
  const asked = actions.filter((it) => it.do === 'notify').flatMap((it) => it.targets);
  const named = actions.findLast((it) => it.do === 'policy')?.policy ?? null;
  const chosen = asked.length === 0 ? null : choose({ targets: asked, strategy, skills, region }, crew, at);
  return {
    ...NOTHING,
    ...said,
    why: `Rule ${name} matched: ${because}.`,
    policy: named ?? (chosen ? null : defaultPolicy),
    targets: chosen?.targets ?? [],
    whyTargets: chosen?.why ?? null,
  };
}
