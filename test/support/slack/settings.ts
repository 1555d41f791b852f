import { isObject, objectOf, objectsOf, textOf, type Json } from './json.ts';

/** What the app's owner set up at Slack: what it may do, and what it is told of. */
export interface AppSettings {
  readonly scopes: readonly string[];
  readonly events: readonly string[];
  readonly commands: readonly { readonly command: string; readonly escapes: boolean }[];
  readonly shortcuts: readonly {
    readonly name: string;
    readonly callbackId: string;
    readonly onMessage: boolean;
  }[];
  readonly hasHome: boolean;
  readonly isInteractive: boolean;
}

/** Where no manifest is given: all that an incident bot could want. */
export const EVERYTHING: AppSettings = {
  scopes: [
    'app_mentions:read',
    'bookmarks:read',
    'bookmarks:write',
    'channels:history',
    'channels:join',
    'channels:manage',
    'channels:read',
    'chat:write',
    'chat:write.public',
    'commands',
    'files:read',
    'files:write',
    'groups:history',
    'groups:read',
    'groups:write',
    'im:history',
    'im:read',
    'im:write',
    'pins:read',
    'pins:write',
    'reactions:read',
    'reactions:write',
    'team:read',
    'usergroups:read',
    'usergroups:write',
    'users:read',
    'users:read.email',
  ],
  events: [
    'app_home_opened',
    'app_mention',
    'app_uninstalled',
    'channel_archive',
    'channel_deleted',
    'channel_rename',
    'channel_unarchive',
    'group_archive',
    'group_deleted',
    'group_rename',
    'group_unarchive',
    'member_joined_channel',
    'member_left_channel',
    'message.channels',
    'message.groups',
    'message.im',
    'pin_added',
    'pin_removed',
    'reaction_added',
    'reaction_removed',
    'tokens_revoked',
    'user_change',
  ],
  commands: [{ command: '/incident', escapes: true }],
  shortcuts: [
    { name: 'Add to timeline', callbackId: 'note', onMessage: true },
    { name: 'Declare from message', callbackId: 'declare', onMessage: true },
    { name: 'Declare', callbackId: 'new-declare', onMessage: false },
  ],
  hasHome: true,
  isInteractive: true,
};

/** The scope without which Slack does not let an app listen to an event. */
const SCOPE_OF_EVENT: Readonly<Record<string, string>> = {
  app_mention: 'app_mentions:read',
  channel_archive: 'channels:read',
  channel_deleted: 'channels:read',
  channel_rename: 'channels:read',
  channel_unarchive: 'channels:read',
  group_archive: 'groups:read',
  group_deleted: 'groups:read',
  group_rename: 'groups:read',
  group_unarchive: 'groups:read',
  member_joined_channel: 'channels:read',
  member_left_channel: 'channels:read',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  pin_added: 'pins:read',
  pin_removed: 'pins:read',
  reaction_added: 'reactions:read',
  reaction_removed: 'reactions:read',
  user_change: 'users:read',
};

/** @throws Error where Slack would not take the manifest */
export function settingsOf(manifest: unknown): AppSettings {
  if (manifest === undefined) return EVERYTHING;
  const { features, oauth_config: oauth, settings } = objectOf(manifest);
  const { event_subscriptions: subscriptions, interactivity } = objectOf(settings);
  const { slash_commands: commands, shortcuts, app_home: home } = objectOf(features);
  const scopes = texts(objectOf(objectOf(oauth)['scopes'])['bot']);
  const events = texts(objectOf(subscriptions)['bot_events']);
  for (const event of events) {
    if (!EVERYTHING.events.includes(event)) {
      throw new Error(`Slack has no event ${event}, or this fake does not`);
    }
    const scope = SCOPE_OF_EVENT[event];
    if (scope !== undefined && !scopes.includes(scope)) {
      throw new Error(`The event ${event} needs the scope ${scope}`);
    }
  }
  const listed = objectsOf(commands);
  if (listed.length > 0 && !scopes.includes('commands')) {
    throw new Error('Slash commands need the scope commands');
  }
  return {
    scopes,
    events,
    commands: listed.map((it) => ({ command: textOf(it['command']), escapes: it['should_escape'] === true })),
    shortcuts: objectsOf(shortcuts).map(shortcutOf),
    hasHome: isObject(home) && home['home_tab_enabled'] === true,
    isInteractive: objectOf(interactivity)['is_enabled'] === true,
  };
}

function shortcutOf(it: Json): AppSettings['shortcuts'][number] {
  return {
    name: textOf(it['name']),
    callbackId: textOf(it['callback_id']),
    onMessage: it['type'] === 'message',
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}
