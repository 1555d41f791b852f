import { arg } from '#src/chat/args.ts';
import { catchup as whatChanged } from '#src/chat/catchup.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { sawAll, seenBy, timelineAt, viewAt } from '#src/chat/look.ts';
import { changedSince } from '#src/chat/summed-up.ts';
import { UserError } from '#src/errors.ts';
import { STATUSES } from '#src/incident/incident.ts';

export const catchup = defineCommand({
  name: 'catchup',
  aliases: ['catch-up'],
  summary: 'See what changed since you last looked; only you see it',
  group: 'See what is going on',
  examples: ['catchup', 'catchup INC-42'],
  allow: 'viewer',
  args: { incident: arg.incident(undefined, { among: STATUSES }) },

  async run(ctx, { incident: number }) {
    if (!ctx.person) {
      throw new UserError(
        'bad_arguments',
        'Catching up is for people, and this key belongs to nobody; `timeline` shows it all.',
      );
    }
    const view = await viewAt(ctx, number);
    const events = await timelineAt(ctx, number);
    const seen = await seenBy(ctx, ctx.person.id, number);
    const message = whatChanged(view, events, seen, await changedSince(ctx, view, events, seen));
    await sawAll(ctx, ctx.person.id, events);
    return tellYou(message);
  },
});
