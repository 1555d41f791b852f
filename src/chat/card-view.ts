import { alertCounts, alertTitles } from '#src/db/alerts.ts';
import { findIncident } from '#src/db/incidents.ts';
import { listPeople, listTeams } from '#src/db/people.ts';
import { roomsOf } from '#src/db/rooms.ts';
import type { Reader } from '#src/db/schema.ts';
import type { Incident } from '#src/incident/incident.ts';

import type { Names } from './names.ts';

/** Everything that a card, a summary and the other pictures of an incident show. */
export interface View {
  readonly incident: Incident;
  readonly alerts: AlertsView;
  readonly rooms: readonly { readonly platform: string; readonly name: string; readonly url: string }[];
  readonly names: Names;
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
  const incident = await findIncident(r, number);
  const rooms = await roomsOf(r, number);
  return { incident, alerts: await alertsView(r, number), rooms, names: await namesIn(r), publicUrl, now };
}

export async function namesIn(r: Reader): Promise<Names> {
  const people = await listPeople(r);
  const teams = await listTeams(r);
  return new Map<string, string>([...teams, ...people].map(({ id, name }) => [id, name]));
}

/** A card shows a few; more is what the list is for. */
const TITLES = 20;

async function alertsView(r: Reader, number: number): Promise<AlertsView> {
  const count = (await alertCounts(r, [number])).get(number);
  if (!count) return { firing: 0, total: 0, times: 0, titles: [], links: [] };
  const alerts = await alertTitles(r, number, TITLES);
  const links = new Map(alerts.flatMap((alert) => alert.links).map((link) => [link.url, link]));
  return {
    ...count,
    titles: [...new Set(alerts.map(({ title }) => title))],
    links: [...links.values()],
  };
}
