import type { CommandShape } from '#src/chat/shapes.ts';
import { shorten } from '#src/chat/text.ts';

import { botScopes, EVENTS } from './methods.ts';
import { GLOBAL, PATH } from './names.ts';

export interface ManifestOptions {
  /** What the app and its bot are called; at most 35 characters. */
  readonly name?: string;
  /** The address people reach us at, where Slack calls us; left out, it is reached by a socket. */
  readonly publicUrl?: string;
}

/** Slack's limits of a manifest, in characters. */
const SHORTCUT_NAME = 24;
const SHORTCUT_TEXT = 150;
const HINT = 1000;

/** The app's manifest, ready to paste: made of the commands, of the methods we call, and of what we listen to. */
export function slackManifest(commands: readonly CommandShape[], options: ManifestOptions = {}): object {
  const { name = 'Incident Manager', publicUrl } = options;
  const url = publicUrl === undefined ? undefined : `${publicUrl}${PATH}`;
  const request = url === undefined ? {} : { request_url: url };
  return {
    display_information: {
      name,
      description: 'Opens a room for each incident, and runs it by commands and buttons',
      background_color: '#1d1c1d',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: name, always_online: true },
      shortcuts: shortcuts(commands),
      slash_commands: [
        {
          command: '/incident',
          ...(url === undefined ? {} : { url }),
          description: 'Declare, run and resolve incidents',
          usage_hint: hint(commands),
          should_escape: true,
        },
      ],
    },
    oauth_config: { scopes: { bot: botScopes() } },
    settings: {
      event_subscriptions: { ...request, bot_events: Object.keys(EVENTS) },
      interactivity: {
        is_enabled: true,
        ...request,
        ...(url === undefined ? {} : { message_menu_options_url: url }),
      },
      org_deploy_enabled: false,
      socket_mode_enabled: url === undefined,
      token_rotation_enabled: false,
    },
  };
}

/** One entry in the menu of messages for each command that takes one, and one for the bot itself that asks for all. */
function shortcuts(commands: readonly CommandShape[]): object[] {
  const taking = commands.filter(({ onMessage }) => onMessage !== null);
  const onMessages = taking.map(({ name, summary, onMessage }) => ({
    name: shorten(onMessage?.label ?? name, SHORTCUT_NAME),
    type: 'message',
    callback_id: name,
    description: shorten(summary, SHORTCUT_TEXT),
  }));
  const asking = taking.find(({ onMessage }) => onMessage?.asks === 'draft');
  if (!asking) return onMessages;
  const { name, summary } = asking;
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return [
    ...onMessages,
    {
      name: shorten(title, SHORTCUT_NAME),
      type: 'global',
      callback_id: `${GLOBAL}${name}`,
      description: shorten(summary, SHORTCUT_TEXT),
    },
  ];
}

function hint(commands: readonly CommandShape[]): string {
  const names = commands.map(({ name }) => name);
  const first = ['declare', 'ack', 'update', 'resolve', 'help'].filter((it) => names.includes(it));
  return shorten((first.length > 0 ? first : names).join(' | '), HINT);
}
