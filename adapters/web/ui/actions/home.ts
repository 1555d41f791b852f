import type { Answer, SampleView, SendBody, SetupView } from '#adapters/web/protocol.ts';

import type { App } from '../app.ts';
import { newId } from '../net/ids.ts';
import { lobbyOf, roomOfIncident } from '../state/rooms.ts';
import type { State } from '../state/state.ts';
import { attempt, notice, quietly } from './attempt.ts';
import { roomPath, showRoom } from './rooms.ts';
import { take } from './sending.ts';
import { loadRooms } from './session.ts';

/** How long a newcomer waits for a room before being told that it takes longer, in milliseconds. */
const PATIENCE = 15_000;

export async function loadSetup(app: App): Promise<void> {
  const setup = await quietly(app, app.api.get<SetupView>('/web/setup'));
  if (setup) app.store.set({ setup });
}

/** Sends the source's sample alert and goes to the room that opens because of it. */
export async function sendSample(app: App, source: string): Promise<void> {
  const sample = await attempt(app, app.api.post<SampleView>('/web/setup/sample', { source }));
  if (!sample) return;
  const incident = sample.incident_id;
  const room =
    incident === null
      ? null
      : await waitFor(app, ({ incidents }) => roomOfIncident(incidents.values(), incident) ?? null);
  if (room === null) {
    notice(app, sample.message);
    return;
  }
  if (!app.store.get().rooms?.has(room)) await loadRooms(app);
  showRoom(app, room);
}

/** Opens the form that declares an incident; once it is sent, goes to the incident's room. */
export async function declare(app: App): Promise<void> {
  // Somebody who just came may be quicker than the list of rooms.
  if (!app.store.get().rooms) await loadRooms(app);
  const lobby = lobbyOf(app.store.get().rooms?.values() ?? []);
  if (!lobby) {
    notice(app, 'The room #incidents is not there yet. Try again in a moment.');
    return;
  }
  const known = new Set(app.store.get().incidents.keys());
  const body: SendBody = { id: newId(), text: '/incident declare' };
  const answer = await attempt(app, app.api.post<Answer>(`${roomPath(lobby.id)}/messages`, body));
  if (!answer) return;
  take(app, answer, lobby.id, () => void goToNew(app, known));
  if (answer.type === 'posted') showRoom(app, lobby.id);
}

async function goToNew(app: App, known: ReadonlySet<number>): Promise<void> {
  const room = await waitFor(app, ({ incidents }) => {
    const fresh = [...incidents.values()].filter(({ number }) => !known.has(number));
    return fresh.flatMap((it) => it.rooms).find(({ platform }) => platform === 'web')?.id ?? null;
  });
  if (room !== null) showRoom(app, room);
}

/** The first answer that is not null, now or after a change; null when none comes in time. */
async function waitFor<T>(app: App, look: (state: State) => T | null): Promise<T | null> {
  const first = look(app.store.get());
  if (first !== null) return first;
  return await new Promise<T | null>((resolve) => {
    const timer = setTimeout(finish, PATIENCE, null);
    const end = app.store.subscribe(() => {
      const found = look(app.store.get());
      if (found !== null) finish(found);
    });
    function finish(found: T | null): void {
      clearTimeout(timer);
      end();
      resolve(found);
    }
  });
}
