import type { Stretch } from './beat.ts';
import { applyHolds, knownHold, type KnownHold } from './holds.ts';
import { compileLayer, type LayerDuty } from './layer.ts';
import {
  absent,
  applyOverrides,
  eachOnce,
  knownOverride,
  type Held,
  type KnownOverride,
  type Why,
} from './overrides.ts';
import type { Layer, Schedule, TemporarySchedule } from './schedule.ts';

/**
 * A schedule with its calendar arithmetic done, to be asked many times. Keep it
 * as long as the schedule stays as it is; it holds no clock and never expires.
 */
export interface CompiledSchedule {
  readonly schedule: Schedule;
  readonly layers: readonly CompiledLayer[];
  readonly temporaries: readonly (Stretch & { readonly layers: readonly CompiledLayer[] })[];
  readonly overrides: readonly KnownOverride[];
  readonly holds: readonly KnownHold[];
  /** Every instant at which an override, a temporary schedule or a hold begins or ends, in order. */
  readonly cuts: readonly number[];
}

export interface CompiledLayer {
  readonly layer: Layer;
  readonly why: Why;
  readonly at: (instant: number) => LayerDuty;
}

/** Who is on call in a stretch, without a change. */
export interface State extends Stretch {
  readonly people: readonly Held[];
  readonly shadows: readonly Held[];
  readonly empty: Empty | null;
}

/** Why nobody is on call: nobody is planned, an override says so, or the schedule is switched off. */
export type Empty = { readonly kind: 'unplanned' | 'disabled' } | Extract<Why, { kind: 'override' }>;

/** @throws UserError where a zone, a time or a length cannot be read; `validateSchedule` says more. */
export function compileSchedule(schedule: Schedule): CompiledSchedule {
  const temporaries = schedule.temporaries.map((it) => ({
    from: it.start.getTime(),
    until: it.end.getTime(),
    layers: compileLayers(schedule, it.layers, it),
  }));
  const overrides = schedule.overrides.map(knownOverride);
  const holds = (schedule.holds ?? []).map(knownHold);
  const cuts = [...temporaries, ...overrides, ...holds].flatMap(({ from, until }) => [from, until]);
  return {
    schedule,
    layers: compileLayers(schedule, schedule.layers, null),
    temporaries,
    overrides,
    holds,
    cuts: [...new Set(cuts)].toSorted((a, b) => a - b),
  };
}

/**
 * A reader that answers for any instant, fastest for instants in order: it
 * remembers the stretch that each layer is in.
 */
export function readerOf(compiled: CompiledSchedule): (instant: number) => State {
  if (!compiled.schedule.enabled) return () => NOBODY;
  const rulesAt = remembering((instant) => rulesOf(compiled, instant));
  const duties = new Map<CompiledLayer, (instant: number) => LayerDuty>();
  const dutyOf = (layer: CompiledLayer, instant: number) => {
    const at = duties.get(layer) ?? remembering(layer.at);
    duties.set(layer, at);
    return { layer, duty: at(instant) };
  };
  return (instant) => {
    const rules = rulesAt(instant);
    return decide(
      rules,
      rules.layers.map((it) => dutyOf(it, instant)),
    );
  };
}

const NOBODY: State = {
  from: -Infinity,
  until: Infinity,
  people: [],
  shadows: [],
  empty: { kind: 'disabled' },
};
const UNPLANNED: Empty = { kind: 'unplanned' };

/** What holds between two cuts. */
interface Rules extends Stretch {
  readonly layers: readonly CompiledLayer[];
  readonly active: readonly KnownOverride[];
  readonly holds: readonly KnownHold[];
}

interface OnDuty {
  readonly layer: CompiledLayer;
  readonly duty: LayerDuty;
}

function compileLayers(
  { timezone, holidays }: Schedule,
  layers: readonly Layer[],
  temporary: TemporarySchedule | null,
): CompiledLayer[] {
  return layers.map((layer) => ({
    layer,
    at: compileLayer(layer, timezone, holidays),
    why: { kind: 'layer', id: layer.id, name: layer.name, temporary: temporary?.id ?? null },
  }));
}

function remembering<T extends Stretch>(find: (instant: number) => T): (instant: number) => T {
  let last: T | undefined;
  return (instant) => {
    if (!last || instant < last.from || instant >= last.until) last = find(instant);
    return last;
  };
}

function rulesOf({ layers, temporaries, overrides, holds, cuts }: CompiledSchedule, instant: number): Rules {
  const lasts = (it: Stretch) => it.from <= instant && instant < it.until;
  const next = cuts.findIndex((cut) => cut > instant);
  const last = next === -1 ? cuts.length - 1 : next - 1;
  return {
    from: cuts[last] ?? -Infinity,
    until: cuts[next] ?? Infinity,
    layers: temporaries.find(lasts)?.layers ?? layers,
    active: overrides.filter(lasts),
    holds: holds.filter(lasts),
  };
}

function decide({ active, holds, ...rules }: Rules, all: readonly OnDuty[]): State {
  const from = all.reduce((latest, { duty }) => Math.max(latest, duty.from), rules.from);
  const until = all.reduce((soonest, { duty }) => Math.min(soonest, duty.until), rules.until);
  const onDuty = all.filter(({ duty }) => duty.people.length > 0);
  const responsible = onDuty.filter(({ layer }) => !layer.layer.shadow);
  const top = responsible.reduce((most, { layer }) => Math.max(most, layer.layer.priority), -Infinity);
  const planned = responsible.filter(({ layer }) => layer.layer.priority === top).flatMap(heldOf);
  const due = active.length > 0 ? applyOverrides(planned, active) : eachOnce(planned);
  const people = holds.length > 0 ? applyHolds(due, holds, active) : due;
  const away = absent(active);
  const shadows = onDuty
    .filter(({ layer }) => layer.layer.shadow)
    .flatMap(heldOf)
    .filter(({ person }) => !away.has(person) && people.every((it) => it.person !== person));
  const empty = people.length > 0 ? null : emptyBy(active, planned);
  return { from, until, people, shadows: eachOnce(shadows), empty };
}

function heldOf({ layer: { why }, duty }: OnDuty): Held[] {
  return duty.people.map((person) => ({ person, from: duty.from, until: duty.until, why }));
}

/** An override is the reason only if somebody would be there without it. */
function emptyBy(active: readonly KnownOverride[], planned: readonly Held[]): Empty {
  const cover = active.find(({ override }) => override.kind === 'cover');
  const remove = active.find(
    ({ override }) => override.kind === 'remove' && planned.some((it) => it.person === override.person),
  );
  const why = (cover ?? remove)?.why;
  return why?.kind === 'override' ? why : UNPLANNED;
}
