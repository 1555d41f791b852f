import type { Answer, MessageView, SendBody } from '#adapters/web/protocol.ts';

import { OUTBOX, type App } from '../app.ts';
import { now } from '../clock.ts';
import { ApiError, explain } from '../net/api.ts';
import { waitBefore } from '../net/backoff.ts';
import { newId } from '../net/ids.ts';
import { lastId } from '../state/log.ts';
import { changed, nextToSend, stored, type Outgoing } from '../state/outgoing.ts';
import { withMessage } from '../state/pushed.ts';
import { notice } from './attempt.ts';
import { roomPath } from './rooms.ts';

/** Puts words, or a command, into the outbox; from there they go as soon as the server can be reached. */
export function send(
  app: App,
  what: { readonly room: string; readonly threadOf: number | null; readonly text: string },
): void {
  const log = app.store.get().logs.get(what.room);
  const outgoing: Outgoing = {
    ...what,
    id: newId(),
    at: now(),
    after: log ? lastId(log) : 0,
    state: 'waiting',
    error: '',
  };
  setOutbox(app, (outbox) => [...outbox, outgoing]);
  flush(app);
}

/** Tries what failed again, under the same id. */
export function retry(app: App, id: string): void {
  setOutbox(app, (outbox) => changed(outbox, id, { state: 'waiting', error: '' }));
  flush(app, 'now');
}

export function discard(app: App, id: string): void {
  setOutbox(app, (outbox) => outbox.filter((it) => it.id !== id));
}

const PAUSE = 'outbox pause';

/** Sends what waits. After a failure that passes by itself it waits; `now` ends that wait. */
export function flush(app: App, when: 'in turn' | 'now' = 'in turn'): void {
  if (when === 'now') resume(app);
  if (paused.has(app)) return;
  for (let next = nextToSend(outboxOf(app)); next; next = nextToSend(outboxOf(app))) {
    setOutbox(app, (outbox) => changed(outbox, next?.id ?? '', { state: 'sending' }));
    void deliver(app, next);
  }
}

async function deliver(app: App, outgoing: Outgoing): Promise<void> {
  const { id, room, text, threadOf } = outgoing;
  const body: SendBody = threadOf === null ? { id, text } : { id, text, threadOf };
  try {
    const answer = await app.api.post<Answer>(`${roomPath(room)}/messages`, body);
    failures.delete(app);
    setOutbox(app, (outbox) => outbox.filter((it) => it.id !== id));
    take(app, answer, room);
  } catch (error) {
    undelivered(app, id, error);
  }
  flush(app);
}

/** What a command or a form answered: a message to show, or a form to fill in. */
export function take(
  app: App,
  answer: Answer,
  room: string | null,
  after: ((answered: MessageView) => void) | null = null,
): void {
  if (answer.type === 'form') {
    const { form } = answer;
    if (app.store.get().dialog === null) {
      app.store.set({ dialog: { type: 'form', id: newId(), form, room, after } });
    } else notice(app, `“${form.title}” waits: close what is open and ask for it again.`);
    return;
  }
  app.recent.add(answer.message);
  app.store.set((state) => withMessage(state, answer.message));
}

function undelivered(app: App, id: string, error: unknown): void {
  if (error instanceof ApiError && error.passing) {
    const times = (failures.get(app) ?? 0) + 1;
    failures.set(app, times);
    paused.add(app);
    setOutbox(app, (outbox) => changed(outbox, id, { state: 'waiting' }));
    app.timers.later(PAUSE, waitBefore(times, Math.random()), () => flush(app, 'now'));
    return;
  }
  setOutbox(app, (outbox) => changed(outbox, id, { state: 'failed', error: explain(error) }));
}

/** Pages that wait before they send again, and how often in a row that was. */
const paused = new WeakSet<App>();
const failures = new WeakMap<App, number>();

function resume(app: App): void {
  app.timers.cancel(PAUSE);
  paused.delete(app);
}

function outboxOf(app: App): readonly Outgoing[] {
  return app.store.get().outbox;
}

function setOutbox(app: App, how: (outbox: readonly Outgoing[]) => readonly Outgoing[]): void {
  app.store.set(({ outbox }) => ({ outbox: how(outbox) }));
  sessionStorage.setItem(`${OUTBOX} ${app.as ?? ''}`, stored(outboxOf(app)));
}
