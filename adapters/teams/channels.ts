import type { WantedRoom } from '#src/chat/platform.ts';
import { cleanLine } from '#src/chat/text.ts';
import { ProviderError } from '#src/errors.ts';

import type { Core } from './core.ts';
import { LIMITS, PLATFORM } from './limits.ts';
import { Refused } from './wire.ts';

/** A room as it was made. */
export interface Named {
  readonly id: string;
  readonly name: string;
  /** An address that opens it for a person. */
  readonly url: string;
}

interface GraphChannel {
  readonly id: string;
  readonly displayName: string;
  readonly webUrl: string;
  readonly membershipType: string;
  readonly isArchived?: boolean;
}

interface GraphMember {
  readonly userId: string;
  readonly roles: readonly string[];
}

/** The channels of one team, through Microsoft Graph. */
export interface Channels {
  make(
    wanted: WantedRoom,
    name: string,
    how: { readonly n: number; readonly isRepeat: boolean },
  ): Promise<Named>;
  /** @throws ProviderError, with `gone`, for one that was deleted */
  find(id: string): Promise<GraphChannel>;
  describe(id: string, topic: string): Promise<void>;
  archive(id: string, on: boolean): Promise<void>;
  /** Into a private channel; answers those who are in it now. */
  add(id: string, people: readonly string[]): Promise<readonly string[]>;
  addLinks(id: string, links: WantedRoom['links']): Promise<void>;
}

/** A name that is taken gets a number; more often than this it is not tried. */
const NAMES = 5;
/** The app of a tab that shows a page. */
const WEBSITE = 'https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/com.microsoft.teamspace.tab.web';

export function channelRooms(core: Core, team: string): Channels {
  const { api } = core;
  const find = async (channel: string) =>
    await api.call<GraphChannel>('channel', { params: { team, channel } });

  return {
    find,
    make: (wanted, name, how) => make({ ...core, team }, wanted, name, how),
    async describe(channel, description) {
      await api.call('changeChannel', {
        params: { team, channel },
        body: { description },
        merge: `topic ${channel}`,
        urgency: 'rest',
      });
    },
    async archive(channel, on) {
      const method = on ? 'archiveChannel' : 'reviveChannel';
      try {
        await api.call(method, { params: { team, channel }, body: {}, urgency: 'rest' });
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 400) throw error;
        if ((await find(channel)).isArchived !== on) throw error;
      }
    },
    async add(channel, people) {
      const added: string[] = [];
      for (const person of people) {
        try {
          const body = memberOf(core, person, []);
          await api.call('addChannelMember', { params: { team, channel }, body });
          added.push(person);
        } catch (error) {
          // Nobody of that name, or nobody of the team.
          if (!(error instanceof Refused) || ![400, 404, 409].includes(error.status)) throw error;
        }
      }
      return added;
    },
    async addLinks(channel, links) {
      const isWeb = (url: string) => /^https?:\/\//i.test(url) && URL.canParse(url);
      for (const link of links.filter(({ url }) => isWeb(url))) {
        await addTab({ ...core, team }, channel, link);
      }
    },
  };
}

type In = Core & { readonly team: string };

/** A deleted channel keeps its name for a month, and another may be somebody else's: then it gets a number. */
async function make(
  of: In,
  wanted: WantedRoom,
  name: string,
  { n, isRepeat }: { readonly n: number; readonly isRepeat: boolean },
): Promise<Named> {
  for (let count = n; ; count += 1) {
    const displayName = count === 1 ? name : `${name.slice(0, LIMITS.roomName - 4)}-${count}`;
    // A try that was cut off may have made it.
    const made = isRepeat && count === n ? await named(of, displayName) : null;
    if (made && (made.membershipType === 'private') === wanted.isPrivate) return roomOf(made);
    try {
      return roomOf(await create(of, wanted, displayName));
    } catch (error) {
      const isTaken =
        error instanceof Refused && error.status === 400 && /already exist/i.test(error.message);
      if (!isTaken || count >= n + NAMES) throw error;
    }
  }
}

function roomOf({ id, displayName, webUrl }: GraphChannel): Named {
  return { id, name: displayName, url: webUrl };
}

async function named({ api, team }: In, displayName: string): Promise<GraphChannel | null> {
  const query = { $filter: `displayName eq '${displayName}'` };
  const { value } = await api.call<{ value: GraphChannel[] }>('listChannels', { params: { team }, query });
  return value.find((it) => it.displayName.toLowerCase() === displayName.toLowerCase()) ?? null;
}

async function create(of: In, wanted: WantedRoom, displayName: string): Promise<GraphChannel> {
  const { api, team } = of;
  const description = cleanLine(wanted.topic === '' ? wanted.title : wanted.topic, LIMITS.topic);
  const body = { displayName, description };
  if (!wanted.isPrivate) {
    return await api.call('createChannel', {
      params: { team },
      body: { ...body, membershipType: 'standard' },
    });
  }
  const members = [memberOf(of, await owner(of), ['owner'])];
  return await api.call('createPrivateChannel', {
    params: { team },
    body: { ...body, membershipType: 'private', members },
  });
}

/** A private channel that an app makes must have an owner: the first one of the team. */
async function owner({ api, team }: In): Promise<string> {
  const { value } = await api.call<{ value: GraphMember[] }>('teamMembers', { params: { team } });
  const found = value.find(({ roles }) => roles.includes('owner'));
  if (found) return found.userId;
  throw new ProviderError(PLATFORM, 'a private channel needs an owner, and the team has none', {
    retry: false,
  });
}

function memberOf({ settings }: Core, person: string, roles: readonly string[]) {
  return {
    '@odata.type': '#microsoft.graph.aadUserConversationMember',
    roles,
    'user@odata.bind': `${settings.graphUrl}/users('${person}')`,
  };
}

async function addTab(
  { api, store, report, team }: In,
  channel: string,
  { title, url }: WantedRoom['links'][number],
): Promise<void> {
  const body = {
    displayName: cleanLine(title, 128) || new URL(url).host,
    'teamsApp@odata.bind': WEBSITE,
    configuration: { entityId: null, contentUrl: url, websiteUrl: url, removeUrl: null },
  };
  try {
    await store.once(`tab:${channel}:${url}`, async () => {
      await api.call('addTab', { params: { team, channel }, body, urgency: 'rest' });
      return true;
    });
  } catch (error) {
    // A room without its links is a room; the card says them too.
    report(error);
  }
}
