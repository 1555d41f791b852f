import type { Core } from './core.ts';
import { changed, deleted, pinned, type Told } from './events.ts';
import { messageJson } from './wire.ts';
import type { Message } from './world.ts';

/** A message is gone; where others have answered below it, something stays in its place. */
export function takeAway(core: Core, message: Message): Told {
  const { world } = core;
  if (!world.isAnswered(message)) {
    world.removeMessage(message);
    return deleted(core, message);
  }
  const before = messageJson(world, message);
  Object.assign(message, {
    subtype: 'tombstone',
    user: 'USLACKBOT',
    isOurs: false,
    text: 'This message was deleted.',
    blocks: [],
    attachments: [],
    files: [],
    pinned: false,
  });
  return changed(core, before, message);
}

/** Slack says of a pin that it was added, and that the message was changed. */
export function setPinned(core: Core, message: Message, user: string, on: boolean): readonly Told[] {
  const before = messageJson(core.world, message);
  message.pinned = on;
  return [pinned(core, message, user, on), changed(core, before, message)];
}
