import { defineCommand, tellYou } from '#src/chat/command.ts';
import { untilWhen, whyOnCall } from '#src/chat/duty.ts';
import { incidentChoices } from '#src/chat/form.ts';
import { ownShifts, type OwnShifts } from '#src/chat/look-on-call.ts';
import { allNames, incidentsLike } from '#src/chat/look.ts';
import { bold, moment, withTone, type Inline, type Message, type Part } from '#src/chat/message.ts';
import { count, incidentLine, type Names } from '#src/chat/names.ts';
import { UserError } from '#src/errors.ts';
import type { Incident } from '#src/incident/incident.ts';

/** The most incidents shown of each kind. */
const SHOWN = 10;

export const home = defineCommand({
  name: 'home',
  aliases: ['me', 'mine'],
  summary: 'See your incidents and shifts, and what else is open',
  group: 'See what is going on',
  examples: ['home'],
  allow: 'viewer',
  isHome: true,
  args: {},

  async run(ctx) {
    const { person } = ctx;
    if (!person) throw new UserError('bad_arguments', 'This key belongs to nobody, so nothing is yours.');
    const mine = await incidentsLike(ctx, { open: true, assignee: person.id, limit: SHOWN });
    const all = await incidentsLike(ctx, { open: true, limit: SHOWN });
    const others = all.incidents.filter((it) => it.assignee !== person.id);
    const names = await allNames(ctx);
    const listed = (incidents: readonly Incident[]) =>
      incidents.map((it) => incidentLine(it, names, ctx.settings.publicUrl));
    const parts: Part[] = [
      { type: 'heading', text: `${person.name}, your incidents` },
      mine.total === 0
        ? { type: 'text', text: 'None is yours now.' }
        : { type: 'list', items: listed(mine.incidents) },
      { type: 'text', text: [bold(others.length === 0 ? 'Nothing else is open.' : 'Also open')] },
      ...(others.length === 0 ? [] : [{ type: 'list', items: listed(others) } as const]),
      ...shiftParts(await ownShifts(ctx, person.id), names),
      ...chooser([...mine.incidents, ...others]),
      {
        type: 'buttons',
        buttons: [{ label: 'Declare an incident', command: 'declare', args: {}, style: 'primary' }],
      },
    ];
    const summary = `${count(mine.total, 'incident')} of yours, ${count(all.total, 'open incident')} in all`;
    const message: Message = { parts, summary, tone: 'info' };
    return tellYou(all.total === 0 ? withTone(message, 'good') : message);
  },
});

/** On which schedules they are on call and until when, and when they are next. */
function shiftParts({ shifts, isSetUp }: Awaited<ReturnType<typeof ownShifts>>, names: Names): Part[] {
  const heading = { type: 'text', text: [bold('Your shifts')] } as const;
  if (!isSetUp) return [heading, { type: 'text', text: 'No on-call schedule is set up.' }];
  if (shifts.length === 0) return [heading, { type: 'text', text: 'You are on no on-call schedule.' }];
  return [
    heading,
    { type: 'list', items: shifts.map((it) => shiftLine(it, names)) },
    {
      type: 'buttons',
      buttons: [{ label: 'Who is on call', command: 'oncall', args: {}, style: 'plain' }],
    },
  ];
}

function shiftLine({ schedule, current, next }: OwnShifts, names: Names): Inline[] {
  const now: Inline[] = current
    ? ['on call now, ', ...untilWhen(current.shift), ` (${whyOnCall(current.why, names)})`]
    : ['not on call now'];
  const then: Inline[] = next ? ['; next from ', moment(next.from), ' ', ...untilWhen(next)] : [];
  return [bold(schedule.name), ': ', ...now, ...then];
}

function chooser(incidents: readonly Incident[]): Part[] {
  if (incidents.length === 0) return [];
  const options = incidentChoices(incidents);
  return [
    { type: 'select', select: { label: 'Show one', command: 'show', args: {}, arg: 'incident', options } },
  ];
}
