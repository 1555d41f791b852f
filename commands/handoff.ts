import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou, type CommandContext, type Reply } from '#src/chat/command.ts';
import { handoffMessage } from '#src/chat/handoff-message.ts';
import { tellHandoff } from '#src/chat/handoff-tell.ts';
import { schedulesToTake, viewOfShift } from '#src/chat/handoff-view.ts';
import { ownShifts, scheduleNames } from '#src/chat/look-on-call.ts';
import { bold, clock, moment, say, withTone, type Inline } from '#src/chat/message.ts';
import { takeShift } from '#src/engine/handoff-take.ts';
import { UserError } from '#src/errors.ts';

const ACTIONS = ['show', 'accept'] as const;

export const handoff = defineCommand({
  name: 'handoff',
  aliases: ['hand-off'],
  summary: 'See what a shift hands over, or take the shift that is handed to you',
  group: 'Be on call',
  examples: ['handoff', 'handoff payments', 'handoff accept', 'handoff accept payments'],
  allow: 'viewer',
  args: {
    action: arg.optional(arg.choice('What to do: show (when left out), or accept, to take a shift', ACTIONS)),
    schedule: arg.optional(arg.schedule('Which on-call schedule, if there are several')),
    id: arg.optional(arg.word('The id of the hand-off; the one that waits when left out')),
  },

  async run(ctx, { action = 'show', schedule, id }) {
    if (action === 'accept') return await accept(ctx, schedule ?? (await onlyToTake(ctx)), id ?? null);
    const viewer = { id: ctx.person?.id ?? null, role: ctx.role };
    return tellYou(handoffMessage(await viewOfShift(ctx, schedule ?? (await onlyToSee(ctx)), viewer)));
  },
});

async function accept(ctx: CommandContext, schedule: string, id: string | null): Promise<Reply> {
  const { hold, until, isNew } = await takeShift(ctx, { schedule, handoff: id }, tellHandoff);
  const name = bold((await scheduleNames(ctx)).get(schedule) ?? schedule);
  const end: Inline[] = until ? [', until ', moment(until)] : [];
  const since: Inline[] = isNew || !hold.takenAt ? [] : [' already, since ', clock(hold.takenAt)];
  return tellYou(withTone(say(['You have the shift of ', name, ...since, ...end, '.']), 'good'));
}

/** The shift that waits for who asks. */
async function onlyToTake(ctx: CommandContext): Promise<string> {
  const all = ctx.person ? await schedulesToTake(ctx, ctx.person.id) : [];
  const [first, ...others] = all;
  if (first === undefined) throw new UserError('conflict', 'No shift waits for you to take it.');
  return others.length === 0 ? first : whichOf(all, 'accept ');
}

async function onlyToSee(ctx: CommandContext): Promise<string> {
  const all = [...(await scheduleNames(ctx)).keys()];
  const [first, ...others] = all;
  if (first === undefined) throw new UserError('conflict', 'No on-call schedule is set up.');
  if (others.length === 0) return first;
  const { shifts } = ctx.person ? await ownShifts(ctx, ctx.person.id) : { shifts: [] };
  const [current, ...more] = shifts.filter((it) => it.current);
  return current && more.length === 0 ? current.schedule.id : whichOf(all, '');
}

function whichOf(ids: readonly string[], before: string): never {
  const some = ids.slice(0, 10).map((it) => `\`handoff ${before}${it}\``);
  throw new UserError('bad_arguments', `There are several. Say which one: ${some.join(', ')}.`, {
    field: 'schedule',
  });
}
