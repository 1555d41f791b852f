import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou, type CommandContext } from '#src/chat/command.ts';
import { dayOf } from '#src/chat/day.ts';
import { tellDuty } from '#src/chat/duty-tell.ts';
import { scheduleNames } from '#src/chat/look-on-call.ts';
import { allNames } from '#src/chat/look.ts';
import { say } from '#src/chat/message.ts';
import { nameIn } from '#src/chat/names.ts';
import { askedToSwap } from '#src/chat/swap-words.ts';
import { askSwap } from '#src/engine/swap.ts';
import { UserError } from '#src/errors.ts';

export const swap = defineCommand({
  name: 'swap',
  summary: 'Ask somebody to exchange shifts with you; nothing changes until they agree',
  group: 'Be on call',
  examples: [
    'swap @bo --on friday --for monday',
    'swap my shift on friday with @bo for monday',
    'swap payments @bo',
    'swap @bo --from 14:00 --to 18:00',
  ],
  allow: 'responder',
  args: {
    who: arg.after(['my shift with', 'with'], arg.person('With whom, like @bo')),
    on: arg.optional(
      arg.after(
        ['my shift on', 'on'],
        arg.word('Which shift of yours: friday, tomorrow, 2026-03-06; the next when left out'),
      ),
    ),
    for: arg.optional(
      arg.after(
        ['for theirs on', 'for'],
        arg.word('Which of theirs: monday, tomorrow, 2026-03-09; the next when left out'),
      ),
    ),
    from: arg.optional(arg.after(['from'], arg.when('Only a part of yours: from when, like 14:00'))),
    to: arg.optional(arg.after(['to', 'until', 'till'], arg.when('Only a part of yours: until when'))),
    begin: arg.optional(arg.when('Only a part of theirs: from when')),
    end: arg.optional(arg.when('Only a part of theirs: until when')),
    schedule: arg.optional(arg.schedule('Which on-call schedule, if you share several')),
  },

  async run(ctx, { who, on, for: day, from, to, begin, end, schedule }) {
    const asked = {
      schedule: schedule ?? null,
      other: who,
      own: { day: dayIn(ctx, 'on', on), from: from ?? null, to: to ?? null },
      theirs: {
        day: dayIn(ctx, 'for', day),
        from: begin ?? null,
        to: end ?? null,
      },
    };
    const request = await askSwap(ctx, asked, tellDuty);
    const name = nameIn(await allNames(ctx), who);
    return tellYou(say(...askedToSwap(request, name, nameIn(await scheduleNames(ctx), request.schedule))));
  },
});

function dayIn(ctx: CommandContext, field: string, word: string | undefined): ReturnType<typeof dayOf> {
  if (word === undefined) return null;
  const day = dayOf(word, ctx.now(), ctx.person?.timezone ?? 'UTC');
  if (day) return day;
  const text = `\`${word.slice(0, 40)}\` is no day. Write it like friday, tomorrow or 2026-03-06.`;
  throw new UserError('bad_arguments', text, { field });
}
