import { CARD } from './client/cards.ts';
import type { Fields } from './json.ts';

/** Cards and answers as a bot would write them. */
export const text = (words: string, more: Fields = {}): Fields => ({
  type: 'TextBlock',
  text: words,
  ...more,
});

export const execute = (title: string, data: Fields = {}): Fields => ({
  type: 'Action.Execute',
  title,
  verb: 'press',
  data,
});

export const submit = (title: string, data: Fields = {}): Fields => ({ type: 'Action.Submit', title, data });

/** A Submit that opens a dialog. */
export const opening = (title: string, data: Fields = {}): Fields =>
  submit(title, { ...data, msteams: { type: 'task/fetch' } });

export const content = (body: readonly Fields[], actions: readonly Fields[] = []): Fields => ({
  type: 'AdaptiveCard',
  version: '1.5',
  body,
  actions,
});

/** A message of one card. */
export const carded = (body: readonly Fields[], more: Fields = {}): Fields => ({
  attachments: [{ contentType: CARD, content: { ...content(body), ...more } }],
});

/** Answers of a bot to invokes. */
export const shows = (card: Fields) => ({ body: { statusCode: 200, type: CARD, value: card } });

export const tells = (words: string) => ({
  body: { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: words },
});

export const dialog = (card: Fields, title = 'Resolve INC-1') => ({
  body: { task: { type: 'continue', value: { title, card: { contentType: CARD, content: card } } } },
});
