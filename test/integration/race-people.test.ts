import { expect } from 'vitest';

import { listTeams, savePerson, saveTeam, writeTeam } from '#src/db/people.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import { test } from '#test/support/database.ts';
import { deadlocks } from '#test/support/deadlocks.ts';

test('whoever works on people and teams while others do waits for them, and is never turned away', async ({
  db,
  databaseKind,
}) => {
  const ids = ['ana', 'ben', 'cleo', 'dan'] as PersonId[];
  const rest = { email: null, role: 'responder', timezone: 'UTC', active: true } as const;
  const people = ids.map((id) => ({ id, name: id, ...rest }));
  const team = (id: string) => ({ id: id as TeamId, name: id, members: ids });
  const now = new Date(0);
  // As processes do that start together, and somebody who sets up all of it at once.
  const addOneByOne = async () => {
    for (const it of people) await savePerson(db, it, now);
    await saveTeam(db, team('payments'), now);
  };
  const addAllAtOnce = async () => {
    await db.transaction().execute(async (tx) => {
      for (const it of people.toReversed()) await savePerson(tx, it, now);
      await writeTeam(tx, team('search'), now);
    });
  };
  const works = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? addOneByOne() : addAllAtOnce()));
  await Promise.all(works);
  expect((await listTeams(db)).map((it) => it.members.length)).toEqual([ids.length, ids.length]);
  if (databaseKind === 'postgres') expect(await deadlocks(db)).toBe(0);
});
