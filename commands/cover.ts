import { arg } from '#src/chat/args.ts';
import { defineCommand, tellAll, tellYou, type CommandContext } from '#src/chat/command.ts';
import { coverMessage, coverParts } from '#src/chat/duty.ts';
import { ownShifts, scheduleNames } from '#src/chat/look-on-call.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, say } from '#src/chat/message.ts';
import { askCover, openCovers } from '#src/engine/cover.ts';
import { UserError } from '#src/errors.ts';

const WHAT = ['me', 'open'] as const;
/** The most requests in one message. */
const SHOWN = 10;

export const cover = defineCommand({
  name: 'cover',
  summary: 'Ask others to take your shift or a part of it, or see who asks',
  group: 'Be on call',
  examples: [
    'cover me',
    'cover me from 14:00 to 18:00 because I am on a train',
    'cover me on payments',
    'cover open',
  ],
  allow: 'responder',
  args: {
    what: arg.choice('Me, to ask for yourself, or open, to see what is asked for', WHAT),
    schedule: arg.optional(
      arg.after(['on', 'for'], arg.schedule('Which on-call schedule, if you are on several')),
    ),
    from: arg.optional(
      arg.after(['from'], arg.when('From when; now or the begin of your next shift when left out')),
    ),
    to: arg.optional(
      arg.after(['to', 'until', 'till'], arg.when('Until when; the end of that shift when left out')),
    ),
    reason: arg.optional(
      arg.after(['because of', 'because'], arg.text('Why, for whoever takes it', { max: 200 })),
    ),
  },

  async run(ctx, { what, schedule, from, to, reason }) {
    const names = await allNames(ctx);
    const schedules = await scheduleNames(ctx);
    if (what === 'open') {
      const all = await openCovers(ctx, SHOWN);
      if (all.length === 0) return tellYou(say('Nobody asks for a shift to be taken.'));
      const parts = all.flatMap((it) => coverParts(it, names, schedules));
      return tellYou(say([bold('Shifts that somebody asks to be taken')], ...parts));
    }
    const asked = await askCover(ctx, {
      schedule: schedule ?? (await onlyOne(ctx)),
      start: from ?? null,
      end: to ?? null,
      reason: reason ?? null,
    });
    return tellAll(coverMessage(asked, names, schedules));
  },
});

/** The schedule of somebody who is on one only. */
async function onlyOne(ctx: CommandContext): Promise<string> {
  const { person } = ctx;
  if (!person) throw new UserError('bad_arguments', 'This key belongs to nobody, so it has no shift.');
  const { shifts } = await ownShifts(ctx, person.id);
  const [first, ...others] = shifts;
  if (!first) throw new UserError('conflict', 'You are on no on-call schedule, so there is nothing to take.');
  if (others.length === 0) return first.schedule.id;
  const ids = shifts.map(({ schedule }) => `\`on ${schedule.id}\``).join(', ');
  throw new UserError('bad_arguments', `You are on several schedules. Say which one: ${ids}.`, {
    field: 'schedule',
  });
}
