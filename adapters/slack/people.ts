import type { ChatPlatform, Profile } from '#src/chat/platform.ts';
import { cleanLine } from '#src/chat/text.ts';
import { ProviderError } from '#src/errors.ts';

import { PLATFORM, type Chat } from './chat.ts';
import { isUserId } from './text.ts';
import { unless } from './trouble.ts';

interface User {
  readonly id: string;
  readonly team_id?: string;
  readonly name?: string;
  readonly real_name?: string;
  readonly deleted?: boolean;
  readonly is_bot?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
  readonly is_stranger?: boolean;
  readonly is_email_confirmed?: boolean;
  readonly profile?: { readonly display_name?: string; readonly real_name?: string; readonly email?: string };
}

interface Group {
  readonly id: string;
  readonly handle: string;
  /** When it was turned off; 0 while it is on. */
  readonly date_delete?: number;
}

export function people(chat: Chat): Pick<ChatPlatform, 'whois' | 'setGroup'> {
  const { api } = chat;
  return {
    async whois(who) {
      if ('id' in who && !isUserId(who.id)) return null;
      const unknown = ['user_not_found', 'users_not_found', 'user_not_visible'];
      const found = await unless(unknown, () =>
        'id' in who
          ? api.call<{ user: User }>('users.info', { user: who.id })
          : api.call<{ user: User }>('users.lookupByEmail', { email: who.email }),
      );
      if (!found || found.user.deleted || found.user.is_bot) return null;
      return profileOf(found.user, (await api.me()).team);
    },
    async setGroup(group, members) {
      const handle = group.replace(/^@/, '').toLowerCase();
      const listed = await api.call<{ usergroups: readonly Group[] }>('usergroups.list', {
        include_disabled: true,
      });
      const found = listed.usergroups.find((it) => it.handle.toLowerCase() === handle);
      if (!found) {
        throw new ProviderError(PLATFORM, `there is no user group @${handle}; create it`, { retry: false });
      }
      const { id: usergroup } = found;
      const isOff = (found.date_delete ?? 0) !== 0;
      const users = members
        .filter(({ platform, id }) => platform === PLATFORM && isUserId(id))
        .map(({ id }) => id);
      // Slack knows no group of nobody: it is turned off instead, and can then not be mentioned.
      if (users.length === 0) {
        if (!isOff) await api.call('usergroups.disable', { usergroup });
        return;
      }
      if (isOff) await api.call('usergroups.enable', { usergroup });
      await api.call('usergroups.users.update', { usergroup, users: [...new Set(users)].join(',') });
    },
  };
}

/** The conversation of the bot with one person. */
export async function dmWith(chat: Chat, user: string): Promise<string> {
  if (!isUserId(user)) throw nobody(user);
  const known = await chat.store.find<string>(`dm:${user}`);
  if (known !== null) return known;
  const { channel } = await chat.api.call<{ channel: { id: string } }>('conversations.open', { users: user });
  await chat.store.keep(`dm:${user}`, channel.id);
  return channel.id;
}

function profileOf(user: User, ownTeam: string): Profile {
  const { profile } = user;
  const names = [profile?.display_name, profile?.real_name, user.real_name, user.name];
  const isForeign = user.is_stranger === true || (user.team_id !== undefined && user.team_id !== ownTeam);
  return {
    platform: PLATFORM,
    id: user.id,
    name: cleanLine(names.find((it) => it !== undefined && it.trim() !== '') ?? user.id, 100),
    email: user.is_email_confirmed === false ? null : (profile?.email ?? null),
    isGuest: isForeign || user.is_restricted === true || user.is_ultra_restricted === true,
  };
}

export function nobody(user: string): ProviderError {
  return new ProviderError(PLATFORM, `there is nobody called ${user}`, { retry: false, gone: 'person' });
}
