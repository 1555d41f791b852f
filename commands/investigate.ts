import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom } from '#src/chat/command.ts';
import { bold, say, type Part } from '#src/chat/message.ts';
import { beginInvestigation } from '#src/engine/investigations.ts';
import { shortName, STATUSES } from '#src/incident/incident.ts';

export const investigate = defineCommand({
  name: 'investigate',
  aliases: ['rca'],
  summary: 'Have a model look for the cause, or tell the one that does where to look',
  group: 'Look deeper',
  examples: ['investigate', 'investigate INC-42', 'investigate --look "the cache"'],
  allow: 'responder',
  args: {
    incident: arg.incident(undefined, { among: STATUSES }),
    look: arg.optional(
      arg.after(['look at', 'look'], arg.text('Where to look, in your words, like the cache', { max: 300 })),
    ),
  },

  async run(ctx, { incident: number, look }) {
    const name = bold(shortName(number));
    const { isSteered, isKnown } = await beginInvestigation(ctx, number, { look: look ?? null });
    const there = ['Whoever looks into ', name, ` looks there next: ${look}.`];
    if (isSteered) return tellRoom(ctx, number, say(there));
    if (isKnown) return tellRoom(ctx, number, say([name, ' is being looked into already.']));
    const parts: Part[] = ctx.llm.isOpen
      ? []
      : [{ type: 'context', text: 'No model is set up: what rules say stands alone.' }];
    return tellRoom(
      ctx,
      number,
      say([name, ' is looked into; what is found appears in its room.'], ...parts),
    );
  },
});
