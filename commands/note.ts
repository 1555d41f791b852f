import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom } from '#src/chat/command.ts';
import { bold, say } from '#src/chat/message.ts';
import { inTheirName } from '#src/chat/said-by.ts';
import { note as keep } from '#src/engine/change.ts';
import { shortName, STATUSES } from '#src/incident/incident.ts';

export const note = defineCommand({
  name: 'note',
  aliases: ['comment'],
  summary: 'Put a note into the timeline; pinning a message does the same',
  group: 'Tell people',
  examples: ['note the disk of db-3 is full', 'note INC-42 vendor ticket 8812 is open'],
  allow: 'responder',
  onMessage: { label: 'Add to timeline', arg: 'text', asks: 'saved' },
  args: {
    incident: arg.incident(undefined, { among: STATUSES }),
    text: arg.paragraph('What is worth keeping'),
  },

  async run(ctx, { incident: number, text: words }) {
    const text = inTheirName(words, ctx.saidBy);
    await keep(ctx, number, text);
    return tellRoom(ctx, number, say([bold(ctx.actor.name), ` noted on ${shortName(number)}: ${text}`]));
  },
});
