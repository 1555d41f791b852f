import type { Core } from '#test/support/discord/core.ts';
import type { Route } from '#test/support/discord/route.ts';

import { channelRoutes } from './channels.ts';
import { guildRoutes } from './guild.ts';
import { interactionRoutes } from './interactions.ts';
import { messageRoutes } from './messages.ts';
import { peopleRoutes } from './people.ts';
import { pinRoutes } from './pins.ts';
import { threadRoutes } from './threads.ts';
import { userRoutes } from './users.ts';

/** Everything of Discord's HTTP interface that a bot for incidents may need; literal paths before those with a variable. */
export function makeRoutes(core: Core): readonly Route[] {
  return [
    ...userRoutes(core),
    ...pinRoutes(core),
    ...guildRoutes(core),
    ...peopleRoutes(core),
    ...channelRoutes(core),
    ...threadRoutes(core),
    ...messageRoutes(core),
    ...interactionRoutes(core),
  ];
}
