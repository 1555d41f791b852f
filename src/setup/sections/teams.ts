import type { z } from 'zod';

import type { TeamSetup } from '#src/db/on-call.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';

import { fields, lines, list, text } from '../fields.ts';
import { nameOf, type Fields, type Pare } from '../state.ts';

const DEFAULTS = { description: '', lead: null, members: [], schedule: null, policy: null };

export const TeamEntry = fields({
  name: text().optional(),
  description: lines().default(''),
  lead: text().nullable().default(null),
  members: list(text()).default([]),
  schedule: text().nullable().default(null),
  policy: text().nullable().default(null),
});

export function readTeam(id: TeamId, { name = nameOf(id), ...entry }: z.output<typeof TeamEntry>): TeamSetup {
  return {
    ...entry,
    id,
    name,
    lead: entry.lead as PersonId | null,
    members: [...new Set(entry.members)].toSorted() as PersonId[],
  };
}

export function writeTeam(
  { id, name, description, lead, members, schedule, policy }: TeamSetup,
  pare: Pare,
): Fields {
  const full = { name, description, lead, members: members.toSorted(), schedule, policy };
  return pare(full, { ...DEFAULTS, name: nameOf(id) });
}
