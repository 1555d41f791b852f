import { always, none, paged, type Call, type Methods } from '#test/support/slack/method.ts';
import { Refusal } from '#test/support/slack/refusal.ts';
import { groupJson, userJson } from '#test/support/slack/wire.ts';
import type { Group } from '#test/support/slack/world.ts';

export const peopleMethods: Methods = {
  'users.info': {
    token: 'bot',
    tier: 4,
    scopes: always('users:read'),
    args: 'user! include_locale',
    run: info,
  },
  'users.list': {
    token: 'bot',
    tier: 2,
    scopes: always('users:read'),
    args: 'cursor include_locale limit team_id',
    run: list,
  },
  'users.lookupByEmail': {
    token: 'bot',
    tier: 3,
    scopes: always('users:read.email'),
    args: 'email!',
    run: byEmail,
  },
  'usergroups.list': {
    token: 'bot',
    tier: 2,
    scopes: always('usergroups:read'),
    args: 'include_count include_disabled include_users team_id',
    run: groups,
  },
  'usergroups.users.list': {
    token: 'bot',
    tier: 2,
    scopes: always('usergroups:read'),
    args: 'usergroup! include_disabled team_id',
    run: (call) => ({ users: groupOf(call).users }),
  },
  'usergroups.users.update': {
    token: 'bot',
    tier: 2,
    scopes: always('usergroups:write'),
    args: 'usergroup! users! include_count team_id',
    run: setMembers,
  },
  'usergroups.enable': {
    token: 'bot',
    tier: 2,
    scopes: always('usergroups:write'),
    args: 'usergroup! include_count team_id',
    run: (it) => enable(it, true),
  },
  'usergroups.disable': {
    token: 'bot',
    tier: 2,
    scopes: always('usergroups:write'),
    args: 'usergroup! include_count team_id',
    run: (it) => enable(it, false),
  },
  'users.getPresence': {
    token: 'bot',
    tier: 3,
    scopes: always('users:read'),
    args: 'user',
    run: () => ({ presence: 'active' }),
  },
  'dialog.open': { token: 'bot', tier: 4, scopes: none, args: 'dialog! trigger_id!', run: gone },
};

/** Slack still has it, and asks everybody to use views. */
function gone(): never {
  throw new Refusal('method_deprecated');
}

/** E-mail addresses are seen with a scope of their own. */
function seesEmails({ core }: Call): boolean {
  return core.settings.scopes.includes('users:read.email');
}

function info(call: Call) {
  const user = call.core.world.users.get(call.args.text('user'));
  if (!user) throw new Refusal('user_not_found');
  return { user: userJson(user, seesEmails(call)) };
}

function list(call: Call) {
  const { page, next } = paged([...call.core.world.users.values()], call, 1000);
  const members = page.map((it) => userJson(it, seesEmails(call)));
  return { members, cache_ts: 0, response_metadata: { next_cursor: next } };
}

function byEmail(call: Call) {
  const email = call.args.text('email').toLowerCase();
  const user = [...call.core.world.users.values()].find((it) => it.email === email && !it.deleted);
  if (!user) throw new Refusal('users_not_found');
  return { user: userJson(user, true) };
}

function groups({ core, args }: Call) {
  const shown = [...core.world.groups.values()].filter(
    (it) => it.enabled || args.flag('include_disabled', false),
  );
  return { usergroups: shown.map((it) => groupJson(it, args.flag('include_users', false))) };
}

function groupOf({ core, args }: Call): Group {
  const group = core.world.groups.get(args.text('usergroup'));
  if (!group) throw new Refusal('no_such_subteam');
  return group;
}

/** The list that is given replaces the one there was. */
function setMembers(call: Call) {
  const group = groupOf(call);
  const users = call.args.ids('users');
  // Slack keeps no group without members; it is disabled instead.
  if (users.length === 0) throw new Refusal('no_users_provided');
  if (users.some((it) => call.core.world.users.get(it)?.deleted !== false)) {
    throw new Refusal('invalid_users');
  }
  group.users = [...new Set(users)];
  return { usergroup: groupJson(group, true) };
}

function enable(call: Call, on: boolean) {
  const group = groupOf(call);
  if (group.enabled === on) throw new Refusal(on ? 'already_enabled' : 'already_disabled');
  group.enabled = on;
  return { usergroup: groupJson(group, true) };
}
