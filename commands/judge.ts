import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom } from '#src/chat/command.ts';
import { bold, say } from '#src/chat/message.ts';
import { judgeInvestigation } from '#src/engine/investigations.ts';
import { shortName, STATUSES } from '#src/incident/incident.ts';

/** In words: a bare number is an incident. */
const PLACES = ['first', 'second', 'third'] as const;

export const judge = defineCommand({
  name: 'judge',
  summary: 'Say whether what a model took for the cause is right, so that it can be counted',
  group: 'Look deeper',
  examples: ['judge right', 'judge wrong second', 'judge INC-42 partly'],
  allow: 'responder',
  args: {
    incident: arg.incident(undefined, { among: STATUSES }),
    says: arg.choice('Whether it is: right, wrong or partly right', ['right', 'wrong', 'partly']),
    which: arg.optional(arg.choice('Which of the causes it named; the first when left out', PLACES)),
  },

  async run(ctx, { incident, says, which = 'first' }) {
    const place = PLACES.indexOf(which) + 1;
    const { cause } = await judgeInvestigation(ctx, incident, { place, says });
    const how = says === 'partly' ? 'partly right' : says;
    return tellRoom(
      ctx,
      incident,
      say([bold(cause), ` as the cause of ${shortName(incident)} is ${how}. Noted.`]),
    );
  },
});
