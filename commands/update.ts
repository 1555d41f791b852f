import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom } from '#src/chat/command.ts';
import { bold, clock, say } from '#src/chat/message.ts';
import { postUpdate } from '#src/engine/change.ts';
import { shortName } from '#src/incident/incident.ts';

const LEAD = [
  'next',
  'by',
  'next update',
  'next update by',
  'next update in',
  'next update at',
  'next in',
  'next by',
];

export const update = defineCommand({
  name: 'update',
  aliases: ['post'],
  summary: 'Tell everybody where an incident stands, and when they hear more',
  group: 'Tell people',
  examples: [
    'update we are rolling back next 30m',
    'update INC-42 half of the traffic is back by 14:45',
    'update payments work again --next "tomorrow 9:00"',
  ],
  allow: 'responder',
  args: {
    incident: arg.incident(),
    text: arg.paragraph('Where it stands, in words for people outside the room'),
    next: arg.optional(arg.after(LEAD, arg.when('When the next update comes: 30m, 14:45, tomorrow 9:00'))),
  },

  async run(ctx, { incident: number, text, next }) {
    await postUpdate(ctx, number, text, next ?? null);
    const promise = next ? [{ type: 'context', text: ['Next update by ', clock(next), '.'] } as const] : [];
    return tellRoom(ctx, number, say([bold(`Update on ${shortName(number)}: `), text], ...promise));
  },
});
