import type { PersonId } from '#src/incident/person.ts';

/** From `from` until before `until`, in milliseconds of the epoch. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** Who is on call in a stretch; nobody, if the list is empty. */
export interface Duty extends Span {
  /** In the order of the alphabet, each once. */
  readonly people: readonly PersonId[];
}

export const MINUTE = 60_000;
export const DAY = 1440 * MINUTE;

/** Every piece between two instants at which something begins or ends, with what holds in it, in the order given. */
export function pieces<T extends Span>(all: readonly T[]): (Span & { readonly active: readonly T[] })[] {
  const real = all.filter((it) => it.from < it.until);
  const cuts = [...new Set(real.flatMap((it) => [it.from, it.until]))].toSorted((a, b) => a - b);
  const begins = Map.groupBy(
    real.map((it, order) => ({ it, order })),
    ({ it }) => it.from,
  );
  let running: { it: T; order: number }[] = [];
  return cuts.slice(0, -1).map((from, index) => {
    running = [...running.filter(({ it }) => it.until > from), ...(begins.get(from) ?? [])];
    const active = running.toSorted((a, b) => a.order - b.order).map(({ it }) => it);
    return { from, until: cuts[index + 1] ?? from, active };
  });
}

/** All that hold at once, together; where none holds there is nothing. */
export function together(all: readonly (Span & { readonly person: PersonId })[]): Duty[] {
  return merged(
    pieces(all)
      .filter(({ active }) => active.length > 0)
      .map(({ from, until, active }) => ({ from, until, people: inOrder(active.map((it) => it.person)) })),
  );
}

/** Of those that hold at once the one that comes last in the list. */
export function lastWins(all: readonly Duty[]): Duty[] {
  return merged(
    pieces(all).flatMap(({ from, until, active }) => {
      const last = active.at(-1);
      return last ? [{ from, until, people: last.people }] : [];
    }),
  );
}

/** Neighbours with the same people are one. */
export function merged(all: readonly Duty[]): Duty[] {
  const found: Duty[] = [];
  for (const next of all) {
    const last = found.at(-1);
    if (last?.until === next.from && samePeople(last, next)) {
      found.splice(-1, 1, { ...last, until: next.until });
    } else found.push(next);
  }
  return found;
}

export function samePeople(one: Pick<Duty, 'people'>, other: Pick<Duty, 'people'>): boolean {
  return one.people.join(' ') === other.people.join(' ');
}

export function inOrder(people: readonly PersonId[]): PersonId[] {
  return [...new Set(people)].toSorted();
}

/** The part of each that lies within a stretch. */
export function within<T extends Span>(all: readonly T[], { from, until }: Span): T[] {
  return all
    .map((it) => ({ ...it, from: Math.max(it.from, from), until: Math.min(it.until, until) }))
    .filter((it) => it.from < it.until);
}
