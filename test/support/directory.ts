import type { Directory } from '#src/chat/directory.ts';
import { UserError } from '#src/errors.ts';
import { parseRef, shortName, type Incident, type IncidentNumber } from '#src/incident/incident.ts';
import type { Person, PersonId, Role, TeamId } from '#src/incident/person.ts';

import { incident, incidentIn } from './incident.ts';

function person(id: string, name: string, role: Role = 'responder', changes: Partial<Person> = {}): Person {
  return {
    id: id as PersonId,
    name,
    email: `${id}@example.com`,
    role,
    timezone: 'UTC',
    active: true,
    ...changes,
  };
}

export const people: readonly Person[] = [
  person('ana', 'Ana Lima'),
  person('bo', 'Bo Chen'),
  person('anton', 'Anton Weber'),
  person('vi', 'Vi Tran', 'viewer'),
  person('root', 'Ruth Otto', 'admin'),
  person('max', 'Max Gone', 'responder', { active: false }),
];

const incidents: readonly Incident[] = [
  incident({ number: 1 as IncidentNumber, title: 'Checkout fails' }),
  incidentIn('ACKNOWLEDGED', { number: 7 as IncidentNumber, title: 'Search is slow', severity: 'P3' }),
  incidentIn('RESOLVED', { number: 9 as IncidentNumber, title: 'Disk was full', severity: 'P2' }),
];

/** People, teams and incidents without a database; `room-7` is the room of INC-7. */
export const directory: Directory = {
  personOf: ({ id }) => Promise.resolve(people.find((it) => it.id === id) ?? null),
  incidentOfRoom: ({ id }) =>
    Promise.resolve(id.startsWith('room-') ? (Number(id.slice(5)) as IncidentNumber) : null),
  people: () => Promise.resolve(people),
  teams: () => Promise.resolve([{ id: 'payments' as TeamId, name: 'Payments', members: ['bo' as PersonId] }]),
  schedules: () => Promise.resolve([{ id: 'payments', name: 'Payments' }]),
  incident(word) {
    const ref = parseRef(word);
    const found = incidents.find(({ number }) => ref && 'number' in ref && ref.number === number);
    if (found) return Promise.resolve(found);
    return Promise.reject(
      new UserError('not_found', `There is no ${ref && 'number' in ref ? shortName(ref.number) : word}.`),
    );
  },
  incidents: (statuses, limit) =>
    Promise.resolve(incidents.filter(({ status }) => statuses.includes(status)).slice(0, limit)),
};
