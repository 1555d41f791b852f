import { contactsByPerson, personalRules } from '#src/db/contacts.ts';
import { turnsOf } from '#src/db/escalations.ts';
import { listPeople } from '#src/db/people.ts';
import { UserError } from '#src/errors.ts';
import type { Incident, IncidentNumber, Severity } from '#src/incident/incident.ts';
import { draft } from '#src/incident/opening.ts';
import { planNotifications } from '#src/paging/plan.ts';
import { chainOf, type EscalationPolicy } from '#src/paging/policy.ts';
import { simulate, type PlanFor, type SimulatedStep } from '#src/paging/simulate.ts';

import { bookOf } from './book.ts';
import { deciding, type Context } from './context.ts';
import { OWN_NOTHING, waysOf } from './pages.ts';
import { chooseFor } from './route.ts';

/** What would happen with an incident that nobody answers. */
export interface Simulation {
  /** As the routing rules would have it. */
  readonly severity: Severity;
  /** The name of its policy; null: nobody would be paged. */
  readonly policy: string | null;
  /** Why this policy, or why none. */
  readonly why: string;
  readonly steps: readonly SimulatedStep[];
}

/** It has no number: the sentences about it name this one. */
export const SIMULATED = 0 as IncidentNumber;

/**
 * Who would be paged for an incident of this service that somebody declares at `at`, as rules,
 * policies, schedules and contacts now stand. Only reads, and remembers nothing.
 */
export async function simulatePaging(
  ctx: Context,
  { service, severity, at }: { readonly service: string; readonly severity: Severity; readonly at: Date },
): Promise<Simulation> {
  const { db } = ctx;
  const book = await bookOf(ctx, db);
  const opening = {
    title: `${service} is down`,
    severity,
    category: 'other',
    source: 'manual',
    fingerprint: '',
    resource: { type: 'service', id: service, name: service, metadata: {} },
  } as const;
  const incident: Incident = {
    ...draft(opening, { ...deciding(ctx), at }),
    number: SIMULATED,
    id: 'INC-00000000-00000',
  };
  const { route, policy, why } = await chooseFor(db, book, incident, at);
  const final = route.severity ?? severity;
  if (!policy) return { severity: final, policy: null, why, steps: [] };
  return { severity: final, policy: policy.name, why, steps: await stepsOf(ctx, policy, final, at) };
}

/** The same for an incident that goes by one policy, whatever rules would say. Throws `not_found`. */
export async function simulatePolicy(
  ctx: Context,
  { policy: id, severity, at }: { readonly policy: string; readonly severity: Severity; readonly at: Date },
): Promise<Simulation> {
  const { policies } = (await bookOf(ctx, ctx.db)).setup;
  const policy = policies.find((it) => it.id === id);
  if (!policy) throw new UserError('not_found', `There is no escalation policy ${id.slice(0, 100)}.`);
  const why = policy.enabled
    ? 'This policy was asked for.'
    : 'It is switched off: no incident goes by it now.';
  return { severity, policy: policy.name, why, steps: await stepsOf(ctx, policy, severity, at) };
}

async function stepsOf(
  ctx: Context,
  policy: EscalationPolicy,
  severity: Severity,
  at: Date,
): Promise<SimulatedStep[]> {
  const { db } = ctx;
  const book = await bookOf(ctx, db);
  return simulate({
    facts: { incident: SIMULATED, severity, plan: chainOf(policy, book.setup.policies), at },
    resolve: book.resolve,
    turns: await turnsOf(db),
    planFor: await plansFor(ctx),
  });
}

/** How anybody would be told: read once, for a run asks for many. What was sent lately does not count for what would be. */
export async function plansFor({ db, settings }: Pick<Context, 'db' | 'settings'>): Promise<PlanFor> {
  const contacts = await contactsByPerson(db);
  const own = await personalRules(db);
  const people = new Map((await listPeople(db)).map((it) => [it.id, it]));
  return (person, page) => {
    const known = { entered: contacts.get(person) ?? [], email: people.get(person)?.email ?? null };
    const { rules, quiet } = own.get(person) ?? OWN_NOTHING;
    const all = waysOf(person, known, settings.channels);
    const name = people.get(person)?.name ?? person;
    return planNotifications({ person, name, ...page, contacts: all, rules, quiet, recent: [] });
  };
}
