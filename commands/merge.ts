import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom } from '#src/chat/command.ts';
import { bold, say } from '#src/chat/message.ts';
import { merge as fold } from '#src/engine/merge.ts';
import { shortName, STATUSES } from '#src/incident/incident.ts';

export const merge = defineCommand({
  name: 'merge',
  aliases: ['duplicate'],
  summary: 'Fold a duplicate into the incident it repeats, and close it',
  group: 'Put in order',
  examples: [
    'merge INC-7 into INC-3',
    'merge into INC-3',
    'merge INC-7 into INC-3 because it is the same database',
  ],
  allow: 'responder',
  args: {
    incident: arg.incident('The duplicate, like INC-7; in a room, that of the room', { among: STATUSES }),
    into: arg.after(
      ['into', 'in', 'to', 'of'],
      arg.incident('The incident to go on with; in a room, that of the room'),
    ),
    reason: arg.optional(arg.after(['because', 'since'], arg.text('How you know', { max: 1000 }))),
  },

  async run(ctx, { incident: duplicate, into, reason }) {
    const kept = await fold(ctx, duplicate, into, reason);
    const text = [
      `${shortName(duplicate)} is closed as a duplicate. Go on in `,
      bold(`${shortName(into)} ${kept.title}`),
      '.',
    ];
    return tellRoom(ctx, into, say(text));
  },
});
