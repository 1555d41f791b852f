import { findIncident } from '#src/db/incidents.ts';
import { listPeople, listTeams } from '#src/db/people.ts';
import { pictureOf, type Picture } from '#src/db/pictures.ts';
import type { Reader } from '#src/db/schema.ts';
import type { Incident } from '#src/incident/incident.ts';

import type { Names } from './names.ts';

/** Everything that a card, a summary and the other pictures of an incident show. */
export interface View {
  readonly incident: Incident;
  readonly alerts: AlertsView;
  readonly rooms: readonly { readonly platform: string; readonly name: string; readonly url: string }[];
  readonly names: Names;
  /** Until when its alerts are silent; null: they are not. */
  readonly mutedUntil: Date | null;
  /** The past incident that it is clearly like. */
  readonly like: Picture['like'];
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly now: Date;
}

interface AlertsView {
  readonly firing: number;
  readonly total: number;
  /** How often they were reported in all. */
  readonly times: number;
  /** Of the alerts that were read, each title and link once, firing ones first. */
  readonly titles: readonly string[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

/** The incident as it now is. Throws `not_found`. */
export async function viewOf(r: Reader, number: number, publicUrl: string, now: Date): Promise<View> {
  return await viewFor(r, await findIncident(r, number), publicUrl, now);
}

/** An incident that was just read. The names are of those whom it names itself. */
export async function viewFor(r: Reader, incident: Incident, publicUrl: string, now: Date): Promise<View> {
  const { number, assignee, team, roles } = incident;
  const ids = [assignee, team, ...Object.values(roles)].filter((id) => id !== null);
  const { rooms, alerts, names, mutedUntil, like, ...counts } = await pictureOf(r, number, {
    ids,
    most: TITLES,
  });
  return {
    incident,
    alerts: {
      ...counts,
      titles: alerts.map(({ title }) => title),
      links: [...new Map(alerts.flatMap((alert) => alert.links).map((link) => [link.url, link])).values()],
    },
    rooms,
    mutedUntil,
    like,
    names: new Map(names.map(({ id, name }) => [id, name])),
    publicUrl,
    now,
  };
}

/** Of everybody, and of every team. */
export async function namesIn(r: Reader): Promise<Names> {
  const people = await listPeople(r);
  const teams = await listTeams(r);
  return new Map<string, string>([...teams, ...people].map(({ id, name }) => [id, name]));
}

/** A card shows a few; more is what the list is for. */
const TITLES = 20;
