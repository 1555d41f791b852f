import type { Answer, MessageView, SampleView, SendBody, SetupView } from '#adapters/web/protocol.ts';

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
  const went = sample.incident_id !== null && (await goToRoomOf(app, sample.incident_id));
  if (!went) notice(app, sample.message);
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
  const body: SendBody = { id: newId(), text: '/incident declare' };
  const answer = await attempt(app, app.api.post<Answer>(`${roomPath(lobby.id)}/messages`, body));
  if (!answer) return;
  take(app, answer, lobby.id, (message) => void goToDeclared(app, message));
  if (answer.type === 'posted') showRoom(app, lobby.id);
}

/** The answer to `declare` begins with the incident's name; a refusal does not, and leads nowhere. */
async function goToDeclared(app: App, { body }: MessageView): Promise<void> {
  const name = body.type === 'message' ? /^INC-\d+/.exec(body.message.summary)?.[0] : undefined;
  if (name === undefined || (await goToRoomOf(app, name))) return;
  if (body.type === 'message') notice(app, body.message.summary);
}

/**
 * Goes to the room of an incident as soon as it has one; false when it has none
 * in time, or something was opened meanwhile that going there would close.
 */
async function goToRoomOf(app: App, incident: string): Promise<boolean> {
  const room = await waitFor(app, ({ incidents }) => roomOfIncident(incidents.values(), incident) ?? null);
  if (room === null) return false;
  if (!app.store.get().rooms?.has(room)) await loadRooms(app);
  if (app.store.get().dialog !== null) return false;
  showRoom(app, room);
  return true;
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
