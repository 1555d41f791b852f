import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { namesOnCall, whyOnCall } from '#src/chat/duty.ts';
import { rotas, watches, type Rota, type Watch } from '#src/chat/look-on-call.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, moment, say, withTone, type Inline, type Part } from '#src/chat/message.ts';
import { count, nameIn, type Names } from '#src/chat/names.ts';
import type { OnCall } from '#src/oncall/on-call.ts';

const WHEN = ['now', 'next', 'week'] as const;
const WEEK_MS = 7 * 86_400_000;
/** The most schedules in one message, and the most changes of one of them: platforms cut what is longer. */
const SCHEDULES = { lines: 20, weeks: 6 } as const;
const CHANGES = { alone: 40, together: 8 } as const;

export const oncall = defineCommand({
  name: 'oncall',
  aliases: ['on-call'],
  summary: 'See who is on call now, next or this week, and why',
  group: 'See what is going on',
  examples: ['oncall', 'oncall payments', 'oncall payments week', 'oncall next'],
  allow: 'viewer',
  args: {
    when: arg.optional(arg.choice('Now and then (when left out), next, or the coming week', WHEN)),
    schedule: arg.optional(arg.schedule('Only this on-call schedule, by its name')),
  },

  async run(ctx, { when = 'now', schedule }) {
    const names = await allNames(ctx);
    if (when === 'week') {
      const { rotas: all, left } = await rotas(ctx, WEEK_MS, { only: schedule, limit: SCHEDULES.weeks });
      if (all.length === 0) return tellYou(say(NONE));
      const most = all.length === 1 ? CHANGES.alone : CHANGES.together;
      const parts = all.flatMap((it) => weekParts(it, names, most));
      return tellYou(say([bold('On call in the coming week')], ...parts, ...others(left)));
    }
    const { watches: all, left } = await watches(ctx, { only: schedule, limit: SCHEDULES.lines });
    if (all.length === 0) return tellYou(say(NONE));
    const title = when === 'next' ? 'On call next' : 'On call now';
    const items = all.map((it) => (when === 'next' ? nextLine(it, names) : nowLine(it, names)));
    const message = say([bold(title)], { type: 'list', items }, ...others(left));
    const isEmpty = when === 'now' && all.some(({ now }) => now.people.length === 0);
    return tellYou(isEmpty ? withTone(message, 'warn') : message);
  },
});

const NONE = 'No on-call schedule is set up, so nobody is on call.';

function others(left: number): Part[] {
  if (left === 0) return [];
  return [{ type: 'context', text: `And ${count(left, 'more schedule')}; ask for one by its name.` }];
}

function nowLine({ schedule, now, next }: Watch, names: Names): Inline[] {
  const duties = now.people.flatMap(({ person, until, why }, index): Inline[] => [
    index === 0 ? '' : ', ',
    bold(nameIn(names, person)),
    ' until ',
    moment(until),
    ` (${whyOnCall(why, names)})`,
  ]);
  const then: Inline[] = next ? ['; from ', moment(next.at), ' ', ...namesOnCall(next.duty, names)] : [];
  const learning = now.shadows.map(({ person }) => nameIn(names, person)).join(', ');
  const along = learning === '' ? '' : `; told along: ${learning}`;
  const who = duties.length > 0 ? duties : namesOnCall(now, names);
  return drawn([bold(schedule.name), ': ', ...who, ...then, along]);
}

function nextLine({ schedule, now, next }: Watch, names: Names): Inline[] {
  if (!next) return [bold(schedule.name), ': nothing changes, it stays with ', ...namesOnCall(now, names)];
  const who = namesOnCall(next.duty, names);
  return drawn([bold(schedule.name), ': from ', moment(next.at), ' ', ...who, whys(next.duty, names)]);
}

function weekParts({ schedule, spans }: Rota, names: Names, most: number): Part[] {
  const items = spans
    .slice(0, most)
    .map((span) =>
      drawn([
        moment(span.from),
        ' to ',
        moment(span.until),
        ': ',
        ...namesOnCall(span, names),
        whys(span, names),
      ]),
    );
  const left = spans.length - items.length;
  const more = left === 0 ? [] : [`and ${count(left, 'more change')}`];
  return [
    { type: 'text', text: [bold(schedule.name)] },
    { type: 'list', items: [...items, ...more] },
  ];
}

function whys({ people }: OnCall, names: Names): string {
  const all = new Set(people.map(({ why }) => whyOnCall(why, names)));
  return all.size === 0 ? '' : ` (${[...all].join('; ')})`;
}

function drawn(inlines: readonly Inline[]): Inline[] {
  return inlines.filter((it) => it !== '');
}
