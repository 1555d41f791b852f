import { isOpen, rank, worse, type Incident, type Severity } from './incident.ts';

/**
 * What incoming alerts do to incidents. Pure: everything the database knows of
 * them comes in (locked), a plan goes out, and alerts of one batch see what
 * those before them did, so that a storm that arrives at once is one incident.
 */

/** An alert as it arrives. */
export interface Incoming {
  readonly eventId: string;
  readonly fingerprint: string;
  readonly groupKey: string;
  /** What its sender calls it: one alert may fire under several names. */
  readonly copy: string;
  readonly state: 'firing' | 'resolved' | 'acknowledged' | 'other';
  readonly title: string;
  readonly severity: Severity;
  /** When it changed at its sender, if that is said. */
  readonly at: Date | null;
  /** What silences it; see `muting.ts`. */
  readonly mutedBy?: string | null;
  /** It is none of the sender's: said again since this mute ended, as far as that silenced it and it fires still. */
  readonly unmuted?: string | undefined;
}

/** An alert that has been heard of. */
export interface KnownAlert {
  readonly fingerprint: string;
  readonly groupKey: string;
  readonly state: 'firing' | 'resolved';
  /** As it last fired. */
  readonly severity: Severity;
  readonly place: number | null;
  /** When it last changed from quiet to firing, and the event that said so. */
  readonly firedAt: Date;
  readonly firedBy: string;
  /** The names it fires under: with two severities, from two pods, by two senders. It is over when none is left. */
  readonly copies: readonly string[];
  /** What silenced it when it last fired: it fires, and no incident is to hear of it. */
  readonly mutedBy: string | null;
}

export interface KnownGroup {
  readonly place: number | null;
  /** When an alert of it last fired. */
  readonly touchedAt: Date;
}

export interface Known {
  readonly alerts: ReadonlyMap<string, KnownAlert>;
  readonly groups: ReadonlyMap<string, KnownGroup>;
  readonly incidents: ReadonlyMap<number, Pick<Incident, 'status' | 'resolvedAt' | 'severity'>>;
  /** How many alerts of an incident fire. */
  readonly firing: ReadonlyMap<number, number>;
}

/** Milliseconds; see the settings of the same names. */
export interface Windows {
  readonly reopenWindowMs: number;
  readonly groupWindowMs: number;
}

/**
 * `opened` a new incident; `joined` an open one; `refired` in the incident it
 * was in before; `repeated` what is firing already; `muted`: fires, and no incident
 * hears of it; `resolved`; `recorded`: changes nothing (a comment, a resolve of what
 * never fired or fired again since).
 */
export type Verdict = 'opened' | 'joined' | 'refired' | 'repeated' | 'muted' | 'resolved' | 'recorded';

export interface Placed {
  readonly verdict: Verdict;
  /** An incident's number; -1, -2 ... for the first, second ... incident to open; null: none. */
  readonly place: number | null;
  readonly duplicateOf: string | null;
}

/** What becomes of one incident by this batch. */
export interface Effect {
  joined: string[];
  refired: string[];
  resolved: number;
  reopens: boolean;
  worst: Severity | null;
  /** The last of its firing alerts was resolved. */
  clears: boolean;
}

export interface Plan {
  readonly placed: readonly Placed[];
  readonly alerts: ReadonlyMap<string, KnownAlert>;
  readonly groups: ReadonlyMap<string, KnownGroup>;
  readonly effects: ReadonlyMap<number, Effect>;
}

export function plan(incoming: readonly Incoming[], known: Known, windows: Windows, now: Date): Plan {
  const state: State = {
    alerts: new Map(),
    groups: new Map(),
    effects: new Map(),
    firing: new Map(known.firing),
    openings: 0,
    known,
    windows,
    now,
  };
  const placed = incoming.map((alert) => settle(state, alert));
  return { placed, alerts: state.alerts, groups: state.groups, effects: state.effects };
}

interface State {
  readonly alerts: Map<string, KnownAlert>;
  readonly groups: Map<string, KnownGroup>;
  readonly effects: Map<number, Effect>;
  readonly firing: Map<number, number>;
  openings: number;
  readonly known: Known;
  readonly windows: Windows;
  readonly now: Date;
}

function settle(state: State, alert: Incoming): Placed {
  const before = state.alerts.get(alert.fingerprint) ?? state.known.alerts.get(alert.fingerprint) ?? null;
  if (alert.state === 'firing') return fire(state, alert, before);
  if (alert.state === 'resolved' && before?.state === 'firing' && !isStale(alert, before)) {
    return resolve(state, alert, before);
  }
  return { verdict: 'recorded', place: before?.place ?? null, duplicateOf: null };
}

/** A resolve that was on its way for long: the alert fired again since. */
function isStale(alert: Incoming, before: KnownAlert): boolean {
  return alert.at !== null && alert.at < before.firedAt;
}

function fire(state: State, alert: Incoming, before: KnownAlert | null): Placed {
  const own = before?.place ?? null;
  if (alert.unmuted !== undefined && (before?.state !== 'firing' || before.mutedBy !== alert.unmuted)) {
    return { verdict: 'recorded', place: null, duplicateOf: null };
  }
  if (alert.mutedBy) return hush(state, alert, before, alert.mutedBy);
  if (before && own !== null && before.state === 'firing' && isLive(state, own)) {
    return repeat(state, alert, before, own);
  }

  // It fires in an incident that is over: from here on it belongs to another, or to that one reopened.
  if (own !== null && before?.state === 'firing') leave(state, own);
  const groupKey = before?.groupKey ?? alert.groupKey;
  const chosen = choose(state, groupKey, own);
  const effect = effectOn(state, chosen.place);
  effect.worst = effect.worst ? worse(effect.worst, alert.severity) : alert.severity;
  effect.clears = false;
  if (chosen.verdict === 'joined') effect.joined.push(alert.title);
  if (chosen.verdict === 'refired') {
    effect.refired.push(alert.title);
    effect.reopens ||= !isLive(state, chosen.place);
  }
  state.alerts.set(alert.fingerprint, {
    fingerprint: alert.fingerprint,
    groupKey,
    state: 'firing',
    severity: alert.severity,
    place: chosen.place,
    firedAt: alert.at && alert.at < state.now ? alert.at : state.now,
    firedBy: alert.eventId,
    copies: withCopy(before?.copies ?? [], alert.copy),
    mutedBy: null,
  });
  count(state, chosen.place, 1);
  touch(state, groupKey, chosen.place);
  return { ...chosen, duplicateOf: null };
}

/**
 * It fires and is silent: it is kept and counted where it was, and opens, joins, reopens
 * and raises nothing. When it fires and is heard again it goes where it then belongs.
 */
function hush(state: State, alert: Incoming, before: KnownAlert | null, mutedBy: string): Placed {
  const place = before?.place ?? null;
  const groupKey = before?.groupKey ?? alert.groupKey;
  const isOn = before?.state === 'firing';
  if (place !== null && !isOn) {
    count(state, place, 1);
    const effect = state.effects.get(place);
    if (effect) effect.clears = false;
  }
  if (place !== null && isLive(state, place)) touch(state, groupKey, place);
  const { severity, at, eventId, copy, fingerprint } = alert;
  const since = at && at < state.now ? at : state.now;
  state.alerts.set(fingerprint, {
    fingerprint,
    groupKey,
    state: 'firing',
    severity,
    place,
    firedAt: isOn ? before.firedAt : since,
    firedBy: isOn ? before.firedBy : eventId,
    copies: withCopy(before?.copies ?? [], copy),
    mutedBy,
  });
  return { verdict: 'muted', place, duplicateOf: isOn ? before.firedBy : null };
}

/**
 * It fires on. That is worth no more than a count, unless it got worse: measured
 * by the alert and not by its incident, which a person may have set lower.
 */
function repeat(state: State, alert: Incoming, before: KnownAlert, place: number): Placed {
  if (rank(alert.severity) < rank(before.severity)) {
    const effect = effectOn(state, place);
    effect.worst = effect.worst ? worse(effect.worst, alert.severity) : alert.severity;
  }
  const copies = withCopy(before.copies, alert.copy);
  // Two copies of it may say two severities, in turns: that is none that changes.
  const severity = copies.length > 1 ? worse(before.severity, alert.severity) : alert.severity;
  state.alerts.set(before.fingerprint, { ...before, severity, copies });
  touch(state, before.groupKey, place);
  return { verdict: 'repeated', place, duplicateOf: before.firedBy };
}

/**
 * Its own incident if that is open; else its group's; else its own if that was
 * resolved a moment ago; else a new one. So a group that has an open incident
 * never gets a second one by reopening.
 */
function choose(
  state: State,
  groupKey: string,
  own: number | null,
): { place: number; verdict: 'opened' | 'joined' | 'refired' } {
  if (own !== null && isLive(state, own)) return { place: own, verdict: 'refired' };
  const group = state.groups.get(groupKey) ?? state.known.groups.get(groupKey);
  if (group && group.place !== null && isLive(state, group.place)) {
    const quietMs = state.now.getTime() - group.touchedAt.getTime();
    if (quietMs <= state.windows.groupWindowMs) return { place: group.place, verdict: 'joined' };
  }
  if (own !== null && wasJustResolved(state, own)) return { place: own, verdict: 'refired' };
  state.openings += 1;
  return { place: -state.openings, verdict: 'opened' };
}

function resolve(state: State, alert: Incoming, before: KnownAlert): Placed {
  const copies = before.copies.filter((it) => it !== alert.copy);
  if (copies.length === before.copies.length) {
    return { verdict: 'recorded', place: before.place, duplicateOf: null };
  }
  const isOver = copies.length === 0;
  state.alerts.set(before.fingerprint, { ...before, state: isOver ? 'resolved' : 'firing', copies });
  if (!isOver) return { verdict: 'resolved', place: before.place, duplicateOf: null };
  if (before.place === null) return { verdict: 'resolved', place: null, duplicateOf: null };
  const left = count(state, before.place, -1);
  // Its incident was over before it began to fire.
  if (before.mutedBy !== null && !isLive(state, before.place)) {
    return { verdict: 'resolved', place: before.place, duplicateOf: null };
  }
  const effect = effectOn(state, before.place);
  effect.resolved += 1;
  effect.clears = left === 0;
  return { verdict: 'resolved', place: before.place, duplicateOf: null };
}

function isLive(state: State, place: number): boolean {
  if (place < 0 || state.effects.get(place)?.reopens) return true;
  const incident = state.known.incidents.get(place);
  return incident !== undefined && isOpen(incident);
}

/** Only what nobody has closed comes back by itself. */
function wasJustResolved(state: State, place: number): boolean {
  const incident = state.known.incidents.get(place);
  if (incident?.status !== 'RESOLVED' || !incident.resolvedAt) return false;
  return state.now.getTime() - incident.resolvedAt.getTime() <= state.windows.reopenWindowMs;
}

/** More names than this for one alert are a sender that never resolves; the oldest is forgotten. */
const MOST_COPIES = 100;

function withCopy(copies: readonly string[], copy: string): readonly string[] {
  return copies.includes(copy) ? copies : [...copies, copy].slice(-MOST_COPIES);
}

/** How many alerts of an incident fire, one more or one fewer. */
function count(state: State, place: number, by: 1 | -1): number {
  const left = Math.max(0, (state.firing.get(place) ?? 0) + by);
  state.firing.set(place, left);
  return left;
}

/** The others of it may have stopped before in this batch. */
function leave(state: State, place: number): void {
  const left = count(state, place, -1);
  const effect = state.effects.get(place);
  if (effect && effect.resolved > 0) effect.clears = left === 0;
}

function touch(state: State, groupKey: string, place: number): void {
  state.groups.set(groupKey, { place, touchedAt: state.now });
}

function effectOn(state: State, place: number): Effect {
  const effect = state.effects.get(place) ?? {
    joined: [],
    refired: [],
    resolved: 0,
    reopens: false,
    worst: null,
    clears: false,
  };
  state.effects.set(place, effect);
  return effect;
}
