import { contactsByPerson, personalRules } from '#src/db/contacts.ts';
import { turnsOf } from '#src/db/escalations.ts';
import { listPeople } from '#src/db/people.ts';
import type { Incident, IncidentNumber, Severity } from '#src/incident/incident.ts';
import { draft } from '#src/incident/opening.ts';
import { planNotifications } from '#src/paging/plan.ts';
import { chainOf } from '#src/paging/policy.ts';
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
  const plan = chainOf(policy, book.setup.policies);
  const steps = simulate({
    facts: { incident: SIMULATED, severity: final, plan, at },
    resolve: book.resolve,
    turns: await turnsOf(db),
    planFor: await plansFor(ctx),
  });
  return { severity: final, policy: policy.name, why, steps };
}

/** How anybody would be told: read once, for a run asks for many. What was sent lately does not count for what would be. */
async function plansFor({ db, settings }: Context): Promise<PlanFor> {
  const contacts = await contactsByPerson(db);
  const own = await personalRules(db);
  const emails = new Map((await listPeople(db)).map(({ id, email }) => [id, email]));
  return (person, page) => {
    const known = { entered: contacts.get(person) ?? [], email: emails.get(person) ?? null };
    const { rules, quiet } = own.get(person) ?? OWN_NOTHING;
    const all = waysOf(person, known, settings.channels);
    return planNotifications({ person, ...page, contacts: all, rules, quiet, recent: [] });
  };
}
