import { objectOf, objectsOf, textOf, type Json } from '#test/support/slack/json.ts';
import type { World } from '#test/support/slack/world.ts';

import { datesIn } from './dates.ts';
import { characterOf } from './emoji.ts';
import { joined, NOTHING, type Read } from './mrkdwn.ts';

/** A `rich_text` block: words in it are words and nothing else; what is live says so itself. */
export function readRichText(world: World, block: Json): Read {
  return joined(
    objectsOf(block['elements']).map((it) => readElement(world, it)),
    '\n',
  );
}

function readElement(world: World, element: Json): Read {
  const parts = objectsOf(element['elements']);
  if (element['type'] !== 'rich_text_list') {
    return joined(
      parts.map((it) => readInline(world, it)),
      '',
    );
  }
  const sign = (index: number) => (element['style'] === 'ordered' ? `${index + 1}. ` : '• ');
  const items = parts.map((it, index) => {
    const read = readElement(world, it);
    return { ...read, text: sign(index) + read.text };
  });
  return joined(items, '\n');
}

function readInline(world: World, inline: Json): Read {
  const read = INLINES[textOf(inline['type'])];
  return read ? { ...NOTHING, ...read(world, inline) } : NOTHING;
}

const INLINES: Readonly<Record<string, (world: World, inline: Json) => Partial<Read>>> = {
  text: (_, it) => ({ text: textOf(it['text']) }),
  link: (_, it) => {
    const url = textOf(it['url']);
    return { text: textOf(it['text']) || url, links: [url] };
  },
  user: (world, it) => {
    const user = world.users.get(textOf(it['user_id']));
    return { text: `@${user?.name ?? 'unknown'}`, notified: user ? [user.id] : [] };
  },
  usergroup: (world, it) => {
    const group = world.groups.get(textOf(it['usergroup_id']));
    return { text: `@${group?.handle ?? 'unknown'}`, notified: group?.users ?? [] };
  },
  channel: (world, it) => ({ text: `#${world.channels.get(textOf(it['channel_id']))?.name ?? 'unknown'}` }),
  broadcast: (_, it) => ({ text: `@${textOf(it['range'])}`, notified: ['everyone'] }),
  emoji: (_, it) => ({ text: characterOf(textOf(it['name'])) ?? `:${textOf(it['name'])}:` }),
  date: (world, it) => {
    const { timestamp, format, url } = objectOf(it);
    return {
      text: datesIn(textOf(format), Number(timestamp), world.now()),
      links: typeof url === 'string' ? [url] : [],
    };
  },
  color: (_, it) => ({ text: textOf(it['value']) }),
  team: (_, it) => ({ text: textOf(it['team_id']) }),
};
