import { ButtonStyle, ComponentType as Type, MessageFlags as Flags } from 'discord-api-types/v10';

import { childrenOf, flat } from '#test/support/discord/checks/components.ts';
import { listOf, objectOf, textOf } from '#test/support/discord/json.ts';
import type { Json, Message, World } from '#test/support/discord/world.ts';
import type { SeenMessage } from '#test/support/fake-platform.ts';

import { readMarkdown } from './markdown.ts';
import { namesOf } from './names.ts';

/** What a person sees of a message. */
export function seen(world: World, message: Message): SeenMessage {
  const names = namesOf(world);
  const links: string[] = [];
  const read = (text: string): string => {
    const shown = readMarkdown(text, names);
    links.push(...shown.links);
    return shown.text;
  };
  const embeds = message.flags & Flags.SuppressEmbeds ? [] : message.embeds;
  const texts = [
    read(message.content),
    ...embeds.map((it) => embedText(it, read, links)),
    ...partTexts(message.components, read),
  ];
  const all = flat(message.components);
  links.push(...all.flatMap((it) => (it['style'] === ButtonStyle.Link ? [textOf(it, 'url')] : [])));
  return {
    id: message.id,
    room: message.channelId,
    text: texts.filter((it) => it !== '').join('\n'),
    author: message.authorId === world.botId ? 'bot' : message.authorId,
    buttons: all.filter((it) => it['type'] === Type.Button && it['disabled'] !== true).map(labelOf),
    options: all
      .flatMap((it) => (it['type'] === Type.StringSelect && it['disabled'] !== true ? optionsOf(it) : []))
      .map(labelOf),
    notified: message.notified,
    links: [...new Set(links)],
    pinned: message.pinnedAt !== null,
    private: message.onlyFor !== null,
    reactions: Object.fromEntries([...message.reactions].map(([emoji, who]) => [emoji, who.size])),
    files: message.attachments.map(({ name, bytes }) => ({ name, bytes })),
  };
}

export function labelOf(it: Json): string {
  const emoji = (it['emoji'] as Json | undefined)?.['name'];
  return [emoji, it['label']].filter((part) => typeof part === 'string' && part !== '').join(' ');
}

export const optionsOf = (select: Json): readonly Json[] => listOf(select, 'options');

/** Titles, names and texts are read as markup; the small print below is not. */
function embedText(embed: Json, read: (text: string) => string, links: string[]): string {
  const part = (name: string, of: string) => textOf(objectOf(embed, name), of);
  const fields = listOf(embed, 'fields');
  if (typeof embed['url'] === 'string') links.push(embed['url']);
  return [
    part('author', 'name'),
    read(textOf(embed, 'title')),
    read(textOf(embed, 'description')),
    ...fields.flatMap((it) => [read(textOf(it, 'name')), read(textOf(it, 'value'))]),
    part('footer', 'text'),
  ]
    .filter((it) => it !== '')
    .join('\n');
}

function partTexts(components: readonly Json[], read: (text: string) => string): string[] {
  return components.flatMap((it) => {
    if (it['type'] === Type.TextDisplay) return [read(textOf(it, 'content'))];
    return it['type'] === Type.ActionRow ? [] : partTexts(childrenOf(it), read);
  });
}
