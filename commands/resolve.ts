import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { reachGoal } from '#src/chat/goal.ts';
import { allNames } from '#src/chat/look.ts';
import { say, withTone } from '#src/chat/message.ts';
import { shortName } from '#src/incident/incident.ts';

/** The answer is for the one who asked: the bot itself tells the room that it is over. */
export const resolve = defineCommand({
  name: 'resolve',
  aliases: ['fixed', 'resolved'],
  summary: 'Say that an incident is over',
  group: 'Run an incident',
  examples: ['resolve', 'resolve INC-42 rolled back v41', 'resolve rolled back v41 --cause "bad deploy"'],
  allow: 'responder',
  args: {
    incident: arg.incident(),
    notes: arg.optional(arg.text('What ended it', { max: 4000 })),
    cause: arg.optional(arg.text('What caused it', { max: 4000 })),
    playbook: arg.optional(arg.text('The playbook that was followed')),
  },

  async run(ctx, { incident: number, notes, cause, playbook }) {
    const input = { notes, rootCause: cause, playbookUsed: playbook };
    const reached = await reachGoal(ctx, number, 'resolve', input, await allNames(ctx));
    if ('already' in reached) return tellYou(reached.already);
    return tellYou(withTone(say(`${shortName(number)} is resolved${reached.way}.`), 'good'));
  },
});
