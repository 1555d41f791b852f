import { arg } from '#src/chat/args.ts';
import { defineCommand, tellAll, tellYou, type CommandContext } from '#src/chat/command.ts';
import { tellDuty } from '#src/chat/duty-tell.ts';
import { coverMessage, coverParts } from '#src/chat/duty.ts';
import { ownShifts, scheduleNames } from '#src/chat/look-on-call.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, moment, say, type Message } from '#src/chat/message.ts';
import { nameIn, type Names } from '#src/chat/names.ts';
import { scheduleNamed } from '#src/chat/who.ts';
import type { CoverRequest } from '#src/db/covers.ts';
import { askCover, openCovers } from '#src/engine/cover.ts';
import { UserError } from '#src/errors.ts';

/** The most requests in one message. */
const SHOWN = 10;

export const cover = defineCommand({
  name: 'cover',
  summary: 'Ask others to take your shift or a part of it, or see who asks',
  group: 'Be on call',
  examples: [
    'cover open',
    'cover me',
    'cover me from 14:00 to 18:00 because I am on a train',
    'cover me on payments',
    'cover payments to @bo',
  ],
  allow: 'responder',
  args: {
    what: arg.word('Me or a schedule, to ask for yourself, or open, to see what is asked for', {
      offers: ['me', 'open'],
    }),
    schedule: arg.optional(
      arg.after(['on', 'for'], arg.schedule('Which on-call schedule, if you are on several')),
    ),
    from: arg.optional(
      arg.after(['from'], arg.when('From when; now or the begin of your next shift when left out')),
    ),
    to: arg.optional(
      arg.after(['to', 'until', 'till'], arg.when('Until when; the end of that shift when left out')),
    ),
    who: arg.optional(
      arg.after(['to', 'by', 'with'], arg.person('Whom alone to ask, like @bo; everybody when left out')),
    ),
    reason: arg.optional(
      arg.after(['because of', 'because'], arg.text('Why, for whoever takes it', { max: 200 })),
    ),
  },

  async run(ctx, { what, schedule, from, to, who, reason }) {
    const names = await allNames(ctx);
    const schedules = await scheduleNames(ctx);
    if (/^open$/i.test(what)) {
      const all = await openCovers(ctx, SHOWN);
      if (all.length === 0) return tellYou(say('Nobody asks for a shift to be taken.'));
      const parts = all.flatMap((it) => coverParts(it, names, schedules));
      return tellYou(say([bold('Shifts that somebody asks to be taken')], ...parts));
    }
    const wish = {
      schedule: schedule ?? (/^(?:me|my)$/i.test(what) ? await onlyOne(ctx) : named(what, schedules)),
      start: from ?? null,
      end: to ?? null,
      reason: reason ?? null,
      to: who ?? null,
    };
    const asked = await askCover(ctx, wish, tellDuty);
    if (who) return tellYou(askedOne(asked, nameIn(names, who), schedules));
    return tellAll(coverMessage(asked, names, schedules));
  },
});

function named(word: string, schedules: Names): string {
  return scheduleNamed(
    word,
    [...schedules].map(([id, name]) => ({ id, name })),
  ).id;
}

function askedOne({ id, schedule, startsAt, endsAt }: CoverRequest, who: string, schedules: Names): Message {
  const times = [' from ', moment(startsAt), ' to ', moment(endsAt)];
  const text = [`${who} is asked to take your shift of `, bold(nameIn(schedules, schedule)), ...times];
  return say([...text, '. It stays yours until they take it.'], {
    type: 'buttons',
    buttons: [{ label: 'Take it back', command: 'take-cover', args: { request: id }, style: 'plain' }],
  });
}

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
