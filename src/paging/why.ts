import { shortName, type IncidentNumber } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';

import { nextLevel } from './levels.ts';
import type { NotificationPlan } from './plan.ts';
import { reach, type Resolve } from './reach.ts';
import { policyOf, type EscalationRun, type HistoryEntry, type RunStatus } from './run.ts';
import { clock, count, listed, named, type NameOf } from './words.ts';

/** What is kept of one page that was sent. */
export interface Receipt {
  readonly person: PersonId;
  readonly nameOf?: NameOf;
  readonly incident: IncidentNumber;
  readonly at: Date;
  readonly level: number;
  /** The page's own sentence. */
  readonly reason: string;
  /** What was used, and the step's own sentence. */
  readonly messages: readonly {
    readonly by: string;
    readonly at: Date;
    readonly why: string;
    /** What came of it, as a clause: `delivered`, `refused by the provider (550)`. */
    readonly outcome: string;
  }[];
}

/** Why somebody was paged, as sentences in the order in which it came about. */
export function whyPaged(receipt: Receipt): string[] {
  const { person, nameOf, incident, at, level, reason, messages } = receipt;
  const head = `${named([person], nameOf)} was paged for ${shortName(incident)} at ${clock(at)}${level > 0 ? `, at level ${level}` : ''}.`;
  const told = messages.map((it) => `${it.why} Sent by ${it.by} at ${clock(it.at)}: ${it.outcome}.`);
  return [head, reason, ...(told.length > 0 ? told : ['No message went out yet.'])];
}

export interface AskedWhyNot {
  readonly person: PersonId;
  readonly at: Date;
  readonly resolve: Resolve;
  /** How this person would be told, if that is known. */
  readonly plan?: NotificationPlan | null;
  /** Why the incident is not paged at all, where a rule says so. */
  readonly suppressed?: string | null;
}

/** Why somebody was not paged, as sentences. Somebody who was is told when and why. */
export function whyNotPaged(run: EscalationRun | null, asked: AskedWhyNot): string[] {
  const { person, at, plan, suppressed } = asked;
  const who = named([person], asked.resolve.nameOf);
  if (!run) return [suppressed ?? 'There is no escalation for it: no policy matched it.'];
  const name = shortName(run.incident);
  const before = run.history.filter((it) => it.at <= at.getTime());
  const was = before.filter((it) => it.to.includes(`person:${person}`));
  if (was.length > 0) {
    const times = was.map((it) => `${who} was paged for ${name} at ${clock(it.at)}: ${it.text}`);
    return [...times, ...(plan?.unreachable ? [plan.unreachable] : held(plan))];
  }
  const levels = levelsOf(run, asked);
  if (levels.length === 0) {
    const { name: policy, levels: all } = policyOf(run);
    const why = `None of the ${count(all.length, 'level')} of policy ${policy} comes to ${who} at ${clock(at)}.`;
    return [why, ...passedOver(before)];
  }
  const said = `${who} comes at ${listed(levels.map((it) => `level ${it}`))} of policy ${policyOf(run).name}.`;
  return [said, STANDING[run.status](run, levels, asked.resolve.nameOf), ...passedOver(before)];
}

/** The levels that come to this person at that time. */
function levelsOf(run: EscalationRun, { person, at, resolve }: AskedWhyNot): number[] {
  return policyOf(run).levels.flatMap(({ targets }, index) => {
    const people = targets.flatMap((target) => reach(target, resolve, at).to);
    return people.some((it) => it.kind === 'person' && it.id === person) ? [index + 1] : [];
  });
}

type Standing = (run: EscalationRun, levels: readonly number[], nameOf: NameOf | undefined) => string;

const STANDING: Record<RunStatus, Standing> = {
  active: (run, levels) => {
    const ahead = levels.find((it) => it > run.level);
    if (ahead === undefined) {
      return `It is at level ${run.level}, beyond these; when that was reached, or whose turn it was, they did not come to them.`;
    }
    const next = run.nextAt === null ? null : nextLevel(run, run.level + 1, run.nextAt);
    const when =
      next === null || run.nextAt === null ? '' : `; level ${next} is next, at ${clock(run.nextAt)}`;
    return `It is at level ${run.level} still${when}.`;
  },
  acknowledged: ({ ackedBy, acknowledgedAt, level }, _, nameOf) =>
    `${named(ackedBy, nameOf)} acknowledged it${acknowledgedAt === null ? '' : ` at ${clock(acknowledgedAt)}`}, when it was at level ${level}.`,
  completed: () => 'Its policy is at its end, and did not come to them.',
  resolved: (run) => `It was resolved${endOfIt(run)} before that.`,
  cancelled: (run) => `Paging for it was taken off${endOfIt(run)}.`,
  snoozed: ({ nextAt }) => `It is snoozed${nextAt === null ? '' : ` until ${clock(nextAt)}`}.`,
};

function endOfIt({ history }: EscalationRun): string {
  const end = history.findLast((it) => it.what === 'ended');
  return end ? ` at ${clock(end.at)}` : '';
}

/** What was passed over or reached nobody until then, in its own words. */
function passedOver(before: readonly HistoryEntry[]): string[] {
  return before.filter((it) => it.what === 'passed' || it.what === 'empty').map((it) => it.text);
}

/** Steps of their own rules that were refused or came later. */
function held(plan: NotificationPlan | null | undefined): string[] {
  return (plan?.steps ?? []).filter((it) => it.how !== 'send').map((it) => it.why);
}
