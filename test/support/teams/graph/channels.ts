import { randomUUID } from 'node:crypto';

import { fieldsOf, listOf, textOf, type Fields } from '../json.ts';
import { Refusal } from '../service/refusal.ts';
import type { Call, Reply } from '../service/server.ts';
import type { Channel, World } from '../world.ts';
import {
  bodyOf,
  boundMember,
  checkChannelName,
  checkDescription,
  filterOf,
  isFlag,
  isText,
  oneOf,
  shownMember,
} from './checks.ts';
import { MAY } from './permissions.ts';

/** A method of Graph: what it is, which of these app roles lets it, what it does. */
export type Method = readonly [
  verb: string,
  path: string,
  roles: readonly string[],
  handle: (call: Call) => Reply | Promise<Reply>,
];

/** How long a private channel's first list of members may be. */
const FIRST_MEMBERS = 200;

export interface ChannelEvents {
  /** A channel was made, renamed or deleted: the bot of the team is told. */
  readonly changed: (
    event: 'channelCreated' | 'channelRenamed' | 'channelDeleted',
    channel: Channel,
  ) => Promise<void>;
}

/** Microsoft Graph: the channels of the team. */
export function channelMethods(world: World, events: ChannelEvents): readonly Method[] {
  const at = '/teams/{team}/channels';
  const roster = `${at}/{channel}/members`;
  const it = (call: Call) => channelOf(world, call);
  return [
    ['GET', at, MAY.readChannels, (call) => list(world, call)],
    ['POST', at, MAY.createChannel, async (call) => await create(world, events, call)],
    ['GET', `${at}/{channel}`, MAY.readChannels, (call) => ok(shown(world, it(call)))],
    ['PATCH', `${at}/{channel}`, MAY.changeChannel, async (call) => await patch(world, events, call)],
    ['DELETE', `${at}/{channel}`, MAY.deleteChannel, async (call) => await remove(world, events, call)],
    ['POST', `${at}/{channel}/archive`, MAY.archiveChannel, (call) => archive(world, call, true)],
    ['POST', `${at}/{channel}/unarchive`, MAY.archiveChannel, (call) => archive(world, call, false)],
    ['GET', roster, MAY.readChannelMembers, (call) => ok({ value: members(world, it(call)) })],
    ['POST', roster, MAY.writeChannelMembers, (call) => addMember(world, call)],
    ['DELETE', `${roster}/{member}`, MAY.writeChannelMembers, (call) => removeMember(world, call)],
    [
      'GET',
      `${at}/{channel}/tabs`,
      MAY.readTabs,
      (call) => ok({ value: it(call).tabs.map((tab) => shownTab(tab)) }),
    ],
    ['POST', `${at}/{channel}/tabs`, MAY.createTab, (call) => addTab(world, call)],
  ];
}

export function checkTeam(world: World, call: Call): void {
  if (call.params['team'] !== world.team.groupId) {
    throw new Refusal(404, 'NotFound', `No team found with Group Id ${call.params['team']}`);
  }
}

export function channelOf(world: World, call: Call): Channel {
  checkTeam(world, call);
  const channel = world.channel(call.params['channel'] ?? '');
  if (!channel) {
    throw new Refusal(404, 'NotFound', 'ChannelNotFound: the channel does not exist or was deleted.');
  }
  return channel;
}

function list(world: World, call: Call): Reply {
  checkTeam(world, call);
  const all = world.channels.filter((it) => !it.deleted).map((it) => shown(world, it));
  return ok({ value: all.filter(filterOf(call)) });
}

async function create(world: World, events: ChannelEvents, call: Call): Promise<Reply> {
  checkTeam(world, call);
  const body = bodyOf(
    call,
    {
      '@odata.type': oneOf('#Microsoft.Graph.channel', '#microsoft.graph.channel'),
      displayName: isText,
      description: isText,
      membershipType: oneOf('standard', 'private'),
      isFavoriteByDefault: isFlag,
      members: Array.isArray,
      layoutType: oneOf('post', 'chat'),
    },
    ['displayName'],
  );
  const name = textOf(body['displayName']);
  checkChannelName(name);
  checkDescription(textOf(body['description']));
  checkFree(world, name);
  const type = body['membershipType'] === 'private' ? 'private' : 'standard';
  const first = listOf(body['members']).map((it) => boundMember(world, it));
  if (type === 'standard' && first.length > 0) throw bad('Members cannot be set for a standard channel.');
  if (first.length > FIRST_MEMBERS) throw bad(`At most ${FIRST_MEMBERS} members can be added at once.`);
  if (type === 'private' && !first.some(({ role }) => role === 'owner')) {
    throw bad('A private channel that an app makes needs an owner.');
  }
  for (const { who } of first) {
    if (!world.members.has(who.id)) throw bad('A member of a private channel is a member of its team.');
  }
  const channel = world.addChannel({ name, type, description: textOf(body['description']) });
  for (const { who, role } of first) channel.members.set(who.id, role);
  await events.changed('channelCreated', channel);
  return { status: 201, body: shown(world, channel) };
}

async function patch(world: World, events: ChannelEvents, call: Call): Promise<Reply> {
  const channel = channelOf(world, call);
  const body = bodyOf(call, { displayName: isText, description: isText, isFavoriteByDefault: isFlag });
  if (channel.archived) throw bad('The channel is archived.');
  if (isText(body['displayName']) && body['displayName'] !== channel.name) {
    checkChannelName(body['displayName']);
    checkFree(world, body['displayName']);
    channel.name = body['displayName'];
    await events.changed('channelRenamed', channel);
  }
  if (isText(body['description'])) {
    checkDescription(body['description']);
    channel.description = body['description'];
  }
  return { status: 204 };
}

async function remove(world: World, events: ChannelEvents, call: Call): Promise<Reply> {
  const channel = channelOf(world, call);
  if (channel.id === world.team.id) throw bad('The General channel cannot be deleted.');
  channel.deleted = true;
  await events.changed('channelDeleted', channel);
  return { status: 204 };
}

function archive(world: World, call: Call, on: boolean): Reply {
  const channel = channelOf(world, call);
  if (call.raw.length > 0) bodyOf(call, { shouldSetSpoSiteReadOnlyForMembers: isFlag });
  if (channel.id === world.team.id) throw bad('The General channel cannot be archived.');
  if (channel.archived === on) throw bad(`The channel is ${on ? 'already' : 'not'} archived.`);
  channel.archived = on;
  const operation = `/teams('${world.team.groupId}')/operations('${randomUUID()}')`;
  return {
    status: 202,
    headers: { location: operation, 'content-location': `/teams('${world.team.groupId}')` },
  };
}

function members(world: World, channel: Channel): readonly Fields[] {
  return world
    .membersOf(channel)
    .map((it) =>
      shownMember(it, channel.members.get(it.id) === 'owner' ? ['owner'] : it.isGuest ? ['guest'] : []),
    );
}

function addMember(world: World, call: Call): Reply {
  const channel = channelOf(world, call);
  if (channel.type !== 'private') throw bad('Members are those of the team, unless a channel is private.');
  const body = bodyOf(call, { '@odata.type': isText, roles: Array.isArray, 'user@odata.bind': isText }, [
    '@odata.type',
    'user@odata.bind',
  ]);
  const { who, role } = boundMember(world, body);
  if (!world.members.has(who.id)) throw bad('A member of a private channel is a member of its team.');
  channel.members.set(who.id, role);
  return { status: 201, body: shownMember(who, role === 'owner' ? ['owner'] : []) };
}

function removeMember(world: World, call: Call): Reply {
  const channel = channelOf(world, call);
  const who = world.membersOf(channel).find((it) => shownMember(it, [])['id'] === call.params['member']);
  if (!who || channel.type !== 'private') throw new Refusal(404, 'NotFound', 'There is no such member.');
  const owners = [...channel.members].filter(([, role]) => role === 'owner');
  if (owners.length === 1 && owners[0]?.[0] === who.id) {
    throw bad('The last owner of a channel cannot be removed.');
  }
  channel.members.delete(who.id);
  return { status: 204 };
}

const WEBSITE = 'com.microsoft.teamspace.tab.web';

function addTab(world: World, call: Call): Reply {
  const channel = channelOf(world, call);
  const body = bodyOf(
    call,
    { displayName: isText, 'teamsApp@odata.bind': isText, configuration: (it) => typeof it === 'object' },
    ['displayName', 'teamsApp@odata.bind', 'configuration'],
  );
  const name = textOf(body['displayName']);
  if (name.length > 128 || name === '') throw bad('The name of a tab has 1 to 128 characters.');
  const app = /\/appCatalogs\/teamsApps(?:\/|\(')([\w.-]+)/.exec(textOf(body['teamsApp@odata.bind']))?.[1];
  if (app !== WEBSITE) throw new Refusal(404, 'NotFound', 'The app of the tab is not installed in the team.');
  const url = textOf(fieldsOf(body['configuration'])['contentUrl']);
  if (!/^https?:\/\//.test(url)) throw bad('A website tab has a contentUrl.');
  const tab = { id: randomUUID(), name, url };
  channel.tabs.push(tab);
  return { status: 201, body: shownTab(tab) };
}

function shownTab({ id, name, url }: Channel['tabs'][number]): Fields {
  return {
    id,
    displayName: name,
    webUrl: url,
    configuration: { entityId: null, contentUrl: url, websiteUrl: url, removeUrl: null },
  };
}

/** A deleted channel keeps its name for 30 days, in which it can be restored. */
function checkFree(world: World, name: string): void {
  if (world.channels.some((it) => it.name.toLowerCase() === name.toLowerCase())) {
    throw new Refusal(400, 'NameAlreadyExists', 'Channel name already existed, please use other name.');
  }
}

function shown(world: World, channel: Channel): Fields {
  const id = encodeURIComponent(channel.id);
  return {
    id: channel.id,
    createdDateTime: channel.createdAt,
    displayName: channel.name,
    description: channel.description,
    isFavoriteByDefault: null,
    email: '',
    tenantId: world.tenant,
    webUrl: `https://teams.microsoft.com/l/channel/${id}/${encodeURIComponent(channel.name)}?groupId=${world.team.groupId}&tenantId=${world.tenant}`,
    membershipType: channel.type,
    isArchived: channel.archived,
  };
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}

function bad(message: string): Refusal {
  return new Refusal(400, 'BadRequest', message);
}
