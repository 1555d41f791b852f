import { alertCounts } from '#src/db/alerts.ts';
import { saveDecisions } from '#src/db/decisions.ts';
import { findRun, saveRun, turnsOf, type StoredRun } from '#src/db/escalations.ts';
import { eventsOf } from '#src/db/events.ts';
import { lockIncident } from '#src/db/incidents.ts';
import { cancelPages, hasPages } from '#src/db/pages.ts';
import type { Tx } from '#src/db/schema.ts';
import { setTimers } from '#src/db/timers.ts';
import { assign, edit, invite, setSeverity, unchanged } from '#src/incident/changes.ts';
import { decided, event, type Deciding, type Decision } from '#src/incident/decision.ts';
import type { LoggedEvent } from '#src/incident/events.ts';
import { isOpen, type Incident } from '#src/incident/incident.ts';
import { decide, isLegal, MAX_LEVEL } from '#src/incident/lifecycle.ts';
import { SYSTEM, type PersonId, type TeamId } from '#src/incident/person.ts';
import { escalatedTo } from '#src/paging/escalating.ts';
import { chainOf } from '#src/paging/policy.ts';
import type { Route } from '#src/paging/routing.ts';
import { policyOf, type EscalationRun, type Outcome, type World } from '#src/paging/run.ts';
import {
  acknowledged,
  begin,
  deescalated,
  reopened,
  resolved,
  severityChanged,
  touched,
} from '#src/paging/running.ts';
import { managersDue, slaBreached, timeUp } from '#src/paging/times.ts';

import { bookOf, type Book } from './book.ts';
import type { Context } from './context.ts';
import { handedTo } from './escalate-to.ts';
import { pageFor } from './pages.ts';
import { chooseFor } from './route.ts';

/**
 * Brings an incident's escalation up to date: with everything that happened to the incident
 * since it was last looked at, in order, and with the time. One transaction; asked twice it
 * does nothing twice. Whoever is to be paged is written down with it, to be sent.
 */
export async function escalate(ctx: Context, number: number): Promise<void> {
  // Most programs without a policy look at each incident, and need no lock for that; but people can page by hand.
  const isQuiet = isNothingSetUp(await bookOf(ctx, ctx.db)) && !(await findRun(ctx.db, number));
  if (isQuiet && !(await hasPages(ctx.db, number))) return;
  const isMore = await ctx.db.transaction().execute(async (tx) => await escalateIn({ ctx, tx }, number));
  if (isMore) ctx.committed();
}

/** The same as a part of something larger: what comes after it must not overtake what happened before. */
export async function escalateIn({ ctx, tx }: Pick<Place, 'ctx' | 'tx'>, number: number): Promise<boolean> {
  const incident = await lockIncident(tx, number);
  const stored = await findRun(tx, number);
  const events = await eventsOf(tx, number, { after: stored?.seen ?? 0 });
  const book = await bookOf(ctx, tx);
  const it = new Escalating(
    { ctx, tx, book, world: await worldOf(tx, book, incident) },
    incident,
    stored?.run ?? null,
  );
  // Without a run nothing says how far it was followed, and all is read again.
  const isRouted = events.some((one) => one.type === 'incident.escalation_noted' && one.by.type === 'system');
  for (const one of events) await it.follow(one, isRouted);
  await it.look();
  return await it.save(events.at(-1)?.seq ?? stored?.seen ?? 0);
}

interface Place {
  readonly ctx: Context;
  readonly tx: Tx;
  readonly book: Book;
  readonly world: World;
}

async function worldOf(tx: Tx, { resolve }: Book, { number }: Incident): Promise<World> {
  const counts = await alertCounts(tx, [number]);
  return { resolve, turns: await turnsOf(tx), isFiring: (counts.get(number)?.firing ?? 0) > 0 };
}

/** One look at one escalation. */
class Escalating {
  readonly #place: Place;
  readonly #before: EscalationRun | null;
  readonly #who: Deciding;
  #decision: Decision;
  #run: EscalationRun | null;

  constructor(place: Place, incident: Incident, run: EscalationRun | null) {
    this.#place = place;
    this.#who = { by: SYSTEM, at: place.ctx.now() };
    this.#before = run;
    this.#run = run;
    this.#decision = unchanged(incident);
  }

  async follow(it: LoggedEvent, isRouted: boolean): Promise<void> {
    if (it.type === 'incident.declared') return await this.#begin(isRouted);
    const next = this.#reaction(it);
    if (next) await this.#take(next);
    await this.#answer(it);
  }

  /** The time, when nothing else has moved it. */
  async look(): Promise<void> {
    if (!this.#run) return;
    const { world } = this.#place;
    const { at } = this.#who;
    await this.#take(timeUp(this.#run, world, at));
    const managersAt = managersDue(this.#run, this.#decision.incident.createdAt);
    if (managersAt && managersAt <= at) await this.#take(slaBreached(this.#run, world, 'manager', at));
  }

  async save(seen: number): Promise<boolean> {
    const { tx } = this.#place;
    const run = this.#run;
    if (run) {
      await saveRun(tx, { run, seen } satisfies StoredRun, this.#who.at);
      const at = run.nextAt === null ? null : new Date(run.nextAt);
      const { incident } = run;
      const managersAt = managersDue(run, this.#decision.incident.createdAt);
      await setTimers(tx, [
        { kind: 'escalation', incident, at },
        { kind: 'manager-page', incident, at: managersAt },
      ]);
    }
    await saveDecisions(tx, [this.#decision]);
    return run !== this.#before;
  }

  #reaction(it: LoggedEvent): Outcome | null {
    const { world, book } = this.#place;
    const isEscalated = it.type === 'incident.escalated' || it.type === 'incident.level_raised';
    if (isEscalated && it.data.whom) {
      return handedTo(this.#run, it, it.data.whom, { book, world, incident: this.#decision.incident });
    }
    return this.#run && react(this.#run, it, world);
  }

  /** Who is called to a private incident may see it, or could not answer. */
  #letIn(pages: Outcome['pages']): void {
    if (!this.#decision.incident.isPrivate) return;
    for (const { to } of pages) {
      if (to.kind === 'person') this.#decide((incident) => invite(incident, to.id, this.#who));
    }
  }

  /** What rules say of an incident is done once: people may have changed it since. */
  async #begin(isRouted: boolean): Promise<void> {
    const { ctx, tx, book, world } = this.#place;
    const { incident } = this.#decision;
    if (this.#run || !isOpen(incident)) return;
    // Where nobody has set up who is paged, the room is all there is, and nothing is missed by that.
    if (isNothingSetUp(book)) return;
    const { policies } = book.setup;
    const chosen = await chooseFor(tx, book, incident, this.#who.at);
    if (!isRouted) this.#route(chosen.route);
    if (!chosen.policy) {
      if (!isRouted) this.#note(chosen.why, !chosen.route.isSuppressed);
      return;
    }
    const facts = {
      incident: incident.number,
      severity: this.#decision.incident.severity,
      plan: chainOf(chosen.policy, policies),
      at: incident.createdAt,
    };
    const late = ctx.now().getTime() - incident.createdAt.getTime();
    await this.#take(begin(late < LATE_MS ? facts : { ...facts, at: this.#who.at }, world), chosen.why);
  }

  #route({ team, severity, labels, why }: Route): void {
    if (team !== null) this.#decide((it) => assign(it, { team: team as TeamId }, this.#who));
    if (severity) this.#decide((it) => setSeverity(it, severity, why, this.#who));
    if (labels.length > 0) {
      this.#decide((it) => edit(it, { labels: [...new Set([...it.labels, ...labels])] }, this.#who));
    }
  }

  async #take({ run, pages, notes }: Outcome, why?: string): Promise<void> {
    const before = this.#run?.incidentLevel ?? 1;
    this.#run = run;
    this.#letIn(pages);
    const { ctx, tx } = this.#place;
    const told = [];
    for (const page of pages) {
      const made = await pageFor({ ctx, tx }, this.#decision.incident, page);
      if (made) told.push(made);
    }
    for (const { text, isLoud } of notes) this.#note(text, isLoud);
    const first = pages[0];
    if (first && told.length > 0) {
      const { level, cycle, urgency } = first;
      const data = { policy: policyOf(run).name, level, cycle, urgency, pages: told, why: why ?? null };
      this.#decide((it) => decided(it, [event(it, 'incident.paged', data, this.#who)], this.#who));
    }
    // Only in the step that asks for it: people may have de-escalated it since.
    if (run.incidentLevel > before) this.#raise(run.incidentLevel);
  }

  /** What an answer makes needless. */
  async #answer(it: LoggedEvent): Promise<void> {
    const run = this.#run;
    const { tx } = this.#place;
    const { number } = this.#decision.incident;
    const { by, at } = it;
    // Who pages themselves does not answer by it.
    const isOwnPage = it.type === 'incident.paged' && it.data.pages.some(({ to }) => to.id === by.id);
    if (by.type === 'user' && !isOwnPage) {
      await cancelPages(tx, number, { to: by.id as PersonId, by: by.id, at });
    }
    if (!run) return;
    // One that came to its end without an answer is nobody's yet: what is still to be sent goes out.
    if (run.status === 'active' || run.status === 'completed') return;
    const to = run.status === 'acknowledged' ? 'all-but-managers' : 'all';
    await cancelPages(tx, number, { to, by: null, at });
  }

  /** The incident's own level follows the level that is paged. */
  #raise(wanted: number): void {
    const { status, escalationLevel } = this.#decision.incident;
    const level = Math.min(MAX_LEVEL, wanted);
    if (level < 2 || level <= escalationLevel) return;
    const action = isLegal(status, 'escalate') ? 'escalate' : 'raise';
    if (!isLegal(status, action)) return;
    const reason = `nobody answered at level ${escalationLevel}`;
    this.#decide((it) => decide(it, action, { level, reason }, this.#who));
  }

  #note(text: string, isLoud: boolean): void {
    this.#decide((it) =>
      decided(it, [event(it, 'incident.escalation_noted', { text, isLoud }, this.#who)], this.#who),
    );
  }

  #decide(make: (incident: Incident) => Decision): void {
    const next = make(this.#decision.incident);
    this.#decision = { ...next, events: [...this.#decision.events, ...next.events] };
  }
}

function isNothingSetUp({ setup }: Book): boolean {
  return setup.policies.length === 0 && setup.rules.length === 0;
}

/** An incident that waited longer than this to be looked at is paged as of now, with its whole first window. */
const LATE_MS = 15_000;

/** What the escalation makes of something that happened; null: nothing. */
function react(run: EscalationRun, it: LoggedEvent, world: World): Outcome | null {
  const by = it.by.id as PersonId;
  switch (it.type) {
    case 'incident.acknowledged':
    case 'incident.started':
    case 'incident.page_answered':
      return it.by.type === 'system' ? null : acknowledged(run, by, it.at, world.resolve.nameOf);
    case 'incident.deescalated':
      return it.by.type === 'system' ? null : deescalated(run, by, it.at, world.resolve.nameOf);
    case 'incident.escalated':
    case 'incident.level_raised':
      return it.by.type === 'system'
        ? null
        : escalatedTo(run, world, { level: within(run, it.data.level) }, by, it.at);
    case 'incident.sla_breached':
      return slaBreached(run, world, it.data.promise, it.at);
    case 'incident.severity_changed':
      return severityChanged(run, world, it.data.to, it.at);
    case 'incident.resolved':
    case 'incident.closed':
      return resolved(run, it.at);
    case 'incident.reopened':
      return reopened(run, world, it.at);
    case 'incident.noted':
    case 'incident.update_posted':
    case 'incident.assigned':
    case 'incident.role_set':
    case 'incident.edited':
      return it.by.type === 'user' ? touched(run, it.at) : null;
    default:
      return null;
  }
}

/** A policy may have fewer levels than an incident can have. */
function within(run: EscalationRun, level: number): number {
  return Math.min(level, policyOf(run).levels.length);
}
