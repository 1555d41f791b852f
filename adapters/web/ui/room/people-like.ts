import type { PersonView } from '#adapters/web/protocol.ts';

/** People whose id or one of whose names begins with the query, the closest first; at most eight. */
export function peopleLike(people: readonly PersonView[], query: string): PersonView[] {
  const sought = fold(query);
  return people
    .map((person) => ({ person, rank: rankOf(person, sought) }))
    .filter(({ rank }) => rank < NO_MATCH)
    .toSorted((a, b) => a.rank - b.rank || a.person.name.localeCompare(b.person.name))
    .slice(0, 8)
    .map(({ person }) => person);
}

const NO_MATCH = 3;

function rankOf({ id, name }: PersonView, sought: string): number {
  if (fold(id).startsWith(sought)) return 0;
  if (fold(name).startsWith(sought)) return 1;
  return fold(name)
    .split(/\s+/)
    .some((word) => word.startsWith(sought))
    ? 2
    : NO_MATCH;
}

/** Without case and accents: `jose` finds José. */
export function fold(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
