import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom } from '#src/chat/command.ts';
import { say } from '#src/chat/message.ts';
import { link, unlink } from '#src/engine/link.ts';
import { shortName, STATUSES } from '#src/incident/incident.ts';

export const relate = defineCommand({
  name: 'relate',
  aliases: ['tie'],
  summary: 'Tie two incidents together, or take the tie off',
  group: 'Put in order',
  examples: ['relate INC-7', 'relate INC-42 INC-7', 'relate INC-7 remove'],
  allow: 'responder',
  args: {
    to: arg.after(['to', 'with'], arg.incident('The other incident, like INC-7', { among: STATUSES })),
    incident: arg.after(['and', 'from'], arg.incident(undefined, { among: STATUSES })),
    how: arg.optional(arg.choice('Add the tie (when left out), or remove it', ['add', 'remove'])),
  },

  async run(ctx, { to, incident: number, how = 'add' }) {
    const isAdded = how === 'add';
    await (isAdded ? link : unlink)(ctx, number, to);
    const text = `${shortName(number)} and ${shortName(to)} are ${isAdded ? 'linked' : 'not linked any more'}.`;
    return tellRoom(ctx, number, say(text));
  },
});
