import type { CommandShape } from '#src/chat/shapes.ts';

import { entryId } from './invokes.ts';
import { rscPermissions } from './methods.ts';

interface App {
  /** The id of the bot, which is the app's too: a GUID. */
  readonly appId: string;
  /** Where the program is, such as `incidents.example.com`. */
  readonly domain: string;
}

const SCHEMA = 'https://developer.microsoft.com/json-schemas/teams/v1.29/MicrosoftTeams.schema.json';

/** So many commands Teams offers, and so many entries in the menu of messages: the schema of version 1.29. */
const COMMANDS = 12;
const ENTRIES = 10;

/** Raised when the manifest changes, so that Teams takes a new package for an update. */
const VERSION = '1.0.1';

/** The app's manifest, made of what people can say and of the permissions that the code uses. */
export function teamsManifest(commands: readonly CommandShape[], { appId, domain }: App): object {
  const bot = {
    botId: appId,
    scopes: ['team', 'groupChat', 'personal'],
    supportsFiles: false,
    isNotificationOnly: false,
    // With it the commands are in the list of slash commands, and answers can be for one person alone.
    supportsTargetedMessages: true,
    commandLists: [
      { scopes: ['team', 'groupChat'], triggers: ['mention', 'slash'], commands: offered(commands) },
      { scopes: ['personal'], commands: offered(commands) },
    ],
  };
  return {
    $schema: SCHEMA,
    manifestVersion: '1.29',
    version: VERSION,
    id: appId,
    developer: {
      name: 'Your organisation',
      websiteUrl: `https://${domain}/`,
      privacyUrl: `https://${domain}/`,
      termsOfUseUrl: `https://${domain}/`,
    },
    name: { short: 'Incident Manager', full: 'LLM Incident Manager' },
    description: {
      short: 'Run incidents from the chat.',
      full: 'Alerts open a room; people acknowledge, assign, escalate and resolve in it, and everything is written down.',
    },
    icons: { color: 'color.png', outline: 'outline.png' },
    accentColor: '#B3261E',
    bots: [bot],
    composeExtensions: [{ botId: appId, commands: entries(commands) }],
    validDomains: [domain],
    webApplicationInfo: { id: appId, resource: `api://${domain}/${appId}` },
    // Private and shared channels too: from version 1.25 on an app of teams must say this, and may not name the types.
    supportsChannelFeatures: 'tier1',
    authorization: {
      permissions: { resourceSpecific: rscPermissions().map((name) => ({ name, type: 'Application' })) },
    },
    defaultInstallScope: 'team',
    defaultGroupCapability: { team: 'bot', groupchat: 'bot' },
  };
}

/** Of each group the first, then of each the second: every kind of command is there. */
function offered(commands: readonly CommandShape[]): readonly object[] {
  const groups = [...Map.groupBy(commands, ({ group }) => group).values()];
  const rounds = Math.max(0, ...groups.map((it) => it.length));
  const inTurn = Array.from({ length: rounds }, (_, round) => groups.flatMap((it) => it[round] ?? [])).flat();
  return inTurn.slice(0, COMMANDS).map(({ name, summary }) => ({ title: name, description: summary }));
}

/** What can be given on a message, and, where a form comes first, without one. */
function entries(commands: readonly CommandShape[]): readonly object[] {
  const onMessages = commands.flatMap(({ onMessage, summary }) =>
    onMessage ? [entry(entryId(onMessage.label), onMessage.label, summary, ['message'])] : [],
  );
  const alone = commands.flatMap(({ name, summary, onMessage }) =>
    onMessage?.asks === 'draft'
      ? [entry(name, name.charAt(0).toUpperCase() + name.slice(1), summary, ['compose', 'commandBox'])]
      : [],
  );
  return [...onMessages, ...alone].slice(0, ENTRIES);
}

function entry(id: string, title: string, description: string, context: readonly string[]): object {
  return { id, type: 'action', title, description: description.slice(0, 128), context, fetchTask: true };
}
