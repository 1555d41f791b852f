import { isOpen, rank, worse } from './incident.ts';
import type { Effect, Incoming, Known, KnownAlert, KnownGroup, Plan, Placed, Windows } from './plan.ts';
import { stormOf } from './storm.ts';

export type {
  Effect,
  Incoming,
  Known,
  KnownAlert,
  KnownGroup,
  KnownIncident,
  Placed,
  Plan,
  Verdict,
  Windows,
} from './plan.ts';

/**
 * What incoming alerts do to incidents. Pure: everything the database knows of
 * them comes in (locked), a plan goes out, and alerts of one batch see what
 * those before them did, so that a storm that arrives at once is one incident.
 */

export function plan(incoming: readonly Incoming[], known: Known, windows: Windows, now: Date): Plan {
  const state: State = {
    alerts: new Map(),
    groups: new Map(),
    effects: new Map(),
    firing: new Map(known.firing),
    openings: 0,
    opened: new Map(),
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
  /** By what a storm sweeps over, in this batch. */
  readonly opened: Map<string, readonly number[]>;
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
  const chosen = choose(state, groupKey, own, alert);
  if (chosen.verdict === 'opened') openAround(state, alert, chosen.place);
  const effect = effectOn(state, chosen.place);
  const severity = alert.taught ?? alert.severity;
  effect.worst = effect.worst ? worse(effect.worst, severity) : severity;
  effect.clears = false;
  if (chosen.verdict === 'joined') effect.joined.push(alert.title);
  if (chosen.inStorm) effect.swept += 1;
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
  return { verdict: chosen.verdict, place: chosen.place, duplicateOf: null };
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
 * resolved a moment ago; else that of the storm it is part of; else a new one. So
 * a group that has an open incident never gets a second one by reopening.
 */
function choose(
  state: State,
  groupKey: string,
  own: number | null,
  alert: Incoming,
): { place: number; verdict: 'opened' | 'joined' | 'refired'; inStorm?: true } {
  if (own !== null && isLive(state, own)) return { place: own, verdict: 'refired' };
  const group = groupOf(state, groupKey);
  if (group && group.place !== null && isLive(state, group.place)) {
    const quietMs = state.now.getTime() - group.touchedAt.getTime();
    if (quietMs <= state.windows.groupWindowMs) return { place: group.place, verdict: 'joined' };
  }
  if (own !== null && comesBack(state, own)) return { place: own, verdict: 'refired' };
  const storm = stormFor(state, alert);
  if (storm !== null) return { place: storm, verdict: 'joined', inStorm: true };
  state.openings += 1;
  return { place: -state.openings, verdict: 'opened' };
}

function stormFor(state: State, { near = [], around }: Incoming): number | null {
  const recent =
    typeof around === 'string'
      ? [...(state.known.recent?.get(around) ?? []), ...(state.opened.get(around) ?? [])]
      : [];
  const sky = {
    near: near.flatMap((key) => groupOf(state, key)?.place ?? []),
    recent,
    now: state.now,
    isLive: (place: number) => isLive(state, place) && !state.known.incidents.get(place)?.isPrivate,
    openedAt: (place: number) => state.known.incidents.get(place)?.createdAt ?? null,
  };
  return stormOf(sky, state.windows);
}

function openAround(state: State, { around }: Incoming, place: number): void {
  if (typeof around === 'string') state.opened.set(around, [...(state.opened.get(around) ?? []), place]);
}

function groupOf(state: State, key: string): KnownGroup | undefined {
  return state.groups.get(key) ?? state.known.groups.get(key);
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

/** An alert that goes on and off for longer is news again each time. */
const FLAPPING_MS = 45 * 60_000;

/**
 * Only what nobody has closed comes back by itself: once whenever it was just
 * resolved, and again only while it is young. Else an alert that fires for five
 * minutes of every ten would hold all of a day's faults together in one incident.
 */
function comesBack(state: State, place: number): boolean {
  const incident = state.known.incidents.get(place);
  if (incident?.status !== 'RESOLVED' || !incident.resolvedAt) return false;
  const [age, quiet] = [incident.createdAt, incident.resolvedAt].map(
    (it) => state.now.getTime() - it.getTime(),
  );
  if (incident.reopened && (age ?? 0) > FLAPPING_MS) return false;
  return (quiet ?? 0) <= state.windows.reopenWindowMs;
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
    swept: 0,
    refired: [],
    resolved: 0,
    reopens: false,
    worst: null,
    clears: false,
  };
  state.effects.set(place, effect);
  return effect;
}
