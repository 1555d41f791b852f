/** One method of the Web API that we use. */
export interface Method {
  /** The bot scopes without which Slack refuses it, in one of the kinds of rooms we use. */
  readonly scopes: readonly string[];
  /** Calls in any minute: no more than Slack's tier of it allows. */
  readonly perMinute: number;
  /** Making it twice has the same effect as making it once. */
  readonly again: boolean;
}

// Slack's tiers are 20, 50 and 100 calls a minute for each method and workspace; special ones allow hundreds.
const TIER_2 = 20;
const TIER_3 = 48;
const TIER_4 = 96;
const SPECIAL = 240;

function method(perMinute: number, scopes: readonly string[], { again = true } = {}): Method {
  return { perMinute, scopes, again };
}

// Our own messages are found again by the data that we hid in them.
const HISTORY = ['channels:history', 'groups:history', 'im:history', 'metadata.message:read'];
const MANAGE = ['channels:manage', 'groups:write'];
const READ = ['channels:read', 'groups:read'];
const ONCE = { again: false };

/** Every method that this adapter calls; the manifest's scopes come from here. */
export const METHODS = {
  'auth.test': method(SPECIAL, []),
  'bookmarks.add': method(TIER_2, ['bookmarks:write'], ONCE),
  'bookmarks.list': method(TIER_3, ['bookmarks:read']),
  'chat.delete': method(TIER_3, ['chat:write']),
  'chat.postEphemeral': method(TIER_4, ['chat:write'], ONCE),
  'chat.postMessage': method(SPECIAL, ['chat:write', 'chat:write.public'], ONCE),
  'chat.update': method(TIER_3, ['chat:write']),
  'conversations.archive': method(TIER_2, MANAGE),
  'conversations.create': method(TIER_2, MANAGE, ONCE),
  'conversations.history': method(TIER_3, HISTORY),
  'conversations.invite': method(TIER_3, MANAGE),
  'conversations.join': method(TIER_3, ['channels:join']),
  'conversations.list': method(TIER_2, READ),
  'conversations.open': method(TIER_3, ['im:write']),
  'conversations.replies': method(TIER_3, HISTORY),
  'conversations.setPurpose': method(TIER_2, MANAGE),
  'conversations.setTopic': method(TIER_2, MANAGE),
  'conversations.unarchive': method(TIER_2, MANAGE),
  'files.completeUploadExternal': method(TIER_4, ['files:write'], ONCE),
  'files.delete': method(TIER_3, ['files:write']),
  'files.getUploadURLExternal': method(TIER_4, ['files:write']),
  'files.info': method(TIER_4, ['files:read']),
  'pins.add': method(TIER_2, ['pins:write']),
  'reactions.add': method(TIER_3, ['reactions:write']),
  'reactions.remove': method(TIER_2, ['reactions:write']),
  'usergroups.disable': method(TIER_2, ['usergroups:write']),
  'usergroups.enable': method(TIER_2, ['usergroups:write']),
  'usergroups.list': method(TIER_2, ['usergroups:read']),
  'usergroups.users.update': method(TIER_2, ['usergroups:write']),
  'users.info': method(TIER_4, ['users:read', 'users:read.email']),
  'users.lookupByEmail': method(TIER_3, ['users:read.email']),
  'views.open': method(TIER_4, [], ONCE),
  'views.publish': method(TIER_4, []),
  'views.update': method(TIER_4, []),
} as const satisfies Readonly<Record<string, Method>>;

export type MethodName = keyof typeof METHODS;

/** What Slack tells us of, and the scope for it beside those above. */
export const EVENTS = {
  app_home_opened: null,
  app_mention: 'app_mentions:read',
  channel_deleted: 'channels:read',
  group_deleted: 'groups:read',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  pin_added: 'pins:read',
  reaction_added: 'reactions:read',
  reaction_removed: 'reactions:read',
} as const satisfies Readonly<Record<string, string | null>>;

/** All bot scopes that the app needs, in order. */
export function botScopes(): string[] {
  const all = [
    'commands',
    ...Object.values(METHODS).flatMap((it) => it.scopes),
    ...Object.values(EVENTS).filter((it) => it !== null),
  ];
  return [...new Set(all)].toSorted();
}
