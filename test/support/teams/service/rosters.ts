import { type Place, type TeamsPerson, type World } from '../world.ts';
import { Refusal } from './refusal.ts';
import type { Call, Reply, Route } from './server.ts';

/** What a page has, if the bot does not say; and the least and the most it may ask for. */
const PAGE = { usual: 200, least: 50, most: 500 };

/** The Bot Connector: who is in a conversation, and what a team has. */
export function rosterRoutes(world: World, isInstalled: () => boolean): readonly Route[] {
  const at = '/amer/{tenant}/v3';
  const there = (call: Call) => membersOf(world, call.params['conversation'] ?? '', isInstalled());
  const all: readonly (readonly [string, string, Route['handle']])[] = [
    [
      'GET',
      `${at}/conversations/{conversation}/members`,
      (call) => ok(there(call).map((it) => member(world, it))),
    ],
    ['GET', `${at}/conversations/{conversation}/members/{member}`, (call) => one(world, there(call), call)],
    ['GET', `${at}/conversations/{conversation}/pagedmembers`, (call) => page(world, there(call), call)],
    ['GET', `${at}/teams/{team}`, (call) => team(world, call)],
    ['GET', `${at}/teams/{team}/conversations`, (call) => channels(world, call)],
  ];
  return all.map(([verb, path, handle]) => ({ verb, path, service: 'connector', handle }));
}

function membersOf(world: World, conversation: string, isInstalled: boolean): readonly TeamsPerson[] {
  const place: Place | null = world.place(conversation);
  if (!place) throw new Refusal(404, 'ConversationNotFound', 'Conversation not found.');
  if (!isInstalled) {
    throw new Refusal(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.');
  }
  return place.kind === 'chat' ? [place.person] : world.membersOf(place.channel);
}

function one(world: World, members: readonly TeamsPerson[], call: Call): Reply {
  const who = world.person(call.params['member'] ?? '');
  if (!who || !members.includes(who)) {
    throw new Refusal(404, 'MemberNotFoundInConversation', 'Member not found in conversation.');
  }
  return ok(member(world, who));
}

function page(world: World, members: readonly TeamsPerson[], { query }: Call): Reply {
  const asked = Number(query.get('pageSize') ?? PAGE.usual);
  if (!Number.isInteger(asked)) throw new Refusal(400, 'BadArgument', 'pageSize is no number.');
  const size = Math.min(PAGE.most, Math.max(PAGE.least, asked));
  const from = Number(query.get('continuationToken') ?? 0);
  if (!Number.isInteger(from)) throw new Refusal(400, 'BadArgument', 'Invalid continuation token.');
  const shown = members.slice(from, from + size).map((it) => member(world, it));
  const more = from + size < members.length ? { continuationToken: String(from + size) } : {};
  return ok({ members: shown, ...more });
}

function team(world: World, call: Call): Reply {
  known(world, call);
  const { id, groupId, name } = world.team;
  const channelCount = world.channels.filter((it) => !it.deleted).length;
  const memberCount = world.members.size;
  return ok({
    id,
    name,
    aadGroupId: groupId,
    type: 'standard',
    tenantId: world.tenant,
    channelCount,
    memberCount,
  });
}

/** Private channels are not listed; the first one has no name. */
function channels(world: World, call: Call): Reply {
  known(world, call);
  const listed = world.channels.filter((it) => !it.deleted && it.type === 'standard');
  return ok({
    conversations: listed.map((it) =>
      it.id === world.team.id
        ? { id: it.id, type: 'standard' }
        : { id: it.id, name: it.name, type: 'standard' },
    ),
  });
}

function known(world: World, call: Call): void {
  if (call.params['team'] !== world.team.id) throw new Refusal(404, 'NotFound', 'Unable to find the team.');
}

function member(world: World, who: TeamsPerson): unknown {
  const [givenName, surname] = who.name.split(' ');
  return {
    id: who.mri,
    name: who.name,
    objectId: who.id,
    aadObjectId: who.id,
    givenName,
    surname,
    email: who.email,
    userPrincipalName: who.upn,
    tenantId: world.tenant,
    userRole: who.isGuest ? 'guest' : 'user',
  };
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}
