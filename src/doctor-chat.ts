import { commands } from '#commands/index.ts';

import { shapeOf } from './chat/shapes.ts';
import type { ChatSettings } from './config-chat.ts';

export interface ChatFinding {
  readonly platform: string;
  readonly ok: boolean;
  readonly what: string;
  /** What to do about it. */
  readonly fix: string;
}

interface Looked {
  readonly ok: boolean;
  readonly what: string;
  readonly fix: string;
}

/** Looks at each platform that is configured, as it sees us; changes nothing there. */
export async function examineChat(
  { slack, teams, discord }: ChatSettings,
  publicUrl: string,
  now: () => Date,
): Promise<ChatFinding[]> {
  const findings: ChatFinding[] = [];
  const add = (platform: string, looked: readonly Looked[]) =>
    void findings.push(...looked.map((it) => ({ platform, ...it })));
  if (slack) {
    const { checkSlack } = await import('#adapters/slack/doctor.ts');
    add('Slack', await checkSlack({ ...slack, publicUrl }, now));
  }
  if (teams) {
    const { checkTeams } = await import('#adapters/teams/doctor.ts');
    add('Teams', await checkTeams({ ...teams, publicUrl }, now));
  }
  if (discord) {
    const { checkDiscord } = await import('#adapters/discord/doctor.ts');
    add('Discord', await checkDiscord({ ...discord, publicUrl }, now, commands.map(shapeOf)));
  }
  return findings;
}
