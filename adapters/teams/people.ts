import type { ChatPlatform, Profile, Ref } from '#src/chat/platform.ts';
import { cleanLine } from '#src/chat/text.ts';
import { ProviderError } from '#src/errors.ts';

import type { Core } from './core.ts';
import { PLATFORM } from './limits.ts';
import { Refused } from './wire.ts';

export type People = Pick<ChatPlatform, 'whois' | 'setGroup'> & {
  /** The directory's id of somebody whom a message names by the bot's own. */
  idOf(mri: string, conversation: string): Promise<string>;
  /** Who is in the team has changed. */
  forgetRoster(): void;
};

interface Member {
  readonly id: string;
  readonly name?: string;
  readonly aadObjectId?: string;
  readonly objectId?: string;
  readonly email?: string;
  readonly userPrincipalName?: string;
  readonly userRole?: string;
  readonly tenantId?: string;
}

/** So long the list of the team's members is taken to be right, in milliseconds. */
const ROSTER_MS = 60_000;
/** "Get members of a conversation": the largest page. */
const PAGE = '500';

/** "teamworkTag": the characters of its name, and how many members it may be made with. */
const TAG_NAME = 40;
const TAG_MEMBERS = 25;

export function makePeople(core: Core): People {
  const { settings, places, now } = core;
  let roster: { readonly until: number; readonly byEmail: Promise<ReadonlyMap<string, Profile>> } | null =
    null;

  async function byEmail(email: string): Promise<Profile | null> {
    const at = now().getTime();
    roster = roster && roster.until > at ? roster : { until: at + ROSTER_MS, byEmail: membersOf(core) };
    const current = roster;
    try {
      return (await current.byEmail).get(email.toLowerCase()) ?? null;
    } catch (error) {
      if (roster === current) roster = null;
      throw error;
    }
  }

  return {
    whois: (who) => ('id' in who ? memberOf(core, who.id, settings.channelId) : byEmail(who.email)),
    setGroup: (group, people) => setTag(core, group, people),
    async idOf(mri, conversation) {
      return (await places.aadOf(mri)) ?? (await memberOf(core, mri, conversation))?.id ?? mri;
    },
    forgetRoster() {
      roster = null;
    },
  };
}

/** Null for nobody of that conversation. */
async function memberOf(core: Core, id: string, conversation: string): Promise<Profile | null> {
  try {
    const params = { conversation, member: id };
    return await profileOf(core, await core.api.call<Member>('member', { params, urgency: 'person' }));
  } catch (error) {
    if (error instanceof Refused && [400, 404].includes(error.status)) return null;
    throw error;
  }
}

async function profileOf({ places, settings }: Core, member: Member): Promise<Profile> {
  const id = member.aadObjectId ?? member.objectId ?? member.id;
  if (id !== member.id) await places.knows(member.id, id);
  const email = member.email ?? member.userPrincipalName ?? null;
  // A channel can be shared with another organisation, whose admins give out what addresses they like.
  const isForeign =
    member.tenantId !== undefined && settings.tenantId !== '' && member.tenantId !== settings.tenantId;
  const isGuest = isForeign || member.userRole === 'guest' || /#ext#/i.test(member.userPrincipalName ?? '');
  return { platform: PLATFORM, id, name: cleanLine(member.name ?? '', 100) || id, email, isGuest };
}

/** Everybody of the team, by their address. */
async function membersOf(core: Core): Promise<ReadonlyMap<string, Profile>> {
  const found = new Map<string, Profile>();
  let continuationToken: string | undefined;
  do {
    const page = await core.api.call<{ members: Member[]; continuationToken?: string }>('members', {
      params: { conversation: core.settings.channelId },
      query: { pageSize: PAGE, ...(continuationToken === undefined ? {} : { continuationToken }) },
      urgency: 'person',
    });
    for (const member of page.members) {
      const profile = await profileOf(core, member);
      if (profile.email) found.set(profile.email.toLowerCase(), profile);
    }
    continuationToken = page.continuationToken;
  } while (continuationToken);
  return found;
}

/** The nearest to a group that can be mentioned is a tag of the team. */
async function setTag({ api, settings }: Core, group: string, people: readonly Ref[]): Promise<void> {
  const team = settings.teamId;
  if (team === undefined) {
    throw new ProviderError(PLATFORM, 'a group is a tag of a team, and no team is set', { retry: false });
  }
  const displayName = cleanLine(group, TAG_NAME);
  const wanted = new Set(people.filter((it) => it.platform === PLATFORM).map((it) => it.id));
  const query = { $filter: `displayName eq '${displayName.replaceAll("'", "''")}'` };
  const tags = await api.call<{ value: { id: string }[] }>('listTags', { params: { team }, query });
  const tag = tags.value[0]?.id;
  if (tag === undefined) {
    await makeTag([...wanted]);
    return;
  }
  if (wanted.size === 0) {
    await api.call('deleteTag', { params: { team, tag } });
    return;
  }
  const { value } = await api.call<{ value: { id: string; userId: string }[] }>('tagMembers', {
    params: { team, tag },
  });
  await addTo(
    tag,
    [...wanted].filter((id) => !value.some((it) => it.userId === id)),
  );
  // First those who come: a tag that nobody is in is gone.
  for (const { id } of value.filter((it) => !wanted.has(it.userId))) {
    await api.call('removeTagMember', { params: { team, tag, member: id } });
  }

  async function makeTag(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const members = ids.slice(0, TAG_MEMBERS).map((userId) => ({ userId }));
    const made = await api.call<{ id: string }>('createTag', {
      params: { team: settings.teamId ?? '' },
      body: { displayName, members },
    });
    await addTo(made.id, ids.slice(TAG_MEMBERS));
  }

  async function addTo(id: string, ids: readonly string[]): Promise<void> {
    for (const userId of ids) {
      await api.call('addTagMember', { params: { team: settings.teamId ?? '', tag: id }, body: { userId } });
    }
  }
}
