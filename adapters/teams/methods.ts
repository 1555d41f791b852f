/** Which service has it, and with it whose token it takes. */
export type Service = 'connector' | 'graph';

export interface Method {
  readonly service: Service;
  readonly verb: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** What stands in braces is given by the call. */
  readonly path: string;
  /** What the app must have for it: granted by a team's owner for that team, or by an administrator for all. */
  readonly needs?: { readonly rsc?: string; readonly app?: string };
  /** By which of `RATES` it is counted. */
  readonly rate: keyof typeof RATES;
  /** What is not there when it is not found. */
  readonly gone?: 'room' | 'message' | 'person';
}

/** At most so many calls in so many milliseconds. */
export type Windows = readonly (readonly [calls: number, ms: number])[];

/**
 * A little below what is documented, because calls are counted where they
 * arrive. For each conversation: Microsoft's "Optimize your bot with rate limiting in
 * Teams" (7 in 1 s, 8 in 2 s, 60 in 30 s, 1800 in an hour; reading 14, 16, 120, 3600).
 * For each team: 4 in 1 s, "Microsoft Graph service-specific throttling limits".
 */
export const RATES = {
  send: [
    [1700, 3_600_000],
    [58, 31_000],
    [7, 2100],
  ],
  read: [
    [3500, 3_600_000],
    [110, 31_000],
    [14, 2100],
  ],
  graph: [[4, 1300]],
} as const satisfies Readonly<Record<string, Windows>>;

/** All calls to the Bot Connector together: 50 in 1 s for an app in a tenant, the same page. */
export const CONNECTOR_RATE: Windows = [[45, 1100]];

const CONVERSATIONS = '/v3/conversations';
const ACTIVITIES = `${CONVERSATIONS}/{conversation}/activities`;
const CHANNELS = '/teams/{team}/channels';
const TAGS = '/teams/{team}/tags';

const READ_CHANNELS = { rsc: 'ChannelSettings.Read.Group', app: 'Channel.ReadBasic.All' };
/** Resource-specific consent covers neither archiving nor private channels. */
const ARCHIVE = { app: 'ChannelSettings.ReadWrite.All' };
const WRITE_TAGS = { app: 'TeamworkTag.ReadWrite.All' };

/** Every method that is called. The manifest, the doctor and the pace are made from it. */
export const METHODS = {
  createConversation: { service: 'connector', verb: 'POST', path: CONVERSATIONS, rate: 'send' },
  send: { service: 'connector', verb: 'POST', path: ACTIVITIES, rate: 'send', gone: 'room' },
  edit: {
    service: 'connector',
    verb: 'PUT',
    path: `${ACTIVITIES}/{activity}`,
    rate: 'send',
    gone: 'message',
  },
  remove: {
    service: 'connector',
    verb: 'DELETE',
    path: `${ACTIVITIES}/{activity}`,
    rate: 'send',
    gone: 'message',
  },
  member: {
    service: 'connector',
    verb: 'GET',
    path: `${CONVERSATIONS}/{conversation}/members/{member}`,
    rate: 'read',
    gone: 'person',
  },
  members: {
    service: 'connector',
    verb: 'GET',
    path: `${CONVERSATIONS}/{conversation}/pagedmembers`,
    rate: 'read',
    gone: 'room',
  },
  attachment: { service: 'connector', verb: 'GET', path: '/v3/attachments/{attachment}', rate: 'read' },

  createChannel: {
    service: 'graph',
    verb: 'POST',
    path: CHANNELS,
    needs: { rsc: 'Channel.Create.Group', app: 'Channel.Create' },
    rate: 'graph',
  },
  createPrivateChannel: {
    service: 'graph',
    verb: 'POST',
    path: CHANNELS,
    needs: { app: 'Channel.Create' },
    rate: 'graph',
  },
  listChannels: { service: 'graph', verb: 'GET', path: CHANNELS, needs: READ_CHANNELS, rate: 'graph' },
  channel: {
    service: 'graph',
    verb: 'GET',
    path: `${CHANNELS}/{channel}`,
    needs: READ_CHANNELS,
    rate: 'graph',
    gone: 'room',
  },
  changeChannel: {
    service: 'graph',
    verb: 'PATCH',
    path: `${CHANNELS}/{channel}`,
    needs: { rsc: 'ChannelSettings.ReadWrite.Group', app: 'ChannelSettings.ReadWrite.All' },
    rate: 'graph',
    gone: 'room',
  },
  archiveChannel: {
    service: 'graph',
    verb: 'POST',
    path: `${CHANNELS}/{channel}/archive`,
    needs: ARCHIVE,
    rate: 'graph',
    gone: 'room',
  },
  reviveChannel: {
    service: 'graph',
    verb: 'POST',
    path: `${CHANNELS}/{channel}/unarchive`,
    needs: ARCHIVE,
    rate: 'graph',
    gone: 'room',
  },
  addChannelMember: {
    service: 'graph',
    verb: 'POST',
    path: `${CHANNELS}/{channel}/members`,
    needs: { app: 'ChannelMember.ReadWrite.All' },
    rate: 'graph',
  },
  addTab: {
    service: 'graph',
    verb: 'POST',
    path: `${CHANNELS}/{channel}/tabs`,
    needs: { rsc: 'TeamsTab.Create.Group', app: 'TeamsTab.Create' },
    rate: 'graph',
  },
  teamMembers: {
    service: 'graph',
    verb: 'GET',
    path: '/teams/{team}/members',
    needs: { rsc: 'TeamMember.Read.Group', app: 'TeamMember.Read.All' },
    rate: 'graph',
  },
  /** What the team's owner has granted: for the doctor. */
  grants: {
    service: 'graph',
    verb: 'GET',
    path: '/teams/{team}/permissionGrants',
    needs: { rsc: 'TeamsAppInstallation.Read.Group' },
    rate: 'graph',
  },
  listTags: { service: 'graph', verb: 'GET', path: TAGS, needs: WRITE_TAGS, rate: 'graph' },
  createTag: { service: 'graph', verb: 'POST', path: TAGS, needs: WRITE_TAGS, rate: 'graph' },
  deleteTag: { service: 'graph', verb: 'DELETE', path: `${TAGS}/{tag}`, needs: WRITE_TAGS, rate: 'graph' },
  tagMembers: {
    service: 'graph',
    verb: 'GET',
    path: `${TAGS}/{tag}/members`,
    needs: WRITE_TAGS,
    rate: 'graph',
  },
  addTagMember: {
    service: 'graph',
    verb: 'POST',
    path: `${TAGS}/{tag}/members`,
    needs: WRITE_TAGS,
    rate: 'graph',
  },
  removeTagMember: {
    service: 'graph',
    verb: 'DELETE',
    path: `${TAGS}/{tag}/members/{member}`,
    needs: WRITE_TAGS,
    rate: 'graph',
  },
} as const satisfies Readonly<Record<string, Method>>;

export type MethodName = keyof typeof METHODS;

/** With it a bot hears what is said in its team's channels, not only what names it. */
export const HEARS_ALL = 'ChannelMessage.Read.Group';

/** What a team's owner grants by adding the app. */
export function rscPermissions(): readonly string[] {
  return unique([HEARS_ALL, ...needs().flatMap((it) => it.rsc ?? [])]);
}

/** What only an administrator can grant: for archiving, private rooms and the on-call tag. */
export function adminPermissions(): readonly string[] {
  return unique(needs().flatMap((it) => (it.rsc === undefined ? (it.app ?? []) : [])));
}

/** Every application permission that some method takes. */
export function usefulRoles(): readonly string[] {
  return unique(needs().flatMap((it) => it.app ?? []));
}

function needs(): NonNullable<Method['needs']>[] {
  return Object.values<Method>(METHODS).flatMap((it) => it.needs ?? []);
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted();
}
