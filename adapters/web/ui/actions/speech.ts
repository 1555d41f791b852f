import type { MessageView } from '#adapters/web/protocol.ts';

import type { App } from '../app.ts';
import { peopleOf } from '../state/state.ts';
import { summaryOf } from '../words/plain.ts';

/** Has a new message read out by a screen reader: who, and what in one sentence. */
export function announce(app: App, message: MessageView): void {
  if (message.deleted || message.editedAt !== null) return;
  const names = new Map(peopleOf(app.store.get()).map(({ id, name }) => [id, name]));
  // A space that is not heard makes two equal messages two announcements.
  const apart = message.id % 2 === 0 ? '\u00A0' : '';
  app.store.set({ spoken: `${summaryOf(message, names, 300)}${apart}` });
}
