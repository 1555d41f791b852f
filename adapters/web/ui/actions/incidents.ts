import type { App } from '../app.ts';
import type { IncidentsView, IncidentView, TimelineEntry } from '../net/rest.ts';
import { incidentsByRoom } from '../state/rooms.ts';
import { roomShown } from '../state/state.ts';
import { withTimeline } from '../state/timelines.ts';
import { quietly } from './attempt.ts';

/** What the list of rooms and the home page show: the open ones, the worst first, and those that changed last. */
export async function loadIncidents(app: App): Promise<void> {
  const views = await Promise.all(
    ['open=true&sort=severity', 'sort=updated_at'].map(
      async (which) =>
        await quietly(app, app.api.get<IncidentsView>(`/api/v1/incidents?${which}&order=desc&page_size=100`)),
    ),
  );
  for (const view of views) if (view) learn(app, view.incidents);
  if (views.every((view) => view !== undefined)) app.store.set({ incidentsTold: true });
}

/** The incident a room is for, when it is not known already. */
export async function findIncidentOf(app: App, room: string): Promise<void> {
  const { rooms, incidents } = app.store.get();
  if (rooms?.get(room)?.kind === 'direct' || incidentsByRoom(incidents.values()).has(room)) return;
  const path = `/api/v1/incidents?room=${encodeURIComponent(`web:${room}`)}`;
  const view = await quietly(app, app.api.get<IncidentsView>(path));
  if (view) learn(app, view.incidents);
}

/** Something changed about it. Changes come in flocks, and one question is enough for those of a moment. */
export function refreshIncident(app: App, number: number): void {
  app.timers.later(`incident ${number}`, 60, () => void askFor(app, number));
}

/** The timeline of the incident whose room is shown. */
export function refreshShown(app: App): void {
  const state = app.store.get();
  const room = roomShown(state);
  const incident = room === null ? undefined : incidentsByRoom(state.incidents.values()).get(room);
  if (incident) void loadTimeline(app, incident);
}

async function askFor(app: App, number: number): Promise<void> {
  const incident = await quietly(app, app.api.get<IncidentView>(`/api/v1/incidents/INC-${number}`));
  if (!incident) return;
  learn(app, [incident]);
  const room = roomShown(app.store.get());
  const shown = incident.rooms.some(({ platform, id }) => platform === 'web' && id === room);
  if (shown || app.store.get().timelines.has(number)) await loadTimeline(app, incident);
}

let questions = 0;

async function loadTimeline(app: App, { id, number }: IncidentView): Promise<void> {
  const question = (questions += 1);
  const path = `/api/v1/incidents/${encodeURIComponent(id)}/timeline`;
  const entries = await quietly(app, app.api.get<readonly TimelineEntry[]>(path));
  if (!entries) return;
  app.store.set(({ timelines }) => ({ timelines: withTimeline(timelines, number, { question, entries }) }));
}

function learn(app: App, incidents: readonly IncidentView[]): void {
  app.store.set((state) => {
    const known = new Map(state.incidents);
    for (const incident of incidents) {
      // Answers may overtake each other: what was known later stays.
      const before = known.get(incident.number);
      if (!before || before.updated_at <= incident.updated_at) known.set(incident.number, incident);
    }
    return { incidents: known };
  });
}
