import type { MessageView } from '#adapters/web/protocol.ts';

import type { App } from '../app.ts';

/** Has a new message read out by a screen reader: who, and what in one sentence. */
export function announce(app: App, { id, author, body, deleted, editedAt }: MessageView): void {
  if (deleted || editedAt !== null) return;
  const text = body.type === 'words' ? body.text : body.message.summary;
  const who = author?.name ?? BOT;
  // The id makes two equal messages two announcements; it is invisible to the ear.
  app.store.set({ spoken: `${who}: ${text.slice(0, 300)}${id % 2 === 0 ? '\u00A0' : ''}` });
}

/** What the page calls the program that speaks in the rooms. */
export const BOT = 'Incident Manager';
