import type { World } from '#test/support/discord/world.ts';

import type { Names } from './markdown.ts';

/** What ids are called at this moment. */
export function namesOf(world: World): Names {
  return {
    user: (id) => world.users.get(id)?.name ?? null,
    role: (id) => world.roles.get(id)?.name ?? null,
    channel: (id) => world.channels.get(id)?.name ?? null,
    now: world.now(),
  };
}
