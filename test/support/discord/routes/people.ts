import {
  GatewayDispatchEvents as Events,
  GatewayIntentBits as Intents,
  PermissionFlagsBits as Bits,
} from 'discord-api-types/v10';

import type { Core } from '#test/support/discord/core.ts';
import { found, need, Problems } from '#test/support/discord/errors.ts';
import { guildBits } from '#test/support/discord/permissions.ts';
import { done, ok, RATES, type Call, type Route } from '#test/support/discord/route.ts';
import { memberJson, roleJson } from '#test/support/discord/views.ts';
import type { Member } from '#test/support/discord/world.ts';

import { guildAt, mayInGuild } from './access.ts';

const GUILD = '/guilds/{guild_id}';

/** Who is in the guild, and the roles they have. */
export function peopleRoutes(core: Core): readonly Route[] {
  const here = (call: Call) => guildAt(core, call.params['guild_id']);
  return [...memberRoutes(core, here), ...roleRoutes(core, here)];
}

function memberRoutes({ world, forbidden }: Core, here: (call: Call) => void): Route[] {
  const bot = { auth: 'bot', rate: RATES.read } as const;
  return [
    {
      ...bot,
      method: 'GET',
      path: `${GUILD}/members`,
      run: (call) => {
        here(call);
        need((forbidden.intents & Intents.GuildMembers) === 0, 50001);
        const { query } = call;
        const limit = Number(query.get('limit') ?? 1);
        const problems = new Problems();
        if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
          problems.add('limit', 'NUMBER_TYPE_MAX', 'int value should be between 1 and 1000.');
        }
        problems.check();
        const after = BigInt(query.get('after') ?? 0);
        const all = [...world.members.values()].filter(({ userId }) => BigInt(userId) > after);
        return ok(all.slice(0, limit).map((it) => memberJson(world, it)));
      },
    },
    {
      ...bot,
      method: 'GET',
      path: `${GUILD}/members/search`,
      run: (call) => {
        here(call);
        const { query } = call;
        const begin = (query.get('query') ?? '').toLowerCase();
        const all = [...world.members.values()].filter(({ userId }) => {
          const user = world.users.get(userId);
          return [user?.name, user?.username].some((it) => it?.toLowerCase().startsWith(begin));
        });
        return ok(all.slice(0, Number(query.get('limit') ?? 1)).map((it) => memberJson(world, it)));
      },
    },
    {
      ...bot,
      method: 'GET',
      path: `${GUILD}/members/{user_id}`,
      run: (call) => {
        here(call);
        const id = call.params['user_id'] ?? '';
        need(world.users.has(id), 10013);
        return ok(memberJson(world, found(world.members.get(id), 10007)));
      },
    },
  ];
}

function roleRoutes(core: Core, here: (call: Call) => void): Route[] {
  const { world } = core;
  const bot = { auth: 'bot', rate: RATES.read } as const;
  const giving = (call: Call) => {
    here(call);
    mayInGuild(core, Bits.ManageRoles);
    const role = found(world.roles.get(call.params['role_id'] ?? ''), 10011);
    const member = found(world.members.get(call.params['user_id'] ?? ''), 10007);
    // Only roles that stand below the highest one of the bot's own.
    const own = (world.members.get(world.botId)?.roles ?? []).map((id) => world.roles.get(id)?.position ?? 0);
    need(!role.managed && role.id !== world.guildId && role.position < Math.max(0, ...own), 50013);
    return { role, member };
  };
  const tell = (member: Member) =>
    core.emit({ t: Events.GuildMemberUpdate, d: { ...memberJson(world, member), guild_id: world.guildId } });
  return [
    {
      ...bot,
      method: 'GET',
      path: `${GUILD}/roles`,
      run: (call) => {
        here(call);
        return ok([...world.roles.values()].map(roleJson));
      },
    },
    {
      ...bot,
      method: 'POST',
      path: `${GUILD}/roles`,
      run: (call) => {
        here(call);
        mayInGuild(core, Bits.ManageRoles);
        const { name = 'new role', permissions } = (call.body ?? {}) as {
          name?: string;
          permissions?: string;
        };
        const problems = new Problems();
        problems.length('name', name, 1, 100);
        problems.check();
        const everyone = world.roles.get(world.guildId)?.permissions ?? 0n;
        const bits = permissions === undefined ? everyone : BigInt(permissions);
        need((bits & ~guildBits(world, world.botId)) === 0n, 50013);
        const role = world.addRole(name, bits);
        core.emit({ t: Events.GuildRoleCreate, d: { guild_id: world.guildId, role: roleJson(role) } });
        return ok(roleJson(role));
      },
    },
    {
      ...bot,
      method: 'PUT',
      path: `${GUILD}/members/{user_id}/roles/{role_id}`,
      run: (call) => {
        const { role, member } = giving(call);
        if (!member.roles.includes(role.id)) member.roles.push(role.id);
        tell(member);
        return done;
      },
    },
    {
      ...bot,
      method: 'DELETE',
      path: `${GUILD}/members/{user_id}/roles/{role_id}`,
      run: (call) => {
        const { role, member } = giving(call);
        member.roles.splice(0, member.roles.length, ...member.roles.filter((id) => id !== role.id));
        tell(member);
        return done;
      },
    },
  ];
}
