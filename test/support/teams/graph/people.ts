import { randomUUID } from 'node:crypto';

import { fieldsOf, listOf, textOf, type Fields } from '../json.ts';
import { Refusal } from '../service/refusal.ts';
import type { Call, Reply } from '../service/server.ts';
import type { TeamsPerson, World } from '../world.ts';
import { checkTeam, type Method } from './channels.ts';
import { bodyOf, boundMember, filterOf, isText, shownMember } from './checks.ts';
import { MAY } from './permissions.ts';

/** Of one tag, and of one team: Microsoft's "Manage tags in Teams". */
const MOST_IN_A_TAG = 200;
const MOST_AT_FIRST = 25;
const MOST_TAGS = 100;

/** Microsoft Graph: people, the team and its tags. */
export function peopleMethods(world: World, rsc: ReadonlySet<string>): readonly Method[] {
  const tags = '/teams/{team}/tags';
  return [
    ['GET', '/users/{user}', MAY.readUser, (call) => ok(shownUser(userOf(world, call)))],
    ['GET', '/teams/{team}', MAY.readTeam, (call) => team(world, call)],
    ['GET', '/teams/{team}/members', MAY.readTeamMembers, (call) => teamMembers(world, call)],
    ['POST', '/teams/{team}/members', MAY.writeTeamMembers, (call) => addToTeam(world, call)],
    ['GET', '/teams/{team}/permissionGrants', MAY.readGrants, (call) => grants(world, call, rsc)],
    ['GET', tags, MAY.readTags, (call) => listTags(world, call)],
    ['POST', tags, MAY.writeTags, (call) => createTag(world, call)],
    ['DELETE', `${tags}/{tag}`, MAY.writeTags, (call) => deleteTag(world, call)],
    ['GET', `${tags}/{tag}/members`, MAY.readTags, (call) => tagMembers(world, call)],
    ['POST', `${tags}/{tag}/members`, MAY.writeTags, (call) => addToTag(world, call)],
    ['DELETE', `${tags}/{tag}/members/{member}`, MAY.writeTags, (call) => removeFromTag(world, call)],
  ];
}

function userOf(world: World, call: Call): TeamsPerson {
  const id = call.params['user'] ?? '';
  // The directory knows its own ids and addresses, not what bots call people.
  const who = id.includes(':') ? null : world.person(id);
  if (!who) throw new Refusal(404, 'Request_ResourceNotFound', `Resource '${id}' does not exist.`);
  return who;
}

function shownUser({ id, name, email, upn, isGuest }: TeamsPerson): Fields {
  const [givenName, surname] = name.split(' ');
  return {
    '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#users/$entity',
    id,
    displayName: name,
    givenName,
    surname,
    mail: email,
    userPrincipalName: upn,
    userType: isGuest ? 'Guest' : 'Member',
    accountEnabled: true,
  };
}

function team(world: World, call: Call): Reply {
  checkTeam(world, call);
  const { groupId, name } = world.team;
  return ok({
    id: groupId,
    displayName: name,
    description: '',
    isArchived: false,
    visibility: 'private',
    tenantId: world.tenant,
  });
}

/** What the owner of the team has consented to. */
function grants(world: World, call: Call, rsc: ReadonlySet<string>): Reply {
  checkTeam(world, call);
  const clientAppId = world.bot.id.slice('28:'.length);
  return ok({
    value: [...rsc].map((permission) => ({
      id: Buffer.from(permission).toString('base64'),
      clientAppId,
      permissionType: 'Application',
      permission,
    })),
  });
}

function teamMembers(world: World, call: Call): Reply {
  checkTeam(world, call);
  const there = world.people.filter((it) => world.members.has(it.id) && !it.left);
  return ok({
    value: there.map((it) => shownMember(it, it.isOwner ? ['owner'] : it.isGuest ? ['guest'] : [])),
  });
}

function addToTeam(world: World, call: Call): Reply {
  checkTeam(world, call);
  const body = bodyOf(call, { '@odata.type': isText, roles: Array.isArray, 'user@odata.bind': isText }, [
    '@odata.type',
    'user@odata.bind',
  ]);
  const { who, role } = boundMember(world, body);
  world.members.add(who.id);
  return { status: 201, body: shownMember(who, role === 'owner' ? ['owner'] : []) };
}

function listTags(world: World, call: Call): Reply {
  checkTeam(world, call);
  return ok({ value: [...world.tags.keys()].map((id) => shownTag(world, id)).filter(filterOf(call)) });
}

function createTag(world: World, call: Call): Reply {
  checkTeam(world, call);
  const body = bodyOf(call, { displayName: isText, description: isText, members: Array.isArray }, [
    'displayName',
    'members',
  ]);
  const name = textOf(body['displayName']);
  if (name.trim() === '' || name.length > 40) throw bad('The name of a tag has 1 to 40 characters.');
  if ([...world.tags.values()].some((it) => it.name.toLowerCase() === name.toLowerCase())) {
    throw new Refusal(409, 'Conflict', 'A tag of this name exists.');
  }
  if (world.tags.size >= MOST_TAGS) throw bad(`A team has at most ${MOST_TAGS} tags.`);
  const ids = listOf(body['members']).map((it) => textOf(fieldsOf(it)['userId']));
  if (ids.length === 0) throw bad('A tag is made with at least one member.');
  if (ids.length > MOST_AT_FIRST) throw bad(`A tag is made with at most ${MOST_AT_FIRST} members.`);
  const members = new Set(ids.map((id) => inTeam(world, id).id));
  const id = Buffer.from(`${world.team.groupId}##${randomUUID()}`).toString('base64');
  world.tags.set(id, { name, members });
  checkSize(members);
  return { status: 201, body: shownTag(world, id) };
}

function deleteTag(world: World, call: Call): Reply {
  tagOf(world, call);
  world.tags.delete(call.params['tag'] ?? '');
  return { status: 204 };
}

function tagMembers(world: World, call: Call): Reply {
  return ok({ value: [...tagOf(world, call).members].map((id) => tagMember(world, id)) });
}

function addToTag(world: World, call: Call): Reply {
  const tag = tagOf(world, call);
  const who = inTeam(world, textOf(bodyOf(call, { userId: isText }, ['userId'])['userId']));
  if (tag.members.has(who.id)) throw new Refusal(409, 'Conflict', 'The user is in the tag already.');
  tag.members.add(who.id);
  checkSize(tag.members);
  return { status: 201, body: tagMember(world, who.id) };
}

/** A tag that nobody is in any more is gone. */
function removeFromTag(world: World, call: Call): Reply {
  const tag = tagOf(world, call);
  const id = [...tag.members].find((it) => tagMember(world, it)['id'] === call.params['member']);
  if (id === undefined) throw new Refusal(404, 'NotFound', 'There is no such member of the tag.');
  tag.members.delete(id);
  if (tag.members.size === 0) world.tags.delete(call.params['tag'] ?? '');
  return { status: 204 };
}

function tagOf(world: World, call: Call): { name: string; members: Set<string> } {
  checkTeam(world, call);
  const tag = world.tags.get(call.params['tag'] ?? '');
  if (!tag) throw new Refusal(404, 'NotFound', 'There is no such tag.');
  return tag;
}

function inTeam(world: World, id: string): TeamsPerson {
  const who = world.person(id);
  if (who?.id !== id || !world.members.has(id)) throw bad(`The user ${id} is not a member of the team.`);
  return who;
}

function checkSize(members: ReadonlySet<string>): void {
  if (members.size > MOST_IN_A_TAG) throw bad(`A tag has at most ${MOST_IN_A_TAG} members.`);
}

function shownTag(world: World, id: string): Fields {
  const tag = world.tags.get(id);
  return {
    '@odata.type': '#microsoft.graph.teamworkTag',
    id,
    teamId: world.team.groupId,
    displayName: tag?.name,
    description: null,
    memberCount: tag?.members.size,
    tagType: 'standard',
  };
}

function tagMember(world: World, id: string): Fields {
  const who = world.person(id);
  return {
    id: Buffer.from(`tagged:${id}`).toString('base64'),
    displayName: who?.name,
    userId: id,
    tenantId: world.tenant,
  };
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}

function bad(message: string): Refusal {
  return new Refusal(400, 'BadRequest', message);
}
