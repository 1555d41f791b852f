import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom } from '#src/chat/command.ts';
import { bold, say } from '#src/chat/message.ts';
import { stopInvestigation } from '#src/engine/investigations.ts';
import { shortName, STATUSES } from '#src/incident/incident.ts';

export const stopLooking = defineCommand({
  name: 'stop-looking',
  summary: 'Stop the model that looks for the cause of an incident',
  group: 'Look deeper',
  examples: ['stop-looking', 'stop-looking INC-42'],
  allow: 'responder',
  args: { incident: arg.incident(undefined, { among: STATUSES }) },

  async run(ctx, { incident: number }) {
    await stopInvestigation(ctx, number);
    return tellRoom(
      ctx,
      number,
      say(['Nobody looks for the cause of ', bold(shortName(number)), ' any more.']),
    );
  },
});
