import { arg } from '#src/chat/args.ts';
import { card } from '#src/chat/card.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { viewAt } from '#src/chat/look.ts';
import { STATUSES } from '#src/incident/incident.ts';

export const show = defineCommand({
  name: 'show',
  aliases: ['view', 'card'],
  summary: 'Show the card of an incident',
  group: 'See what is going on',
  examples: ['show INC-42', '42'],
  allow: 'viewer',
  args: { incident: arg.incident(undefined, { among: STATUSES }) },

  async run(ctx, { incident: number }) {
    return tellYou(card(await viewAt(ctx, number)));
  },
});
