import { PermissionFlagsBits as Bits } from 'discord-api-types/v10';

import type { AllowedMentions } from './checks/message.ts';
import { can, sees } from './permissions.ts';
import type { Channel, Mentions, World } from './world.ts';

interface Wanted {
  readonly text: string;
  readonly authorId: string;
  readonly channel: Channel;
  readonly allowed: AllowedMentions | null | undefined;
  /** Whose message it answers. */
  readonly repliedTo: string | null;
}

/** Whom a text mentions, as far as its sender lets it and may. Escaping does not keep the server from seeing a mention. */
export function mentionsIn(world: World, { text, authorId, channel, allowed, repliedTo }: Wanted): Mentions {
  const isLive = (kind: 'users' | 'roles', id: string) =>
    !allowed || allowed.parse?.includes(kind) || allowed[kind]?.includes(id) || false;
  const users = [...text.matchAll(/<@!?(\d+)>/g)].map(([, id]) => `${id}`);
  const roles = [...text.matchAll(/<@&(\d+)>/g)].map(([, id]) => `${id}`);
  const mayAll = can(world, authorId, channel, Bits.MentionEveryone);
  const replied = repliedTo !== null && (allowed ? allowed.replied_user === true : true) ? [repliedTo] : [];
  return {
    users: [...new Set([...users.filter((id) => world.users.has(id) && isLive('users', id)), ...replied])],
    roles: mayAll ? [...new Set(roles.filter((id) => world.roles.has(id) && isLive('roles', id)))] : [],
    everyone:
      mayAll &&
      /@(?:everyone|here)/.test(text) &&
      (!allowed || (allowed.parse?.includes('everyone') ?? false)),
  };
}

/** Who is notified of it: those of them who can see the channel; `everyone` for all. */
export function notifiedBy(world: World, { users, roles, everyone }: Mentions, channel: Channel): string[] {
  const inRoles = [...world.members.values()]
    .filter((it) => it.roles.some((role) => roles.includes(role)))
    .map(({ userId }) => userId);
  const seeing = [...users, ...inRoles].filter((id) => {
    const parent = channel.thread ? world.channels.get(channel.parentId ?? '') : channel;
    return parent !== undefined && sees(world, id, parent);
  });
  return [...new Set([...seeing, ...(everyone ? ['everyone'] : [])])];
}
