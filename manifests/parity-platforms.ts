import { LIMITS as DISCORD } from '#adapters/discord/limits.ts';
import { discordPath } from '#adapters/discord/manifest.ts';
import { LIMITS as SLACK } from '#adapters/slack/limits.ts';
import { LIMITS as TEAMS } from '#adapters/teams/limits.ts';
import { LIMITS as WEB } from '#adapters/web/limits.ts';
import { commands } from '#commands/index.ts';
import type { Limits } from '#src/chat/platform.ts';
import { shapeOf } from '#src/chat/shapes.ts';

/** A platform that the table has a column for. */
export interface ParityPlatform {
  readonly id: 'slack' | 'teams' | 'discord' | 'web';
  readonly title: string;
  readonly limits: Limits;
  /** How a command is given there. */
  readonly path: (command: string) => string;
  /** How the suites of its tests are called; its variants too. */
  readonly suites: RegExp;
}

export const PLATFORMS: readonly ParityPlatform[] = [
  { id: 'slack', title: 'Slack', limits: SLACK, path: slashed, suites: /^Slack\b/ },
  { id: 'teams', title: 'Microsoft Teams', limits: TEAMS, path: mentioned, suites: /^Microsoft Teams\b/ },
  { id: 'discord', title: 'Discord', limits: DISCORD, path: listed, suites: /^Discord\b/ },
  {
    id: 'web',
    title: 'Built-in web chat',
    limits: WEB,
    path: slashed,
    suites: /^(?:The built-in|Built-in) web chat\b/,
  },
];

function slashed(command: string): string {
  return `/incident ${command}`;
}

function mentioned(command: string): string {
  return `@Incident Manager ${command}`;
}

function listed(command: string): string {
  return discordPath(commands.map(shapeOf), command);
}
