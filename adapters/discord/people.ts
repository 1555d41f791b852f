import { ApplicationFlags, type APIGuildMember, type APIRole } from 'discord-api-types/v10';

import { Kept } from '#src/chat/kept.ts';
import type { ChatPlatform, Profile } from '#src/chat/platform.ts';
import type { PlatformStore } from '#src/chat/store.ts';
import { cleanLine } from '#src/chat/text.ts';
import { ProviderError } from '#src/errors.ts';

import type { Api } from './api.ts';
import { PLATFORM } from './limits.ts';
import { isSnowflake } from './text.ts';

interface Deps {
  readonly api: Api;
  readonly store: PlatformStore;
  readonly guildId: string;
}

export interface People extends Pick<ChatPlatform, 'whois' | 'setGroup'> {
  /** The channel in which the bot and one person talk alone. Throws ProviderError for somebody who is not there. */
  directWith(person: string): Promise<string>;
}

export function makePeople({ api, store, guildId }: Deps): People {
  const direct = new Kept<string>(2000);

  async function memberOf(id: string): Promise<APIGuildMember | null> {
    if (!isSnowflake(id)) return null;
    try {
      return await api.call('member', { guild_id: guildId, user_id: id });
    } catch (error) {
      if (error instanceof ProviderError && error.gone === 'person') return null;
      throw error;
    }
  }

  return {
    async directWith(person) {
      const known = direct.get(person);
      if (known !== undefined) return known;
      if (!(await memberOf(person))) {
        throw new ProviderError(PLATFORM, `there is nobody ${person} in the server`, {
          retry: false,
          gone: 'person',
        });
      }
      const { id } = await api.call('openDirect', {}, { body: { recipient_id: person } });
      direct.set(person, id);
      return id;
    },
    async whois(who) {
      // Discord does not tell bots any e-mail address.
      if ('email' in who) return null;
      const member = await memberOf(who.id);
      return member && !member.user.bot ? profileOf(member) : null;
    },
    async setGroup(group, people) {
      const wanted = new Set(
        people.filter((it) => it.platform === PLATFORM && isSnowflake(it.id)).map((it) => it.id),
      );
      const role = await roleOf(api, guildId, group);
      const before = await membersOf({ api, store, guildId }, role.id);
      const params = (user_id: string) => ({ guild_id: guildId, user_id, role_id: role.id });
      const now: string[] = [];
      for (const id of wanted) {
        if (!before.includes(id) && !(await memberOf(id))) continue;
        if (!before.includes(id)) await api.call('giveRole', params(id));
        now.push(id);
      }
      const leaving = before.filter((it) => !wanted.has(it));
      for (const id of leaving) await unlessGone(api.call('takeRole', params(id)));
      await store.keep(`group:${role.id}`, now);
    },
  };
}

function profileOf({ user, nick }: APIGuildMember): Profile {
  const name = cleanLine(nick ?? user.global_name ?? user.username, 100);
  return { platform: PLATFORM, id: user.id, name, email: null, isGuest: false };
}

/** A role by its name or id; one that is missing is made, and can be mentioned. */
async function roleOf(api: Api, guildId: string, group: string): Promise<Pick<APIRole, 'id'>> {
  const roles = await api.call('roles', { guild_id: guildId });
  const name = cleanLine(group.replace(/^@/, ''), 100);
  const found =
    roles.find((it) => it.id === group) ?? roles.find((it) => it.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  if (isSnowflake(group)) {
    throw new ProviderError(PLATFORM, `there is no role ${group} in the server`, { retry: false });
  }
  return await api.call(
    'makeRole',
    { guild_id: guildId },
    { body: { name, mentionable: true, permissions: '0' } },
  );
}

const LISTABLE = ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited;

/**
 * Who has the role. Discord lists members only for applications with the Server
 * Members Intent; for others these are the people whom this program gave it.
 */
async function membersOf({ api, store, guildId }: Deps, role: string): Promise<readonly string[]> {
  const { flags } = await api.call('application', {});
  if ((flags & LISTABLE) === 0) return (await store.find<string[]>(`group:${role}`)) ?? [];
  const found: string[] = [];
  for (let after = '0'; ;) {
    const page = await api.call('members', { guild_id: guildId }, { query: { limit: '1000', after } });
    found.push(...page.filter((it) => it.roles.includes(role)).map((it) => it.user.id));
    const last = page.at(-1)?.user.id;
    if (page.length < 1000 || last === undefined) return found;
    after = last;
  }
}

async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ProviderError) || error.gone !== 'person') throw error;
  }
}
