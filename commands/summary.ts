import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { timelineAt, viewAt } from '#src/chat/look.ts';
import { summaryOf } from '#src/chat/summed-up.ts';
import { STATUSES } from '#src/incident/incident.ts';

export const summary = defineCommand({
  name: 'summary',
  aliases: ['sum'],
  summary: 'Sum up an incident: state, impact, what happened, who, what next',
  group: 'See what is going on',
  examples: ['summary', 'summary INC-42'],
  allow: 'viewer',
  args: { incident: arg.incident(undefined, { among: STATUSES }) },

  async run(ctx, { incident: number }) {
    return tellYou(await summaryOf(ctx, await viewAt(ctx, number), await timelineAt(ctx, number)));
  },
});
