import { identity } from '#src/alerts/identity.ts';
import { readAlerts } from '#src/alerts/source.ts';
import { any } from '#src/alerts/sources/any.ts';
import { catalogueOf, type Catalogue } from '#src/cause/catalogue.ts';
import { namesNear, partsOf } from '#src/cause/near.ts';
import type { EngineSettings } from '#src/engine/context.ts';
import { groupKeyOf } from '#src/engine/group-key.ts';
import type { Incoming } from '#src/incident/grouping.ts';
import { isOpen } from '#src/incident/incident.ts';
import { SETTINGS } from '#test/support/context.ts';
import { World } from '#test/support/world.ts';

import { readRows, type Say } from './rows.ts';
import { round } from './scores.ts';

/** One fault that was put into a running system, and the alerts that fired while it lasted. */
interface Fault {
  readonly id: string;
  readonly system: string;
  readonly inject_ts: number;
  readonly window_end: number;
  readonly alerts: readonly Raised[];
  readonly dependencies: readonly (readonly [caller: string, callee: string])[];
  readonly services: readonly string[];
}

interface Raised {
  readonly alertname: string;
  readonly service: string;
  readonly pod: string | null;
  readonly metric: string;
  readonly first_ts: number;
}

/** What arrives at one moment, and of which fault it is. */
interface Step {
  readonly at: number;
  readonly fault: Fault;
  readonly service: string;
  readonly alert: Incoming;
}

/** Only direct neighbours fold. */
const WITHOUT_STORMS: EngineSettings = { ...SETTINGS, stormSize: 0 };
const HOUR_SECONDS = 3600;

/**
 * Plays the faults one after the other, as they happened, into the decision that
 * groups alerts, with the system's own call graph as the catalogue. All alerts of
 * a fault end with it, and incidents end with their alerts. `folded`: the share of
 * alerts that opened no incident; `wrong_merges`: pairs of faults that began an
 * hour or more apart and have an incident in common. Both as a new installation has
 * it that knows its services, and with STORM_SIZE=0.
 */
export async function noise(file: string, say: Say): Promise<Record<string, number>> {
  const faults = (await readRows<Fault>(file)).filter((it) => it.alerts.length > 0);
  const stormy = measured(faults, SETTINGS, say);
  const calm = measured(faults, WITHOUT_STORMS, say);
  return {
    n: faults.reduce((sum, it) => sum + it.alerts.length, 0),
    faults: faults.length,
    ...stormy,
    folded_without_storms: calm.folded,
    wrong_merges_without_storms: calm.wrong_merges,
  };
}

function measured(faults: readonly Fault[], settings: EngineSettings, say: Say) {
  const totals = { alerts: 0, incidents: 0, wrong_merges: 0 };
  for (const [system, some] of Map.groupBy(faults, (it) => it.system)) {
    const incidents = play(some, settings);
    const alerts = some.reduce((sum, it) => sum + it.alerts.length, 0);
    const size = settings.stormSize === 0 ? 'no storm by size' : `${settings.stormSize} are a storm`;
    say(
      `${system}, ${size}: ${some.length} faults, ${alerts} alerts, ${incidents.length} incidents, ` +
        `folded ${round(1 - incidents.length / alerts)}`,
    );
    totals.alerts += alerts;
    totals.incidents += incidents.length;
    totals.wrong_merges += farApart(incidents, say);
  }
  const { alerts, incidents, wrong_merges } = totals;
  return { incidents, folded: round(1 - incidents / alerts), wrong_merges };
}

/** The faults of which each incident has alerts. */
function play(faults: readonly Fault[], settings: EngineSettings): ReadonlySet<Fault>[] {
  const world = new World(settings);
  const met = new Map<number, Set<Fault>>();
  const catalogue = catalogueIn(faults);
  const partOf = partsOf(catalogue);
  for (const step of faults.flatMap((it) => stepsOf(it, catalogue)).toSorted((a, b) => a.at - b.at)) {
    const at = new Date(step.at * 1000);
    const alert = { ...step.alert, around: aroundOf(world, partOf(step.service), settings, at) };
    const planned = world.take([alert], at);
    for (const { place } of planned.placed) {
      if (place === null || step.alert.state !== 'firing') continue;
      const number = place < 0 ? world.numberOf(place) : place;
      met.set(number, (met.get(number) ?? new Set()).add(step.fault));
    }
    for (const [place, { clears }] of planned.effects) if (clears) world.people('RESOLVED', place, at);
  }
  return [...met.values()];
}

/** As `lookAround` answers it: of a service whose ties nobody knows, the part where a storm is. */
function aroundOf(
  world: World,
  part: ReturnType<ReturnType<typeof partsOf>>,
  { stormSize, stormWindowMs }: EngineSettings,
  at: Date,
): string | null {
  if (part === null) return null;
  if (part !== 'untied') return part.part;
  const isNew = (number: number) => {
    const incident = world.incidents.get(number);
    const age = at.getTime() - (incident?.createdAt.getTime() ?? 0);
    return incident !== undefined && isOpen(incident) && age <= stormWindowMs;
  };
  const stormy = [...world.recent].find(([, numbers]) => numbers.filter(isNew).length >= stormSize);
  return stormy?.[0] ?? null;
}

function stepsOf(fault: Fault, catalogue: Catalogue): Step[] {
  return fault.alerts.flatMap((it) => {
    const alert = asIncoming(it, fault, catalogue);
    const of = { fault, service: it.service };
    return [
      { at: it.first_ts, ...of, alert },
      { at: Math.max(fault.window_end, it.first_ts), ...of, alert: { ...alert, state: 'resolved' as const } },
    ];
  });
}

function asIncoming(raised: Raised, fault: Fault, catalogue: Catalogue): Incoming {
  const { alertname, service, pod, metric, first_ts: startsAt } = raised;
  const labels = { alertname, service, metric, ...(pod === null ? {} : { pod }) };
  const [alert] = readAlerts(any, { source: 'alertmanager', alertname, status: 'firing', labels, startsAt });
  if (!alert) throw new Error(`fault ${fault.id} has something that is no alert`);
  const keyOf = (name: string | null) => groupKeyOf(alert, { ...alert, service: name }, SETTINGS.groupBy);
  return {
    eventId: `${fault.id}/${alertname}/${service}/${pod}/${metric}`,
    fingerprint: identity(alert),
    groupKey: keyOf(alert.service),
    near: namesNear(catalogue, service, 1).map(keyOf),
    around: null,
    copy: identity(alert),
    state: 'firing',
    title: alert.title,
    severity: alert.severity,
    at: null,
  };
}

/** Who calls whom, as seen in all of a system's streams; an address that is no service is left out. */
function catalogueIn(faults: readonly Fault[]): Catalogue {
  const ids = [...new Set(faults.flatMap((it) => it.services))];
  const calls = faults.flatMap((it) => it.dependencies);
  return catalogueOf(
    ids.map((id) => {
      const callees = calls.flatMap(([caller, callee]) => (caller === id ? [callee] : []));
      const dependsOn = ids.filter((it) => callees.includes(it));
      return { id, name: id, aliases: [], team: null, dependsOn, runbook: null, tier: null };
    }),
  );
}

function farApart(incidents: readonly ReadonlySet<Fault>[], say: Say): number {
  const pairs = new Set<string>();
  for (const faults of incidents) {
    for (const a of faults) {
      for (const b of faults) {
        if (b.inject_ts - a.inject_ts >= HOUR_SECONDS) pairs.add(`${a.id} and ${b.id}`);
      }
    }
  }
  for (const pair of pairs) say(`one incident for ${pair}`);
  return pairs.size;
}
