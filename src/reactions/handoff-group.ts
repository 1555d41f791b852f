import type { ChatPlatform, Ref } from '#src/chat/platform.ts';
import { groupWasSet, wantedGroup } from '#src/engine/handoff-groups.ts';
import { BUILT_IN } from '#src/engine/notifications.ts';
import { ProviderError } from '#src/errors.ts';

import type { Deps } from './deps.ts';
import type { Errand } from './reaction.ts';

/** Makes those who are on call the members of the group that their schedule names on this platform. */
export function groupOn(platform: ChatPlatform): Errand<Deps> {
  const { name } = platform;
  return {
    name: `group@${name}`,
    kinds: [`group@${name}`],
    ...(name === BUILT_IN ? {} : { destination: name }),
    async run({ subject }, deps) {
      const { system } = deps;
      const wanted = await wantedGroup(system, subject, name);
      if (!wanted) return;
      const refs: Ref[] = [];
      for (const person of wanted.people) {
        const ref = await deps.refOf(person, name);
        if (ref) refs.push(ref);
      }
      try {
        await deps.calling(name, async () => await platform.setGroup(wanted.name, refs));
      } catch (error) {
        if (!(error instanceof ProviderError) || error.retry) throw error;
        // What it will not have it will not have at the next shift either: that is said once.
        const isNews = await groupWasSet(system, name, wanted, error.message);
        if (isNews) throw error;
        return;
      }
      await groupWasSet(system, name, wanted, null);
    },
  };
}
