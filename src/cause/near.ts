import type { Catalogue } from './catalogue.ts';

/** Names of services looked at for one alert; where more are next to it, those further on count as strangers. */
const MOST = 60;

/**
 * All names of the services next to the one of this name: those it calls, those
 * that call it, and those that share a caller or a callee with it; its own other
 * names first, near ones before far ones. None for a name that nobody knows.
 */
export function namesNear(catalogue: Catalogue, name: string, steps: number): string[] {
  const start = catalogue.find(name);
  if (!start) return [];
  const met = new Set([start.id]);
  let here = [start.id];
  for (let step = 0; step < steps; step += 1) {
    const next = here.flatMap((id) => [...calledBy(catalogue, id), ...callersOf(catalogue, id)]);
    here = [...new Set(next)].filter((id) => !met.has(id));
    for (const id of here) met.add(id);
  }
  const names = [...met].flatMap((id) => {
    const service = catalogue.find(id);
    return service ? [service.id, service.name, ...service.aliases] : [];
  });
  return [...new Set(names)].filter((it) => it !== name).slice(0, MOST);
}

/**
 * Which part of the system a service belongs to: those that are tied to each other by calls, however far, are one
 * part, called by the first of their ids. `untied`: it is known, but nobody said what it is tied to. Null for a name
 * that nobody knows.
 */
export function partsOf(catalogue: Catalogue): (name: string) => { readonly part: string } | 'untied' | null {
  const first = new Map<string, string>();
  const root = (id: string): string => {
    const up = first.get(id) ?? id;
    if (up === id) return id;
    const top = root(up);
    first.set(id, top);
    return top;
  };
  for (const { id, dependsOn } of catalogue.services) {
    for (const other of dependsOn) {
      const [a = id, b = id] = [root(id), root(other)].toSorted();
      first.set(b, a);
    }
  }
  const tied = new Set(
    catalogue.services.flatMap(({ id, dependsOn }) => (dependsOn.length > 0 ? [id, ...dependsOn] : [])),
  );
  return (name) => {
    const service = catalogue.find(name);
    if (service === null) return null;
    return tied.has(service.id) ? { part: root(service.id) } : 'untied';
  };
}

function calledBy(catalogue: Catalogue, id: string): string[] {
  return catalogue.dependencies(id).flatMap((it) => (it.distance === 1 ? [it.id] : []));
}

function callersOf(catalogue: Catalogue, id: string): string[] {
  return catalogue.dependents(id).flatMap((it) => (it.distance === 1 ? [it.id] : []));
}
