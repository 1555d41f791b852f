import { arg } from '#src/chat/args.ts';
import { causeMessage } from '#src/chat/cause.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { causeFacts } from '#src/chat/look-cause.ts';
import { incidentAt } from '#src/chat/look.ts';
import type { Button } from '#src/chat/message.ts';
import { viewerOf } from '#src/chat/values.ts';
import { STATUSES } from '#src/incident/incident.ts';

export const cause = defineCommand({
  name: 'cause',
  aliases: ['suspects'],
  summary: 'See where an incident may come from, by rules: alerts, changes, dependencies, the past',
  group: 'Look deeper',
  examples: ['cause', 'cause INC-42'],
  allow: 'viewer',
  args: { incident: arg.incident(undefined, { among: STATUSES }) },

  async run(ctx, { incident: number }) {
    const incident = await incidentAt(ctx, number);
    const facts = await causeFacts(ctx, incident, viewerOf(ctx));
    const args = { incident: String(number) };
    const look: Button = { label: 'Have a model look', command: 'investigate', args, style: 'plain' };
    const buttons = ctx.llm.isOpen ? [look] : [];
    return tellYou(causeMessage({ incident, facts, publicUrl: ctx.settings.publicUrl, buttons }));
  },
});
