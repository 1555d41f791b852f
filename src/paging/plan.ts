import type { Severity } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';

import {
  defaultSteps,
  quietWindow,
  whyUnusable,
  type ContactMethod,
  type PersonalRules,
  type QuietHours,
  type RuleStep,
} from './rules.ts';
import type { Urgency } from './run.ts';
import { endOf, isWithin, saidHours } from './windows.ts';
import { capital, clock, count, lasting, listed } from './words.ts';

/** What was sent to a contact a while ago, or is planned to be. */
export interface Recent {
  readonly contact: string;
  readonly at: Date;
  readonly urgency: Urgency;
}

export interface ToNotify {
  readonly person: PersonId;
  /** What sentences call them; their id where nothing is said. */
  readonly name?: string;
  readonly urgency: Urgency;
  readonly severity: Severity;
  /** When the person is paged. */
  readonly at: Date;
  readonly contacts: readonly ContactMethod[];
  readonly rules: PersonalRules;
  readonly quiet: QuietHours | null;
  readonly recent: readonly Recent[];
}

/** One message, or why there is none. Every step of the rules is in the plan, whatever becomes of it. */
export interface PlannedStep {
  readonly contact: string;
  readonly kind: ContactMethod['kind'] | null;
  /** `bundle`: together with others, as one message. */
  readonly how: 'send' | 'delay' | 'bundle' | 'refuse';
  /** When it is sent; null where it is refused. */
  readonly at: Date | null;
  /** The same, where that is later than the rule asks. */
  readonly delayedUntil: Date | null;
  /** A sentence. */
  readonly why: string;
}

export interface NotificationPlan {
  readonly steps: readonly PlannedStep[];
  /** Why this person cannot be told at all, as a sentence that says what to do; null: they can. */
  readonly unreachable: string | null;
}

/**
 * How and when a person is told. What may break through is sent when the rule
 * asks, never later. Everything else waits for the end of quiet hours, for the
 * bundle it belongs to and for its place under the throttle. Rules that reach
 * nobody are not obeyed to the letter: then the defaults are used as well.
 */
export function planNotifications(page: ToNotify): NotificationPlan {
  const { contacts, urgency, rules, person, name = person } = page;
  const own = rules[urgency];
  const rule = own === null ? `the default rule for ${urgency} urgency` : `their rule for ${urgency} urgency`;
  let steps = plan(page, own ?? defaultSteps(contacts, urgency), rule);
  if (own !== null && steps.every((it) => it.at === null)) {
    const others = defaultSteps(contacts, urgency).filter((it) =>
      own.every((mine) => mine.contact !== it.contact),
    );
    steps = [...steps, ...plan(page, others, 'the default rule, since their own reaches nobody')];
  }
  if (steps.some((it) => it.at !== null)) return { steps, unreachable: null };
  return { steps, unreachable: nowhere(name, contacts, steps) };
}

function plan(page: ToNotify, steps: readonly RuleStep[], rule: string): PlannedStep[] {
  const placed: Recent[] = [];
  return steps
    .toSorted((a, b) => a.delayMs - b.delayMs)
    .map((step) => {
      const planned = planStep(page, step, rule, placed);
      if (planned.at) placed.push({ contact: step.contact, at: planned.at, urgency: page.urgency });
      return planned;
    });
}

function planStep(page: ToNotify, step: RuleStep, rule: string, own: readonly Recent[]): PlannedStep {
  const { contact: id, delayMs } = step;
  const contact = page.contacts.find((it) => it.id === id);
  const base = { contact: id, kind: contact?.kind ?? null };
  const fault = contact ? whyUnusable(contact) : 'there is no such contact any more';
  if (!contact || fault !== null) {
    return refused(base, `${capital(contact?.kind ?? id)} is not used: ${fault}.`);
  }
  const due = page.at.getTime() + delayMs;
  const asked = `${capital(contact.kind)} ${delayMs === 0 ? 'at once' : `after ${lasting(delayMs)}`}, by ${rule}`;
  const onTime = { ...base, how: 'send' as const, at: new Date(due), delayedUntil: null, why: `${asked}.` };
  if (breaksThrough(page)) return onTime;
  const { at, causes, isBundled } = place(page, id, due, own);
  if (at === null) return refused(base, `${asked}, but ${listed(causes)}.`);
  if (causes.length === 0) return onTime;
  const until = new Date(at);
  const why = `${asked}; ${isBundled ? 'bundled, and ' : ''}delayed until ${clock(until)}: ${listed(causes)}.`;
  return { ...base, how: isBundled ? 'bundle' : 'delay', at: until, delayedUntil: until, why };
}

function breaksThrough({ quiet, urgency, severity }: ToNotify): boolean {
  if (!quiet) return urgency === 'high';
  const { severities, urgencies } = quiet.breakThrough;
  return severities.includes(severity) || urgencies.includes(urgency);
}

interface Placing {
  /** Null: there is no time at which it could be sent. */
  readonly at: number | null;
  readonly causes: readonly string[];
  readonly isBundled: boolean;
}

/** More turns than this are rules that no time satisfies; each turn moves it later. */
const MOST_TURNS = 1000;

/** The first time from `due` on that quiet hours, bundles and the throttle all allow. */
function place(page: ToNotify, contact: string, due: number, own: readonly Recent[]): Placing {
  const others = page.recent.filter((it) => it.contact === contact);
  const causes = new Set<string>();
  let at = due;
  let isBundled = false;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const waiting = page.urgency === 'low' && joins(page, others, at);
    if (waiting) return { at: waiting.getTime(), causes: ['it joins what waits already'], isBundled: true };
    const later =
      afterQuiet(page, at) ??
      afterBundle(page, others, at) ??
      afterThrottle(page, [...others, ...own], contact, at);
    if (!later) return { at, causes: [...causes], isBundled };
    causes.add(later.cause);
    isBundled ||= later.isBundled;
    if (later.at === null) break;
    at = later.at;
  }
  return { at: null, causes: [...causes, 'that leaves no time for it: change these rules'], isBundled };
}

interface Later {
  readonly at: number | null;
  readonly cause: string;
  readonly isBundled: boolean;
}

function afterQuiet({ quiet }: ToNotify, at: number): Later | null {
  if (!quiet) return null;
  const hours = quietWindow(quiet);
  if (!isWithin(hours, new Date(at))) return null;
  const end = endOf(hours, new Date(at));
  return { at: end?.getTime() ?? null, cause: `quiet hours are ${saidHours(hours)}`, isBundled: false };
}

/** A message that waits for its bundle, and takes this one along. */
function joins({ rules, quiet, at: paged }: ToNotify, others: readonly Recent[], at: number): Date | null {
  const { bundleMs } = rules;
  if (bundleMs === null) return null;
  const waits = ({ at: when, urgency }: Recent) =>
    urgency === 'low' &&
    when > paged &&
    when.getTime() >= at &&
    when.getTime() - at <= bundleMs &&
    !(quiet && isWithin(quietWindow(quiet), when));
  return others.find(waits)?.at ?? null;
}

function afterBundle({ rules, urgency }: ToNotify, others: readonly Recent[], at: number): Later | null {
  const { bundleMs } = rules;
  if (bundleMs === null || urgency !== 'low') return null;
  const before = others.filter((it) => it.urgency === 'low' && it.at.getTime() <= at);
  const last = Math.max(...before.map((it) => it.at.getTime()));
  if (at - last >= bundleMs) return null;
  return {
    at: last + bundleMs,
    cause: `one message in ${lasting(bundleMs)} takes all along`,
    isBundled: true,
  };
}

function afterThrottle(
  { rules }: ToNotify,
  all: readonly Recent[],
  contact: string,
  at: number,
): Later | null {
  const { throttle } = rules;
  if (!throttle) return null;
  const within = all
    .filter((it) => it.contact === contact)
    .map((it) => it.at.getTime())
    .filter((sent) => sent <= at && at - sent < throttle.windowMs)
    .toSorted((a, b) => b - a);
  const oldest = within[throttle.max - 1];
  if (oldest === undefined) return null;
  const cause = `at most ${count(throttle.max, 'message')} in ${lasting(throttle.windowMs)} were asked for`;
  return { at: oldest + throttle.windowMs, cause, isBundled: false };
}

function refused(base: Pick<PlannedStep, 'contact' | 'kind'>, why: string): PlannedStep {
  return { ...base, how: 'refuse', at: null, delayedUntil: null, why };
}

function nowhere(name: string, contacts: readonly ContactMethod[], steps: readonly PlannedStep[]): string {
  if (contacts.length === 0) return `${name} has no contact method; add one.`;
  const faults = contacts.map((it) => `${it.kind}: ${whyUnusable(it) ?? 'no rule uses it'}`);
  const said = steps.length > 0 ? steps.map((it) => it.why).join(' ') : `${capital(listed(faults))}.`;
  return `${name} cannot be told, since no contact method can be used. ${said}`;
}
