import { ComponentType, type APIEmbed, type APIMessage } from 'discord-api-types/v10';

import { clean } from '#src/chat/text.ts';

/** What people wrote, with mentions as the port writes them; of a bot's message what it shows. */
export function wordsOf({
  content,
  embeds = [],
  components = [],
}: Partial<Pick<APIMessage, 'content' | 'embeds' | 'components'>>): string {
  const shown = content ? [content] : [...textsOf(components), ...embeds.flatMap(embedTexts)];
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
