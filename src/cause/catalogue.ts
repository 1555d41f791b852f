/** A service, an application or a store that people know by name. */
export interface CatalogueService {
  /** A short lower-case handle; never changes. */
  readonly id: string;
  readonly name: string;
  /** Other names that alerts and changes have for it. */
  readonly aliases: readonly string[];
  /** The id of the team that owns it; null: nobody said. */
  readonly team: string | null;
  /** The ids of those it calls or stands on. */
  readonly dependsOn: readonly string[];
  /** An address; null: none. */
  readonly runbook: string | null;
  /** 1 is the most important, 4 the least; null: nobody said. */
  readonly tier: number | null;
}

/** One service as it stands to another: how many calls away. */
export interface Reach {
  readonly id: string;
  /** 1: called by it directly. */
  readonly distance: number;
}

/** The services and who calls whom. It only answers; what it is made of never changes. */
export interface Catalogue {
  readonly services: readonly CatalogueService[];
  /** By id, name or alias, whatever the case; what is known under no name is null. */
  find(name: string): CatalogueService | null;
  /** Everything that `id` depends on, near ones first, itself not. */
  dependencies(id: string): readonly Reach[];
  /** Everything that depends on `id`, near ones first, itself not. */
  dependents(id: string): readonly Reach[];
}

/** Of two services with the same name the first by id has it. An id comes before a name, a name before an alias. */
export function catalogueOf(services: readonly CatalogueService[]): Catalogue {
  const sorted = services.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const names = byName(sorted);
  const calls = new Map(sorted.map(({ id, dependsOn }) => [id, dependsOn]));
  const callers = turnedRound(calls);
  return {
    services: sorted,
    find: (name) => names.get(folded(name)) ?? null,
    dependencies: (id) => reach(calls, id),
    dependents: (id) => reach(callers, id),
  };
}

/** `Checkout Service`, `checkout_service` and `checkout-service` are one name. */
export function folded(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-');
}

function byName(services: readonly CatalogueService[]): Map<string, CatalogueService> {
  const names = new Map<string, CatalogueService>();
  const add = (name: string, service: CatalogueService) => {
    const key = folded(name);
    if (key !== '' && !names.has(key)) names.set(key, service);
  };
  for (const it of services) add(it.id, it);
  for (const it of services) add(it.name, it);
  for (const it of services) for (const alias of it.aliases) add(alias, it);
  return names;
}

function turnedRound(calls: ReadonlyMap<string, readonly string[]>): Map<string, readonly string[]> {
  const callers = new Map<string, string[]>();
  for (const [caller, callees] of calls) {
    for (const callee of callees) callers.set(callee, [...(callers.get(callee) ?? []), caller]);
  }
  return callers;
}

/** Every name that changes and alerts may have for the service that somebody calls `word`; the word alone where it is not known. */
export function namesOf(word: string, catalogue: Pick<Catalogue, 'find'>): string[] {
  const service = catalogue.find(word);
  return service ? [...new Set([service.id, service.name, ...service.aliases, word])] : [word];
}

/** Services that depend on each other, directly or not: the ids of each such circle, in order. */
export function circlesOf(services: readonly CatalogueService[]): string[][] {
  const catalogue = catalogueOf(services);
  const all = catalogue.services;
  const reached = new Map(all.map(({ id }) => [id, new Set(catalogue.dependencies(id).map((it) => it.id))]));
  const inCircle = (a: string, b: string) =>
    (reached.get(a)?.has(b) ?? false) && (reached.get(b)?.has(a) ?? false);
  const said = new Set<string>();
  const circles: string[][] = [];
  for (const { id } of all) {
    const others = all.filter((it) => it.id !== id && inCircle(id, it.id)).map((it) => it.id);
    if (said.has(id) || others.length === 0) continue;
    const circle = [id, ...others].toSorted();
    for (const it of circle) said.add(it);
    circles.push(circle);
  }
  return circles;
}

/** Breadth first, so that each is met at its shortest distance; a circle ends where it began. */
function reach(edges: ReadonlyMap<string, readonly string[]>, from: string): Reach[] {
  const met = new Set([from]);
  const found: Reach[] = [];
  let here: readonly string[] = [from];
  for (let distance = 1; here.length > 0; distance += 1) {
    const next = new Set(here.flatMap((id) => edges.get(id) ?? []).filter((id) => !met.has(id)));
    for (const id of next) {
      met.add(id);
      found.push({ id, distance });
    }
    here = [...next];
  }
  return found;
}
