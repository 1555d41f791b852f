import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom, tellYou } from '#src/chat/command.ts';
import { reachGoal } from '#src/chat/goal.ts';
import { allNames } from '#src/chat/look.ts';
import { say, withTone } from '#src/chat/message.ts';
import { shortName } from '#src/incident/incident.ts';

export const close = defineCommand({
  name: 'close',
  summary: 'Put a resolved incident to rest',
  group: 'Run an incident',
  examples: [
    'close',
    'close INC-42 nothing more to do',
    'close --postmortem https://wiki.example.com/inc-42',
  ],
  allow: 'responder',
  args: {
    incident: arg.incident(undefined, {
      among: ['RESOLVED', 'NEW', 'ACKNOWLEDGED', 'IN_PROGRESS', 'ESCALATED'],
    }),
    notes: arg.optional(arg.text('A last word', { max: 4000 })),
    postmortem: arg.optional(arg.link('The address of the post-mortem')),
  },

  async run(ctx, { incident: number, notes, postmortem }) {
    const input = { notes, postMortemUrl: postmortem };
    const reached = await reachGoal(ctx, number, 'close', input, await allNames(ctx));
    if ('already' in reached) return tellYou(reached.already);
    return tellRoom(ctx, number, withTone(say(`${shortName(number)} is closed${reached.way}.`), 'quiet'));
  },
});
