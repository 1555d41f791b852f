import type { Severity } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';

import type { NotificationPlan } from './plan.ts';
import { keyOf } from './reach.ts';
import { policyOf, type Outcome, type Page, type RunFacts, type Urgency, type World } from './run.ts';
import { begin } from './running.ts';
import { timeUp } from './times.ts';

/** How a person would be told of a page. */
export type PlanFor = (
  person: PersonId,
  page: { readonly urgency: Urgency; readonly severity: Severity; readonly at: Date },
) => NotificationPlan;

export interface Simulated extends World {
  readonly facts: RunFacts;
  readonly planFor: PlanFor;
}

/** One line of what would happen. */
export interface SimulatedStep {
  readonly at: Date;
  /** Whole minutes from the beginning. */
  readonly minute: number;
  readonly cycle: number;
  readonly level: number;
  readonly levelName: string;
  /** `person:ana`, or null for a word to the room. */
  readonly to: string | null;
  /** `sms`, `room`, ...; null for a word to the room. */
  readonly by: string | null;
  readonly why: string;
  /** It reaches nobody: a level without people, a contact that cannot be used, a person without any. */
  readonly isDead: boolean;
}

/** A run has far fewer steps; this only bounds one that was never validated. */
const MOST_STEPS = 5000;

/**
 * Who would be paged, and how, minute by minute, from `facts.at` until the run
 * has come to its end with nobody answering. It runs the machine itself, so it
 * cannot say anything else than what would happen.
 */
export function simulate({ facts, planFor, ...world }: Simulated): SimulatedStep[] {
  const steps: SimulatedStep[] = [];
  const start = facts.at.getTime();
  const add = (step: Omit<SimulatedStep, 'minute'>) =>
    steps.push({ ...step, minute: Math.floor((step.at.getTime() - start) / 60_000) });
  let out = begin(facts, world);
  let at = facts.at;
  for (let nth = 0; nth < MOST_STEPS; nth += 1) {
    for (const step of stepsOf(out, at, facts.severity, planFor)) add(step);
    if (!out.nextAt) break;
    at = out.nextAt;
    out = timeUp(out.run, world, at);
  }
  return steps.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

type Step = Omit<SimulatedStep, 'minute'>;

function stepsOf(out: Outcome, at: Date, severity: Severity, planFor: PlanFor): Step[] {
  const { cycle, level, history } = out.run;
  const here = { at, cycle, level, levelName: nameOf(out, level), to: null, by: null };
  const notes = out.notes.map(({ text, isLoud }) => {
    const isDead = isLoud || history.some((it) => it.what === 'empty' && it.text === text);
    return { ...here, why: text, isDead };
  });
  const pages = out.pages.flatMap((page) => pageSteps(page, nameOf(out, page.level), at, severity, planFor));
  return [...notes, ...pages];
}

function pageSteps(page: Page, levelName: string, at: Date, severity: Severity, planFor: PlanFor): Step[] {
  const { to, cycle, level, reason, urgency } = page;
  const here = { at, cycle, level, levelName, to: keyOf(to) };
  if (to.kind !== 'person') return [{ ...here, by: to.kind, why: reason, isDead: false }];
  const { steps, unreachable } = planFor(to.id, { urgency, severity, at });
  const told = steps.map((step) => ({
    ...here,
    at: step.at ?? at,
    by: step.kind ?? step.contact,
    why: `${reason} ${step.why}`,
    isDead: step.at === null,
  }));
  if (unreachable === null) return told;
  return [...told, { ...here, by: null, why: `${reason} ${unreachable}`, isDead: true }];
}

function nameOf({ run }: Outcome, level: number): string {
  return policyOf(run).levels[level - 1]?.name ?? '';
}
