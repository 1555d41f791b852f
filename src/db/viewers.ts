import type { PersonId } from '#src/incident/person.ts';
import { maySee } from '#src/incident/privacy.ts';

import type { Reader } from './schema.ts';

/** Who of these people may see those of the incidents that are not for everybody; what is not named in the answer is for all. */
export async function viewersOf(
  r: Reader,
  incidents: readonly number[],
  people: readonly string[],
): Promise<Map<number, string[]>> {
  if (incidents.length === 0) return new Map();
  const secret = await r
    .selectFrom('incidents')
    .select(['number', 'isPrivate', 'insiders', 'assignee', 'roles'])
    .where('number', 'in', [...incidents])
    .where('isPrivate', '=', true)
    .execute();
  if (secret.length === 0) return new Map();
  const known =
    people.length === 0
      ? []
      : await r
          .selectFrom('people')
          .select(['id', 'role'])
          .where('id', 'in', people as readonly PersonId[])
          .where('active', '=', true)
          .execute();
  return new Map(secret.map((it) => [it.number, known.filter((who) => maySee(it, who)).map(({ id }) => id)]));
}
