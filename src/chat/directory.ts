import { listIncidents } from '#src/db/incident-list.ts';
import { findIncident } from '#src/db/incidents.ts';
import { listSchedules } from '#src/db/on-call.ts';
import { listPeople, listTeams, personOf } from '#src/db/people.ts';
import { incidentOfRoom } from '#src/db/rooms.ts';
import type { Reader } from '#src/db/schema.ts';
import type { Incident, IncidentNumber, Status } from '#src/incident/incident.ts';
import type { Person, Team } from '#src/incident/person.ts';
import type { Viewer } from '#src/incident/privacy.ts';

import type { Ref } from './platform.ts';

/** What dispatch must look up to know who speaks, where, and about what. */
export interface Directory {
  personOf(ref: Ref): Promise<Person | null>;
  incidentOfRoom(room: Ref): Promise<IncidentNumber | null>;
  people(): Promise<readonly Person[]>;
  teams(): Promise<readonly Team[]>;
  schedules(): Promise<readonly NamedSchedule[]>;
  /** By anything people type for one, if they may see it. Throws `not_found` or `bad_arguments`. */
  incident(word: string, viewer: Viewer): Promise<Incident>;
  /** Those in one of these states, worst first. */
  incidents(statuses: readonly Status[], limit: number, viewer: Viewer): Promise<readonly Incident[]>;
}

/** An on-call schedule as people call it. */
export interface NamedSchedule {
  readonly id: string;
  readonly name: string;
}

/** The directory that stands in the database. */
export function directoryIn(db: Reader): Directory {
  return {
    personOf: (ref) => personOf(db, ref),
    incidentOfRoom: async (room) => (await incidentOfRoom(db, room)) as IncidentNumber | null,
    people: () => listPeople(db),
    teams: () => listTeams(db),
    schedules: () => listSchedules(db),
    incident: (word, viewer) => findIncident(db, word, viewer),
    async incidents(statuses, limit, viewer) {
      const { incidents } = await listIncidents(db, {
        statuses,
        viewer,
        sort: 'severity',
        order: 'desc',
        limit,
        offset: 0,
      });
      return incidents;
    },
  };
}
