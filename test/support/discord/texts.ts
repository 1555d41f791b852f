import { ComponentType as Type } from 'discord-api-types/v10';

import { flat } from './checks/components.ts';
import { textOf } from './json.ts';
import type { Message } from './world.ts';

/** The texts of a message in which a mention notifies: its words, and texts among its components. Embeds never do. */
export function textsOf({ content, components }: Pick<Message, 'content' | 'components'>): string[] {
  const shown = flat(components).flatMap((it) =>
    it['type'] === Type.TextDisplay ? [textOf(it, 'content')] : [],
  );
  return [content, ...shown];
}
