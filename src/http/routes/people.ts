import { z } from 'zod';

import { logAccess } from '#src/db/access-log.ts';
import { findPerson, listPeople, listTeams, savePerson, saveTeam } from '#src/db/people.ts';
import { UserError } from '#src/errors.ts';
import { ROLES, type Person, type PersonId, type Team, type TeamId } from '#src/incident/person.ts';

import { route } from '../route.ts';
import { Handle, line } from '../shapes/common.ts';

const PersonShape = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    role: z.enum(ROLES),
    timezone: z.string(),
    status: z.enum(['active', 'inactive']),
    teams: z.array(z.string()),
  })
  .meta({ id: 'User' });

const TeamShape = z
  .object({ id: z.string(), name: z.string(), members: z.array(z.string()) })
  .meta({ id: 'Team' });

const TIMEZONES = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')]);

const PersonInput = z.strictObject({
  id: Handle,
  name: line(100),
  email: z.email().max(200).nullable().default(null),
  role: z.enum(ROLES).default('responder'),
  timezone: z
    .string()
    .refine((it) => TIMEZONES.has(it), 'use a name such as Europe/Berlin')
    .default('UTC'),
  status: z.enum(['active', 'inactive']).default('active'),
});

const TeamInput = z.strictObject({
  id: Handle,
  name: line(100),
  members: z.array(Handle).max(500).default([]),
});

export const peopleRoutes = [
  route({
    name: 'listPeople',
    method: 'get',
    path: '/api/v1/people',
    tag: 'People',
    summary: 'List everybody',
    access: 'incidents:read',
    answers: { status: 200, description: 'By name.', body: z.object({ people: z.array(PersonShape) }) },
    run: async ({ deps }) => {
      const [people, teams] = [await listPeople(deps.db), await listTeams(deps.db)];
      return { body: { people: people.map((it) => showPerson(it, teams)) } };
    },
  }),
  route({
    name: 'savePerson',
    method: 'post',
    path: '/api/v1/people',
    tag: 'People',
    summary: 'Add a person, or change everything about them but the id',
    description:
      'A person who is made inactive is signed out everywhere at once, and their keys stop to work.',
    access: 'admin',
    body: PersonInput,
    answers: { status: 200, description: 'The person.', body: PersonShape },
    refuses: [409],
    run: async ({ deps, who, body: { status, ...said } }) => {
      const person: Person = { ...said, id: said.id as PersonId, active: status === 'active' };
      refuseTakenEmail(await listPeople(deps.db), person);
      const at = deps.now();
      await deps.db.transaction().execute(async (tx) => {
        await savePerson(tx, person, at);
        await logAccess(tx, { at, actor: who.actor, action: 'person.saved', details: { ...person } });
      });
      if (!person.active) await deps.sessions.endAll(person.id);
      deps.sessions.forget();
      deps.keys.forget();
      return { body: showPerson(person, await listTeams(deps.db)) };
    },
  }),
  route({
    name: 'listTeams',
    method: 'get',
    path: '/api/v1/teams',
    tag: 'People',
    summary: 'List the teams',
    access: 'incidents:read',
    answers: { status: 200, description: 'By name.', body: z.object({ teams: z.array(TeamShape) }) },
    run: async ({ deps }) => ({ body: { teams: (await listTeams(deps.db)).map(showTeam) } }),
  }),
  route({
    name: 'saveTeam',
    method: 'post',
    path: '/api/v1/teams',
    tag: 'People',
    summary: 'Add a team, or give it this name and exactly these members',
    access: 'admin',
    body: TeamInput,
    answers: { status: 200, description: 'The team.', body: TeamShape },
    refuses: [404],
    run: async ({ deps, who, body }) => {
      const members = [...new Set(body.members)] as PersonId[];
      for (const member of members) {
        if (!(await findPerson(deps.db, member))) {
          throw new UserError('not_found', `There is no person called ${member}.`);
        }
      }
      const team: Team = { id: body.id as TeamId, name: body.name, members };
      const at = deps.now();
      await saveTeam(deps.db, team, at);
      await logAccess(deps.db, { at, actor: who.actor, action: 'team.saved', details: { ...team } });
      return { body: showTeam(team) };
    },
  }),
];

function refuseTakenEmail(people: readonly Person[], { id, email }: Person): void {
  const other = people.find((it) => it.id !== id && it.email !== null && it.email === email);
  if (other) throw new UserError('conflict', `${email} is the address of ${other.name} (${other.id}).`);
}

function showPerson(it: Person, teams: readonly Team[]): z.input<typeof PersonShape> {
  return {
    id: it.id,
    name: it.name,
    email: it.email,
    role: it.role,
    timezone: it.timezone,
    status: it.active ? 'active' : 'inactive',
    teams: teams.filter((team) => team.members.includes(it.id)).map((team) => team.id),
  };
}

function showTeam({ id, name, members }: Team): z.input<typeof TeamShape> {
  return { id, name, members: [...members] };
}
