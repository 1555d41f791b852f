import type { ChatPlatform } from '#src/chat/platform.ts';

import { PLATFORM, type Chat } from './chat.ts';
import { gone } from './find.ts';

/** People here are the people the program knows: their ids are handles, and nobody is looked up by an address. */
export function people({ store }: Chat): Pick<ChatPlatform, 'whois' | 'setGroup'> {
  return {
    async whois(who) {
      const found = 'id' in who ? await store.findPerson(who.id) : null;
      if (!found?.active) return null;
      return { platform: PLATFORM, id: found.id, name: found.name, email: null, isGuest: false };
    },
    setGroup: () => Promise.reject(gone('groups are the teams here, and are made in the program itself')),
  };
}
