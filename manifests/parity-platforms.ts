import { LIMITS as DISCORD } from '#adapters/discord/limits.ts';
import { LIMITS as SLACK } from '#adapters/slack/limits.ts';
import { LIMITS as TEAMS } from '#adapters/teams/limits.ts';
import { LIMITS as WEB } from '#adapters/web/limits.ts';
import type { Limits } from '#src/chat/platform.ts';

/** A platform that the table has a column for. */
export interface ParityPlatform {
  readonly id: 'slack' | 'teams' | 'discord' | 'web';
  readonly title: string;
  readonly limits: Limits;
  /** How the suites of its tests are called; its variants too. */
  readonly suites: RegExp;
}

export const PLATFORMS: readonly ParityPlatform[] = [
  { id: 'slack', title: 'Slack', limits: SLACK, suites: /^Slack\b/ },
  { id: 'teams', title: 'Microsoft Teams', limits: TEAMS, suites: /^Microsoft Teams\b/ },
  { id: 'discord', title: 'Discord', limits: DISCORD, suites: /^Discord\b/ },
  { id: 'web', title: 'Built-in web chat', limits: WEB, suites: /^(?:The built-in|Built-in) web chat\b/ },
];
