import type { MessageView } from '#adapters/web/protocol.ts';

/** What the page calls the program that speaks in the rooms. */
export const BOT = 'Incident Manager';

/** A message on one line: who, and the beginning of what. */
export function summaryOf(
  { author, body }: MessageView,
  names: ReadonlyMap<string, string>,
  most = 90,
): string {
  const text = textOf(body, names).replaceAll(/\s+/g, ' ').trim();
  return `${author?.name ?? BOT}: ${text.length > most ? `${text.slice(0, most - 1)}…` : text}`;
}

/** What it says in plain words, people by their names. */
export function textOf(body: MessageView['body'], names: ReadonlyMap<string, string>): string {
  if (body.type === 'message') return body.message.summary;
  return body.text.replaceAll(/@([\p{L}\p{N}][\p{L}\p{N}._-]*)/gu, (raw, id: string) => {
    const name = names.get(id);
    return name === undefined ? raw : `@${name}`;
  });
}
