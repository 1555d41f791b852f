import type { KeyboardEvent } from 'react';

import type { MessageView } from '#adapters/web/protocol.ts';

import { pin } from '../actions/messages.ts';
import { showThread } from '../actions/rooms.ts';
import type { App } from '../app.ts';

/** Keys on a message that has the focus: arrows walk, letters act. */
export function onMessageKey(app: App, event: KeyboardEvent, message: MessageView, me: string): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const row = event.target as HTMLElement;
  const work = {
    ArrowUp: () => step(row, 'previousElementSibling'),
    ArrowDown: () => step(row, 'nextElementSibling'),
    Escape: row.closest('.thread')
      ? undefined
      : () => document.querySelector<HTMLElement>('.composer textarea')?.focus(),
    t: () => void showThread(app, message.threadOf ?? message.id),
    p: () => void pin(app, message),
    e: () => isOwnWords(message, me) && app.store.set({ editing: message.id }),
    r: () => row.querySelector<HTMLElement>('.tool-react')?.click(),
  }[event.key];
  if (!work) return;
  event.preventDefault();
  work();
}

/** What its author may change and delete. */
export function isOwnWords({ author, body, deleted }: MessageView, me: string): boolean {
  return author?.id === me && body.type === 'words' && !deleted;
}

function step(row: HTMLElement, way: 'previousElementSibling' | 'nextElementSibling'): void {
  let next = row[way];
  while (next && !(next instanceof HTMLElement && next.dataset.id !== undefined)) next = next[way];
  if (next instanceof HTMLElement) next.focus();
}
