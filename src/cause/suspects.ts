import { catalogueOf, type Catalogue, type CatalogueService } from './catalogue.ts';
import type { AlertFact } from './evidence.ts';
import { signalOf, type Aspect, type Signal } from './signal.ts';

/** A service, and how much its alerts and those around it speak for its being where the trouble begins. */
export interface Suspect {
  /** The id of the catalogue where it is known there. */
  readonly service: string;
  /** Its only pod with alerts of its own; null where there are several or none. */
  readonly pod: string | null;
  /** 0 and more; only its order and its share of the greatest mean something. */
  readonly weight: number;
  /** Those that speak for it, the strongest first. */
  readonly signals: readonly Signal[];
  /** A service it calls that has stronger alerts than it has itself; null: none. */
  readonly excusedBy: string | null;
  /** What it calls that cannot be reached well, where that is most of it; else none. */
  readonly cutOff: readonly string[];
  /** One of its alerts was among the first. */
  readonly isFirst: boolean;
}

/** How much each aspect speaks for the place where it fires. */
export const WEIGHTS: Readonly<Record<Aspect, number>> = {
  down: 1,
  saturation: 1,
  busy: 0.6,
  slow: 0.6,
  errors: 0.6,
  call: 0.8,
  network: 0.7,
  waiting: 0.15,
  load: 0.15,
  quiet: 0.1,
  other: 0.4,
};

/** What a service shows too when only something that it calls is ill. */
const PASSED_ON: ReadonlySet<Aspect> = new Set(['busy', 'slow', 'errors', 'call', 'waiting', 'other']);

/** The share of that which is taken away where a callee explains all of it. */
const EXCUSED = 0.7;
/** So much less for each call that lies between. */
const FARTHER = 0.8;
/** So many ways out of a service, and half of them all, are bad at once: then the service is, and not each of them. */
const CUT_OFF_LEAST = 3;
/** What begins within so long of the first counts as first: monitoring looks every minute. */
const FIRST_MS = 30_000;
const FIRST_BONUS = 0.1;

/** All that have alerts, the most suspect first. */
export function suspectsOf(alerts: readonly AlertFact[], services: readonly CatalogueService[]): Suspect[] {
  // In one order, since sums of fractions depend on theirs in the last digit.
  const signals = alerts
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(signalOf)
    .filter((it) => it !== null);
  const catalogue = withCalls(services, signals);
  const own = byService(signals, catalogue);
  const cutOff = cutOffs(own, catalogue);
  const base = new Map([...own].map(([id, its]) => [id, weigh(its, cutOff, id)]));
  const firstAt = Math.min(...signals.map(({ alert }) => alert.firstAt.getTime()));
  const ids = new Set([...own.keys(), ...cutOff.keys()]);
  return [...ids]
    .map((id) => suspect(id, { own, cutOff, base, catalogue, firstAt }))
    .toSorted((a, b) => b.weight - a.weight || (a.service < b.service ? -1 : 1));
}

interface Known {
  readonly own: ReadonlyMap<string, readonly Signal[]>;
  readonly cutOff: ReadonlyMap<string, CutOff>;
  readonly base: ReadonlyMap<string, Weight>;
  readonly catalogue: Catalogue;
  readonly firstAt: number;
}

interface Weight {
  /** What nothing else explains. */
  readonly hard: number;
  /** What something that it calls may have passed on. */
  readonly soft: number;
}

interface CutOff {
  readonly callees: readonly string[];
  readonly weight: number;
}

function suspect(id: string, { own, cutOff, base, catalogue, firstAt }: Known): Suspect {
  const signals = (own.get(id) ?? []).toSorted(stronger);
  const { hard, soft } = base.get(id) ?? { hard: 0, soft: 0 };
  const [excuse, by] = excuseOf(id, hard + soft, base, catalogue);
  const isFirst = signals.some(
    ({ alert, aspect }) => aspect !== 'quiet' && alert.firstAt.getTime() - firstAt <= FIRST_MS,
  );
  const cut = cutOff.get(id);
  return {
    service: id,
    pod: onlyPod(signals),
    weight: hard + soft * (1 - EXCUSED * excuse) + (cut?.weight ?? 0) + (isFirst ? FIRST_BONUS : 0),
    signals,
    excusedBy: excuse >= 1 ? by : null,
    cutOff: cut?.callees ?? [],
    isFirst,
  };
}

/** 0 to 1: how much of its own alerts could have been passed on by the worst of those that it calls, and which that is. */
function excuseOf(
  id: string,
  weight: number,
  base: ReadonlyMap<string, Weight>,
  catalogue: Catalogue,
): [number, string | null] {
  if (weight <= 0) return [0, null];
  let [worst, by]: [number, string | null] = [0, null];
  for (const { id: callee, distance } of catalogue.dependencies(id)) {
    const { hard, soft } = base.get(callee) ?? { hard: 0, soft: 0 };
    const passedOn = (hard + soft) * FARTHER ** (distance - 1);
    if (passedOn > worst) [worst, by] = [passedOn, callee];
  }
  return [Math.min(1, worst / weight), by];
}

/** Of several alerts of one aspect the strongest counts: ten of them are one fact, told ten times. */
function weigh(signals: readonly Signal[], cutOff: ReadonlyMap<string, CutOff>, id: string): Weight {
  const strongest = new Map<Aspect, number>();
  const isCutOff = [...cutOff.values()].some(({ callees }) => callees.includes(id));
  for (const { aspect, strength } of signals) {
    const counted = aspect === 'network' && isCutOff ? strength * (1 - EXCUSED) : strength;
    strongest.set(aspect, Math.max(strongest.get(aspect) ?? 0, counted));
  }
  let [hard, soft] = [0, 0];
  for (const [aspect, strength] of strongest) {
    if (PASSED_ON.has(aspect)) soft += WEIGHTS[aspect] * strength;
    else hard += WEIGHTS[aspect] * strength;
  }
  return { hard, soft };
}

/**
 * Who cannot reach most of what it calls. Each that cannot be reached is explained once, by the caller that
 * explains the most of them.
 */
function cutOffs(own: ReadonlyMap<string, readonly Signal[]>, catalogue: Catalogue): Map<string, CutOff> {
  const left = new Map<string, number>();
  for (const [id, signals] of own) {
    const between = signals.filter(({ aspect }) => aspect === 'network');
    if (between.length > 0) left.set(id, Math.max(...between.map((it) => it.strength)));
  }
  const found = new Map<string, CutOff>();
  for (;;) {
    const [most] = catalogue.services
      .map(({ id, dependsOn }) => ({ id, dependsOn, callees: dependsOn.filter((it) => left.has(it)) }))
      .filter(({ callees, dependsOn }) => callees.length >= Math.max(CUT_OFF_LEAST, dependsOn.length / 2))
      .toSorted((a, b) => b.callees.length - a.callees.length || (a.id < b.id ? -1 : 1));
    if (!most) return found;
    const { id, callees, dependsOn } = most;
    const mean = callees.reduce((sum, it) => sum + (left.get(it) ?? 0), 0) / callees.length;
    found.set(id, { callees, weight: mean * (0.5 + callees.length / dependsOn.length) });
    for (const it of callees) left.delete(it);
  }
}

function byService(signals: readonly Signal[], catalogue: Catalogue): Map<string, Signal[]> {
  const own = new Map<string, Signal[]>();
  for (const it of signals) {
    const id = catalogue.find(it.service)?.id ?? it.service;
    own.set(id, [...(own.get(id) ?? []), it]);
  }
  return own;
}

/** The catalogue, with the calls that alerts themselves tell of and the services that only they know. */
function withCalls(services: readonly CatalogueService[], signals: readonly Signal[]): Catalogue {
  const known = catalogueOf(services);
  const calls = new Map(known.services.map((it) => [it.id, new Set(it.dependsOn)]));
  const idOf = (name: string) => known.find(name)?.id ?? name;
  for (const { service, caller } of signals) {
    const ends = [caller, service].filter((it) => it !== null).map(idOf);
    for (const id of ends) if (!calls.has(id)) calls.set(id, new Set());
    const [from, to] = ends;
    if (from !== undefined && to !== undefined && from !== to) calls.get(from)?.add(to);
  }
  const all = [...calls].map(([id, callees]): CatalogueService => {
    const plain = { id, name: id, aliases: [], team: null, runbook: null, tier: null };
    return { ...(known.find(id) ?? plain), id, dependsOn: [...callees] };
  });
  return catalogueOf(all);
}

function onlyPod(signals: readonly Signal[]): string | null {
  const pods = new Set(signals.filter(({ pod }) => pod !== null).map(({ pod }) => pod));
  return pods.size === 1 ? ([...pods][0] ?? null) : null;
}

function stronger(a: Signal, b: Signal): number {
  const by = WEIGHTS[b.aspect] * b.strength - WEIGHTS[a.aspect] * a.strength;
  return by || a.alert.firstAt.getTime() - b.alert.firstAt.getTime() || (a.alert.id < b.alert.id ? -1 : 1);
}
