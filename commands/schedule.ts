import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { namesOnCall } from '#src/chat/duty.ts';
import { scheduleAt, watches, type ScheduleView } from '#src/chat/look-on-call.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, code, moment, say, withTone, type Inline, type Part } from '#src/chat/message.ts';
import { count, list, nameIn, type Names } from '#src/chat/names.ts';
import type { Layer, Override, Rotation } from '#src/oncall/schedule.ts';

/** The most of each in one message. */
const SHOWN = { schedules: 30, layers: 10, overrides: 5, gaps: 5, turns: 12 } as const;

export const schedule = defineCommand({
  name: 'schedule',
  aliases: ['schedules'],
  summary: 'See an on-call schedule: its layers, overrides and gaps; or all schedules',
  group: 'Be on call',
  examples: ['schedule', 'schedule payments'],
  allow: 'viewer',
  args: { schedule: arg.optional(arg.schedule('Which one, by its name; all when left out')) },

  async run(ctx, { schedule: id }) {
    const names = await allNames(ctx);
    if (id !== undefined) return tellYou(shown(await scheduleAt(ctx, id), names));
    const { watches: all, left } = await watches(ctx, { limit: SHOWN.schedules });
    if (all.length === 0) return tellYou(say('No on-call schedule is set up.'));
    const items = all.map((it): Inline[] => [
      code(it.schedule.id),
      ' ',
      bold(it.schedule.name),
      ': now ',
      ...namesOnCall(it.now, names),
    ]);
    const more: Part[] = left > 0 ? [{ type: 'context', text: `And ${count(left, 'more schedule')}.` }] : [];
    return tellYou(say([bold('On-call schedules')], { type: 'list', items }, ...more));
  },
});

function shown({ schedule: it, now, gaps, score, overrides }: ScheduleView, names: Names) {
  const state = it.enabled ? '' : ' It is switched off: nobody is on call by it.';
  const team = it.team === null ? '' : `, of the team ${nameIn(names, it.team)}`;
  const layers = it.layers.slice(0, SHOWN.layers).map((layer) => layerLine(layer, it.timezone, names));
  const message = say(
    [
      bold(it.name),
      `: on call by the clocks of ${it.timezone}${team}.${state} Now `,
      ...namesOnCall(now, names),
      '.',
    ],
    { type: 'list', items: layers },
    ...overrideParts(overrides, names),
    { type: 'text', text: gapWords(gaps) },
    { type: 'context', text: `Quality of the coming 30 days: ${score} of 100.` },
  );
  return gaps.length > 0 ? withTone(message, 'warn') : message;
}

/** Primary: Ana, Bo and Cy in turn, every day at 09:00; from 22:00 to 06:00 only. */
function layerLine(
  { name, shifts, rotation, timezone, restrictions, shadow, priority }: Layer,
  zone: string,
  names: Names,
): Inline[] {
  const turns = shifts
    .slice(0, SHOWN.turns)
    .map((turn) => list(turn.map((it) => nameIn(names, it))).replaceAll(' and ', ' with '));
  const others = shifts.length - turns.length;
  const who = list([...turns, ...(others > 0 ? [count(others, 'more turn')] : [])]);
  const taking = shifts.length > 1 ? `${who} in turn, ${everyWords(rotation)}` : who;
  const hours = restrictions.map(({ from, until }) => `${from} to ${until}`);
  const only = hours.length === 0 ? '' : `; only ${list([...new Set(hours)])}`;
  const where = timezone === null || timezone === zone ? '' : ` (${timezone})`;
  const learning = shadow ? '; they are told along and learn' : `; priority ${priority}`;
  return [bold(name), `: ${taking}${only}${where}${learning}`];
}

function everyWords(rotation: Rotation): string {
  const at = (rotation.anchor ?? rotation.start).slice(11, 16);
  if (rotation.unit === 'custom') return `every ${rotation.duration} from ${at}`;
  const { every, unit } = rotation;
  return `every ${every === 1 ? unit : `${every} ${unit}s`} from ${at}`;
}

function overrideParts(overrides: readonly Override[], names: Names): Part[] {
  const parts = overrides.slice(0, SHOWN.overrides).flatMap((it): Part[] => [
    { type: 'text', text: overrideLine(it, names) },
    {
      type: 'buttons',
      buttons: [
        { label: 'Take it back', command: 'undo-override', args: { override: it.id }, style: 'plain' },
      ],
    },
  ]);
  const more = overrides.length - SHOWN.overrides;
  return more > 0 ? [...parts, { type: 'context', text: `And ${count(more, 'more override')}.` }] : parts;
}

function overrideLine(it: Override, names: Names): Inline[] {
  const reason = it.reason === null ? '' : `: ${it.reason}`;
  return [
    'Override ',
    code(it.id),
    ' from ',
    moment(it.start),
    ' to ',
    moment(it.end),
    ` ${changeWords(it, names)}${reason}`,
  ];
}

function changeWords(it: Override, names: Names): string {
  if (it.kind === 'cover') return list(it.people.map((who) => nameIn(names, who))) || 'nobody';
  if (it.kind === 'replace') return `${nameIn(names, it.by)} instead of ${nameIn(names, it.person)}`;
  return `${nameIn(names, it.person)} ${it.kind === 'add' ? 'too' : 'off'}`;
}

function gapWords(gaps: ScheduleView['gaps']): Inline[] {
  const [first] = gaps;
  if (!first) return ['Somebody is on call all through the coming 30 days.'];
  const shownGaps = gaps
    .slice(0, SHOWN.gaps)
    .flatMap(({ from, until }, index): Inline[] => [
      index === 0 ? '' : ', ',
      moment(from),
      ' to ',
      moment(until),
    ]);
  const more = gaps.length > SHOWN.gaps ? `, and ${gaps.length - SHOWN.gaps} more times` : '';
  return [bold('Nobody is on call'), ' ', ...shownGaps.filter((it) => it !== ''), `${more}.`];
}
