import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { verified } from '#src/chat/look.ts';
import { say, withTone } from '#src/chat/message.ts';
import { count } from '#src/chat/names.ts';
import { shortName, STATUSES } from '#src/incident/incident.ts';

export const verify = defineCommand({
  name: 'verify',
  aliases: ['audit'],
  summary: 'Check that nobody has altered the history of an incident',
  group: 'Look deeper',
  examples: ['verify', 'verify INC-42'],
  allow: 'viewer',
  args: { incident: arg.incident(undefined, { among: STATUSES }) },

  async run(ctx, { incident: number }) {
    const { events, brokenAt } = await verified(ctx, number);
    const name = shortName(number);
    if (brokenAt === null) {
      return tellYou(
        withTone(
          say(
            `The history of ${name} is as it was written: ${count(events, 'event')}, each with the right hash.`,
          ),
          'good',
        ),
      );
    }
    const text = `The history of ${name} was altered: event ${brokenAt} of ${events} is not what was written.`;
    return tellYou(withTone(say(text), 'alarm'));
  },
});
