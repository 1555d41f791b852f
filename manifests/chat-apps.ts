import { stringify } from 'yaml';

import { discordCommands, inviteUrl } from '#adapters/discord/manifest.ts';
import { slackManifest } from '#adapters/slack/manifest.ts';
import { teamsManifest } from '#adapters/teams/manifest.ts';
import { commands } from '#commands/index.ts';
import { shapeOf } from '#src/chat/shapes.ts';

const shapes = commands.map(shapeOf);

/** Ready to paste into "Create an app", "From a manifest". For Socket Mode, which needs no address of ours. */
export function slackYaml(): string {
  const head = '# Generated from the commands and the methods that the program calls: npm run manifests\n';
  return head + stringify(slackManifest(shapes), { lineWidth: 0 });
}

/** The commands as they are registered, and the address with which a server's owner invites the bot. */
export function discordJson(): string {
  const invite = inviteUrl('YOUR_APPLICATION_ID');
  return `${JSON.stringify({ invite, commands: discordCommands(shapes) }, null, 2)}\n`;
}

/** The app's manifest; `npm run teams:package` puts it into a package with its pictures. */
export function teamsJson(
  appId = '00000000-0000-0000-0000-000000000000',
  domain = 'incidents.example.com',
): string {
  return `${JSON.stringify(teamsManifest(shapes, { appId, domain }), null, 2)}\n`;
}
