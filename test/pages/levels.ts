import type { LoggedEvent } from '#src/incident/events.ts';
import type { Incident, Severity } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';
import { escalatedTo } from '#src/paging/escalating.ts';
import { keyOf } from '#src/paging/reach.ts';
import { policyOf, still, type EscalationRun, type Outcome, type Page, type World } from '#src/paging/run.ts';
import {
  acknowledged,
  begin,
  reopened,
  resolved,
  severityChanged,
  snooze,
  touched,
} from '#src/paging/running.ts';
import { slaBreached, timeUp } from '#src/paging/times.ts';

/** What was paged at one instant. */
export interface Group {
  readonly at: number;
  /** `<cycle>.<level>.<kind>:<id> <urgency>` */
  readonly pages: readonly string[];
}

export interface Story {
  readonly incident: Pick<Incident, 'number' | 'createdAt'>;
  readonly severity: Severity;
  readonly plan: EscalationRun['plan'];
  readonly world: World;
  readonly events: readonly LoggedEvent[];
  readonly groups: readonly Group[];
  /** Until when a snooze of that time was to last. */
  readonly snoozedUntil: (at: number) => number | undefined;
  /** The latest time at which what is due then must have been done. */
  readonly latest: (due: number) => number;
  readonly end: number;
}

/** What the levels of an incident did. */
export interface Levels {
  /** Null: all as it should be. */
  readonly wrong: string | null;
  /** From when to when nobody was wanted any more. */
  readonly quiet: readonly { readonly from: number; until: number }[];
  /** When each level was due, when it came, and whether a fault kept it waiting. */
  readonly late: readonly { readonly due: number; readonly at: number; readonly isExcused: boolean }[];
  /** Pages that somebody had answered before the look that wrote them down: they are cancelled with it. */
  readonly overtaken: readonly string[];
}

interface State extends Omit<Levels, 'wrong'> {
  readonly run: EscalationRun | null;
  readonly event: number;
  readonly group: number;
  /** Of the group at hand. */
  readonly seen: readonly string[];
}

/** A life has some hundreds of states, in all orders in which they may have come. */
const MOST_STATES = 20_000;

/**
 * Whether what was paged, and when, is what the policy asks for: every level at its time or, where a fault
 * kept the program from it, as soon as that was over; nobody who was not to be, nobody twice. The
 * steps themselves are those of `src/paging`, which has tests of its own; that they were taken, each once and in time,
 * is what is found out here. What happened at the same instant may have been seen in either order.
 */
export function checkLevels(story: Story): Levels {
  const search = new Search(story);
  return search.find();
}

class Search {
  readonly #story: Story;
  readonly #visited = new Set<string>();
  #best: { readonly depth: number; readonly state: State; readonly why: string } | null = null;

  constructor(story: Story) {
    this.#story = story;
  }

  find(): Levels {
    const first: State = { run: null, event: 0, group: 0, seen: [], quiet: [], late: [], overtaken: [] };
    const found = this.#from(first);
    if (found) return { ...found, wrong: null };
    const { state, why } = this.#best ?? { state: first, why: 'it never began' };
    return { ...state, wrong: why };
  }

  #from(state: State): State | null {
    const key = JSON.stringify([{ ...state.run, history: null }, state.event, state.group, state.seen]);
    if (this.#visited.has(key)) return null;
    if (this.#visited.size > MOST_STATES) return this.#fail(state, 'there is no end of ways to read it');
    this.#visited.add(key);
    const { groups, events } = this.#story;
    const group = groups[state.group];
    if (group && state.seen.length === group.pages.length) {
      return this.#from({ ...state, group: state.group + 1, seen: [] });
    }
    const event = events[state.event];
    if (!event && !group) {
      const lost = this.#lostBefore(state, this.#story.end);
      if (lost === null) return this.#last(state);
      return this.#fail(state, lost);
    }
    return this.#byEvent(state, event) ?? this.#byTime(state, event);
  }

  /** The next thing that happened is followed. */
  #byEvent(state: State, event: LoggedEvent | undefined): State | null {
    if (!event) return null;
    const at = event.at.getTime();
    if (this.#isOverdue(state, at)) return this.#fail(state, this.#lostBefore(state, at) ?? '');
    const group = this.#story.groups[state.group];
    if (group && this.#story.latest(group.at) < at) return this.#fail(state, 'it was paged for no reason');
    for (const out of this.#react(state.run, event)) {
      const next = this.#taken({ ...state, event: state.event + 1 }, out, at, at);
      const found = next && this.#from(next);
      if (found) return found;
    }
    return null;
  }

  /** The time of the run has come. */
  #byTime(state: State, event: LoggedEvent | undefined): State | null {
    const { run } = state;
    const due = run?.nextAt ?? null;
    if (!run || due === null) return this.#fail(state, 'somebody was paged for whom it was not the time');
    const group = this.#story.groups[state.group];
    const next = event?.at.getTime() ?? group?.at ?? Infinity;
    for (const at of [due, ...this.#lateLooks(due)]) {
      const silent = timeUp(run, this.#story.world, new Date(at));
      if (pagesOf(silent).length > 0 || at > next) continue;
      const found = this.#from({ ...state, run: silent.run, quiet: quietened(state, silent.run, at) });
      if (found) return found;
    }
    if (!group) return null;
    const out = timeUp(run, this.#story.world, new Date(group.at));
    if (out.run === run) return this.#fail(state, `early: at ${said(group.at)}, due at ${said(due)}`);
    const taken = this.#taken(state, out, due, group.at);
    return taken && pagesOf(out).length > 0 ? this.#from(taken) : null;
  }

  /** When the program may have come to what was due then, and paged nobody: it tells the room of such. */
  #lateLooks(due: number): readonly number[] {
    const latest = this.#story.latest(due);
    const looks = this.#story.events.filter(isNote).map((it) => it.at.getTime());
    return [...new Set(looks)].filter((at) => at > due && at <= latest);
  }

  /** A step is taken; whom it pages is in the group at hand, and not later than it should. */
  #taken(state: State, out: Followed, due: number, at: number): State | null {
    const pages = pagesOf(out);
    const quiet = quietened(state, out.run, at);
    if (pages.length === 0) return { ...state, run: out.run, quiet };
    const group = this.#story.groups[state.group];
    const left = group?.pages.filter((it) => !state.seen.includes(it)) ?? [];
    const missing = pages.find((it) => !left.includes(it));
    if (!group || missing !== undefined) {
      const instead = group
        ? `${said(group.at)} brought ${left.join(', ') || 'nothing'}`
        : 'nothing came any more';
      return this.#fail(state, `lost: ${pages.join(', ')} due at ${said(due)}; ${instead}`);
    }
    const latest = this.#story.latest(due);
    if (group.at > latest) {
      return this.#fail(state, `late: ${pages.join(', ')} due at ${said(due)}, came at ${said(group.at)}`);
    }
    if (group.at < due - 1000) return this.#fail(state, `early: ${pages.join(', ')} due at ${said(due)}`);
    const late = [...state.late, { due, at: group.at, isExcused: latest > due + 1000 }];
    const overtaken = [...state.overtaken, ...(out.overtaken ?? [])];
    return { ...state, run: out.run, seen: [...state.seen, ...pages], quiet, late, overtaken };
  }

  #react(run: EscalationRun | null, event: LoggedEvent): Followed[] {
    const unseen = this.#isOverUnseen(event) ? [NOTHING] : [];
    if (event.type === 'incident.declared') return [...this.#begin(), ...unseen];
    if (!run) return event.type === 'incident.reopened' ? [...this.#beginAgain(event), ...unseen] : [NOTHING];
    return [this.#next(run, event)];
  }

  #next(run: EscalationRun, event: LoggedEvent): Outcome {
    const until = this.#story.snoozedUntil(event.at.getTime());
    return react(run, event, this.#story.world, until) ?? still(run);
  }

  /** One that was over unseen and is reopened is followed from its beginning, all at once. */
  #beginAgain(last: LoggedEvent): Followed[] {
    const { events } = this.#story;
    const before = events.slice(1, events.indexOf(last) + 1);
    return this.#begin().map((first) =>
      before.reduce<Followed>((out, it) => {
        const next = this.#next(out.run, it);
        const pages = [...out.pages, ...next.pages];
        return { ...next, pages, overtaken: isWanted(next.run) ? (out.overtaken ?? []) : pagesOf({ pages }) };
      }, first),
    );
  }

  /** Over again before anybody could look at it, it is nobody's any more. */
  #isOverUnseen({ seq, at }: LoggedEvent): boolean {
    const { events, latest } = this.#story;
    const end = latest(at.getTime());
    return events.some((it) => it.type === 'incident.resolved' && it.seq > seq && it.at.getTime() <= end);
  }

  /** As severe as it was when it was looked at first. */
  #begin(): Outcome[] {
    const { incident, plan, world, groups, events, severity } = this.#story;
    const first = groups[0]?.at ?? incident.createdAt.getTime();
    const changes = events.flatMap((it) =>
      it.type === 'incident.severity_changed' && it.at.getTime() <= first ? [it.data.to] : [],
    );
    // Late, it counts from when it was looked at: when the first were paged, or the room was told that nobody is there.
    const looks = [incident.createdAt, new Date(first), ...events.filter(isNote).map((it) => it.at)];
    const severities = [severity, ...changes].toReversed();
    return looks.flatMap((at) =>
      severities.map((it) => begin({ incident: incident.number, plan, at, severity: it }, world)),
    );
  }

  /** What the time of the run brought must have been done by then, also where it pages nobody. */
  #isOverdue({ run }: State, at: number): boolean {
    return !!run && run.nextAt !== null && this.#story.latest(run.nextAt) < at;
  }

  /** Whom nobody paged though it was long time. */
  #lostBefore(state: State, at: number): string | null {
    const { run } = state;
    if (!run || run.nextAt === null || !this.#isOverdue(state, at)) return null;
    const pages = pagesOf(timeUp(run, this.#story.world, new Date(run.nextAt)));
    return pages.length === 0 ? null : `lost: ${pages.join(', ')} due at ${said(run.nextAt)}`;
  }

  #last(state: State): State {
    for (const it of state.quiet) if (it.until === Infinity) it.until = this.#story.end;
    return state;
  }

  #fail(state: State, why: string): null {
    const depth = state.event + state.group * 10 + state.seen.length;
    if (!this.#best || depth >= this.#best.depth) this.#best = { depth, state, why };
    return null;
  }
}

type Followed = Outcome & { readonly overtaken?: readonly string[] };

const NOTHING: Outcome = { run: null as never, pages: [], notes: [], nextAt: null };

function isNote({ type, by }: LoggedEvent): boolean {
  return type === 'incident.escalation_noted' && by.type === 'system';
}

/** An active run wants somebody, and so does one that came to its end without an answer. */
function isWanted(run: EscalationRun | null): boolean {
  return run === null || run.status === 'active' || run.status === 'completed';
}

function quietened({ quiet }: State, run: EscalationRun | null, at: number): Levels['quiet'] {
  const last = quiet.at(-1);
  const isQuiet = last?.until === Infinity;
  if (isWanted(run) === !isQuiet) return quiet;
  if (!isWanted(run)) return [...quiet, { from: at, until: Infinity }];
  return [...quiet.slice(0, -1), { from: last?.from ?? at, until: at }];
}

function pagesOf({ pages }: Pick<Outcome, 'pages'>): string[] {
  return pages.map(nameOf);
}

function nameOf({ cycle, level, to, urgency }: Pick<Page, 'cycle' | 'level' | 'to' | 'urgency'>): string {
  return `${cycle}.${level}.${keyOf(to)} ${urgency}`;
}

/** What something that happened means to an escalation. */
function react(run: EscalationRun, it: LoggedEvent, world: World, until: number | undefined): Outcome | null {
  const by = it.by.id as PersonId;
  if (it.type === 'incident.sla_breached') return slaBreached(run, world, it.data.promise, it.at);
  if (it.type === 'incident.severity_changed') return severityChanged(run, world, it.data.to, it.at);
  if (it.type === 'incident.resolved' || it.type === 'incident.closed') return resolved(run, it.at);
  if (it.type === 'incident.reopened') return reopened(run, world, it.at);
  if (it.by.type !== 'user') return null;
  const isTaken = it.type === 'incident.acknowledged' || it.type === 'incident.started';
  if (isTaken || it.type === 'incident.page_answered') return acknowledged(run, by, it.at);
  if (it.type === 'incident.escalated' || it.type === 'incident.level_raised') {
    const level = Math.min(it.data.level, policyOf(run).levels.length);
    return escalatedTo(run, world, { level }, by, it.at);
  }
  if (it.type === 'incident.noted') return touched(run, it.at);
  const isSnoozed = it.type === 'incident.escalation_noted' && until !== undefined;
  return isSnoozed ? snooze(run, new Date(until), by, it.at) : null;
}

export function said(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}
