import { ComponentType, type APIEmbed, type APIMessage } from 'discord-api-types/v10';

import { clean } from '#src/chat/text.ts';

type Written = Partial<Pick<APIMessage, 'content' | 'embeds' | 'components'>>;

/** What people wrote, with mentions as the port writes them; of a bot's message what it shows. */
export function wordsOf({ content, embeds = [], components = [] }: Written): string {
  const shown = content
    ? [content]
    : [...textsOf(components), ...embeds.flatMap(embedTexts)].map(withoutMarks);
  return clean(shown.join('\n')).replaceAll(/<@!(\d+)>/g, '<@$1>');
}

interface Node {
  readonly type?: number;
  readonly content?: string;
  readonly components?: readonly Node[];
}

function textsOf(components: readonly object[]): string[] {
  return (components as readonly Node[]).flatMap(({ type, content, components: inner = [] }) =>
    type === ComponentType.TextDisplay ? [content ?? ''] : textsOf(inner),
  );
}

function embedTexts({ title, description }: APIEmbed): string[] {
  return [title, description].filter((it) => it !== undefined);
}

/** An escaped sign, marks of what is bold, what begins a line, a time, and a link with its address. */
const MARKS =
  /\\([^0-9A-Za-z\s])|\*\*|^(?:#{1,3}|-#) |<t:(\d{1,11})(?::\w)?>|\[((?:\\.|[^\]\\])*)\]\(<([^>]*)>\)|\u200B/gm;

/** The words of what this program has drawn, as people read them: they may be kept elsewhere. */
export function withoutMarks(markup: string): string {
  return markup.replaceAll(
    MARKS,
    (_, sign?: string, seconds?: string, label?: string, url?: string) =>
      sign ??
      (seconds === undefined ? undefined : timeOf(Number(seconds))) ??
      (label === undefined ? '' : `${withoutMarks(label)} (${url ?? ''})`),
  );
}

function timeOf(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
