import { loadsOf } from '#src/db/escalations.ts';
import type { Reader } from '#src/db/schema.ts';
import type { Incident } from '#src/incident/incident.ts';
import type { EscalationPolicy, PolicyFacts } from '#src/paging/policy.ts';
import { choosePolicy } from '#src/paging/policy.ts';
import { route, type Route } from '#src/paging/routing.ts';
import type { RouteFacts } from '#src/paging/rows.ts';
import type { Crew } from '#src/paging/strategies.ts';

import type { Book } from './book.ts';

const DAY_MS = 86_400_000;

/** Where an incident goes, as the rules and policies now stand. */
export interface Chosen {
  readonly route: Route;
  /** Null: nobody is paged for it, as `why` says. */
  readonly policy: EscalationPolicy | null;
  /** A sentence. */
  readonly why: string;
}

/**
 * A rule that names a policy, or whom to tell, decides alone. Otherwise it is the policy of
 * the incident's team, or of the one that its tag `team` names, then the first that matches, then the default one.
 */
export async function chooseFor(r: Reader, book: Book, incident: Incident, at: Date): Promise<Chosen> {
  const { policies, rules, defaultPolicy, teams } = book.setup;
  const routed = route(rules, routeFacts(incident), null, await crewOf(r, book, at), at);
  if (routed.isSuppressed) return { route: routed, policy: null, why: routed.why };
  if (routed.policy !== null) {
    const named = policies.find((it) => it.id === routed.policy && it.enabled) ?? null;
    const name = policies.find((it) => it.id === routed.policy)?.name ?? routed.policy;
    const missing = `${routed.why} Its policy ${name} is missing or switched off: nobody is paged.`;
    return { route: routed, policy: named, why: named ? routed.why : missing };
  }
  if (routed.targets.length > 0) {
    const name = rules.find(({ id }) => id === routed.rule)?.name ?? '';
    return { route: routed, policy: policyOfTargets(routed, name), why: routed.why };
  }
  // What its alerts say counts until somebody says otherwise.
  const team = teams.find((it) => it.id === (routed.team ?? incident.team ?? incident.tags['team']));
  const own = policies.find((it) => it.id === team?.policy && it.enabled);
  if (own) {
    const why = `It is with the team ${team?.name ?? ''}, whose policy is ${own.name}.`;
    return { route: routed, policy: own, why };
  }
  const { policy, why } = choosePolicy(policies, policyFacts(incident), defaultPolicy);
  return { route: routed, policy, why };
}

export function policyFacts({
  severity,
  category,
  source,
  tags,
  environment,
  resource,
}: Incident): PolicyFacts {
  return { severity, category, source, tags, environment, service: resource?.name ?? null };
}

export function routeFacts(incident: Incident): RouteFacts {
  const { title, team, labels, tags } = incident;
  return { ...policyFacts(incident), title, team, labels, region: tags['region'] ?? null, metrics: {} };
}

async function crewOf(r: Reader, { setup, resolve }: Book, at: Date): Promise<Crew> {
  const isAsked = setup.rules.some((it) => it.enabled && it.strategy === 'load_balanced');
  const loads = isAsked ? await loadsOf(r, new Date(at.getTime() - DAY_MS)) : null;
  return {
    resolve,
    profiles: setup.people
      .filter((it) => it.active)
      .map(({ id, skills, region, timezone }) => ({
        id,
        skills,
        region,
        timezone,
        ...(loads?.get(id) ?? { openIncidents: 0, recentPages: 0 }),
      })),
    schedules: Object.fromEntries(
      setup.teams.flatMap(({ id, schedule }) => (schedule ? [[id, schedule]] : [])),
    ),
  };
}

const WINDOW_MS = 5 * 60_000;

/** A rule that says whom to tell, as a policy of one level that asks again three times. */
function policyOfTargets({ rule, targets }: Route, name: string): EscalationPolicy {
  const level = { name: 'Those whom the rule names', targets, ackWindowMs: WINDOW_MS, when: null } as const;
  return {
    id: `rule-${rule}`,
    name: `of the rule ${name}`,
    description: '',
    enabled: true,
    priority: 0,
    conditions: {},
    levels: [{ ...level, strategy: 'all', acksNeeded: 1, whenEmpty: 'skip' }],
    repeat: { times: 3, afterMs: 0 },
    stopOnAck: true,
    handTo: null,
    managerLevel: null,
    resumeIfStillFiringAfterMs: null,
    unackAfterMs: null,
  };
}
