import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { impactMessage } from '#src/chat/impact.ts';
import { timelineAt, viewAt } from '#src/chat/look.ts';

export const impact = defineCommand({
  name: 'impact',
  aliases: ['forecast'],
  summary: 'See what an incident may still become, and what depends on it',
  group: 'Look deeper',
  examples: ['impact', 'impact INC-42'],
  allow: 'viewer',
  args: { incident: arg.incident() },

  async run(ctx, { incident: number }) {
    return tellYou(await impactMessage(ctx, await viewAt(ctx, number), await timelineAt(ctx, number)));
  },
});
