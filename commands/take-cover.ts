import { arg } from '#src/chat/args.ts';
import { defineCommand, tellAll, tellYou } from '#src/chat/command.ts';
import { tellDuty } from '#src/chat/duty-tell.ts';
import { coverParts } from '#src/chat/duty.ts';
import { scheduleNames } from '#src/chat/look-on-call.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, moment, person, say } from '#src/chat/message.ts';
import { nameIn } from '#src/chat/names.ts';
import { declineCover, takeCover as take } from '#src/engine/cover.ts';

export const takeCover = defineCommand({
  name: 'take-cover',
  summary: 'Take a shift that somebody asks to be taken, or a part of it',
  group: 'Be on call',
  examples: ['take-cover 3f9c12ab', 'take-cover 3f9c12ab --from 14:00 --to 16:00'],
  allow: 'responder',
  args: {
    request: arg.word('The id of the request, as `cover open` shows it'),
    from: arg.optional(arg.after(['from'], arg.when('From when; the begin when left out'))),
    to: arg.optional(arg.after(['to', 'until', 'till'], arg.when('Until when; the end when left out'))),
    answer: arg.optional(arg.choice('No, where you alone were asked and will not', ['no'])),
  },

  async run(ctx, { request: id, from, to, answer }) {
    if (answer === 'no') {
      await declineCover(ctx, id, tellDuty);
      return tellYou(say('You said no; who asked is told, and the shift stays theirs.'));
    }
    const { request, part, left } = await take(ctx, id, { start: from ?? null, end: to ?? null }, tellDuty);
    const names = await allNames(ctx);
    const schedules = await scheduleNames(ctx);
    const schedule = bold(schedules.get(request.schedule) ?? request.schedule);
    if (!part) {
      return tellAll(say([`${ctx.actor.name} keeps the shift of `, schedule, ' and asks nobody any more.']));
    }
    const asker = person(request.person, nameIn(names, request.person));
    const times = [' from ', moment(part.start), ' to ', moment(part.end)];
    const parts = left.flatMap((it) => coverParts(it, names, schedules));
    return tellAll(
      say([asker, `: ${ctx.actor.name} takes your shift of `, schedule, ...times, '.'], ...parts),
    );
  },
});
