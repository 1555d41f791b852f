import { stat } from 'node:fs/promises';
import path from 'node:path';

import type { CatalogueService } from '#src/cause/catalogue.ts';
import type { AlertFact, CauseFacts } from '#src/cause/evidence.ts';
import { rankCauses } from '#src/cause/rank.ts';

import { readRows, type Say } from './rows.ts';

/** A fault that was put into a running system: the alerts that followed, who calls whom, and where it was. */
interface Fault {
  readonly id: string;
  readonly split?: string;
  readonly window_end: number;
  readonly root_cause_service: string;
  readonly fault_type: string;
  readonly alerts: readonly {
    readonly alertname: string;
    readonly kind: string;
    readonly service: string;
    readonly pod: string | null;
    readonly metric: string;
    readonly direction: string;
    readonly first_ts: number;
    readonly value: number;
    readonly baseline_median: number;
    readonly z: number;
  }[];
  readonly dependencies: readonly (readonly [string, string])[];
  readonly services: readonly string[];
}

interface Figures {
  readonly n: number;
  /** The share of faults whose service is named first, and among the first three. */
  readonly as1: number;
  readonly as3: number;
}

/** Mistakes in the code of a service. They leave hardly a trace in metrics, so they are reported apart. */
const CODE = new Set(['exception', 'return']);

/**
 * Ranks causes by rules from the alerts and the call graph of each fault alone: no change, no catalogue of owners, no
 * past incident, and never the time of the injection. `n`, `as1` and `as3` are of resource and network faults.
 *
 * @param named answers the services that are taken for the cause, the most likely first; null: nobody answered, and
 *   the fault is not counted
 */
export async function cause(
  data: string,
  say: Say,
  named: (facts: CauseFacts) => Promise<readonly (string | null)[] | null> = byRules,
): Promise<Record<string, unknown>> {
  const faults = await readRows<Fault>(await fileAt(data));
  const placed: { readonly fault: Fault; readonly place: number }[] = [];
  for (const fault of faults) {
    const services = await named(factsOf(fault));
    if (services) placed.push({ fault, place: services.indexOf(fault.root_cause_service) + 1 });
  }
  for (const { fault, place } of placed) {
    if (place === 1) continue;
    // 1 is the first; 0: it is not named.
    const where = place === 0 ? 'not among the causes' : `in place ${place}`;
    say(`${fault.id} (${fault.fault_type}): ${fault.root_cause_service} is ${where}`);
  }
  const figures = (isIn: (fault: Fault) => boolean) =>
    figuresOf(placed.filter(({ fault }) => isIn(fault)).map(({ place }) => place));
  const kinds = [...new Set(faults.map((it) => it.fault_type))].toSorted();
  const splits = [...new Set(faults.map((it) => it.split ?? 'none'))].toSorted();
  const isCode = (it: Fault) => CODE.has(it.fault_type);
  return {
    ...figures((it) => !isCode(it)),
    code: figures(isCode),
    by_kind: Object.fromEntries(kinds.map((kind) => [kind, figures((it) => it.fault_type === kind)])),
    by_split: Object.fromEntries(
      splits.map((split) => [split, figures((it) => !isCode(it) && (it.split ?? 'none') === split)]),
    ),
  };
}

/** The file itself, or the folder that has it. */
async function fileAt(data: string): Promise<string> {
  if (!(await stat(data)).isDirectory()) return data;
  const [own, below] = [path.join(data, 'nezha.jsonl'), path.join(data, 'rca/nezha.jsonl')];
  const isThere = await stat(own).then(
    () => true,
    () => false,
  );
  return isThere ? own : below;
}

async function byRules(facts: CauseFacts): Promise<readonly (string | null)[]> {
  return rankCauses(facts).map(({ entity }) => entity.service);
}

function factsOf({ alerts, services, dependencies, window_end: end }: Fault): CauseFacts {
  const known = new Set(services);
  const told = alerts.map((it, index): AlertFact => ({
    id: String(index),
    rule: it.alertname,
    title: `${it.alertname} on ${it.service}`,
    severity: null,
    service: it.service,
    firstAt: new Date(it.first_ts * 1000),
    metrics: { value: it.value, baseline: it.baseline_median, z: it.z },
    labels: {
      kind: it.kind,
      metric: it.metric,
      direction: it.direction,
      ...(it.pod === null ? {} : { pod: it.pod }),
    },
  }));
  return {
    onset: new Date(Math.min(end * 1000, ...told.map((it) => it.firstAt.getTime()))),
    until: new Date(end * 1000),
    service: null,
    environment: null,
    alerts: told,
    changes: [],
    services: services.map((id): CatalogueService => ({
      id,
      name: id,
      aliases: [],
      team: null,
      dependsOn: dependencies.filter(([from, to]) => from === id && known.has(to)).map(([, to]) => to),
      runbook: null,
      tier: null,
    })),
    similar: [],
    events: [],
  };
}

function figuresOf(places: readonly number[]): Figures {
  const share = (most: number) => {
    const right = places.filter((it) => it > 0 && it <= most).length;
    return places.length === 0 ? 0 : Math.round((right / places.length) * 10_000) / 10_000;
  };
  return { n: places.length, as1: share(1), as3: share(3) };
}
