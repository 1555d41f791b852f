import { arg } from '#src/chat/args.ts';
import { defineCommand, tellAll } from '#src/chat/command.ts';
import { tellDuty } from '#src/chat/duty-tell.ts';
import { scheduleNames } from '#src/chat/look-on-call.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, moment, person, say, withTone, type Inline } from '#src/chat/message.ts';
import { list, nameIn } from '#src/chat/names.ts';
import { overrideSchedule } from '#src/engine/override.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { Change } from '#src/oncall/schedule.ts';

const HOW = ['instead', 'beside', 'off'] as const;

export const override = defineCommand({
  name: 'override',
  summary: 'Put somebody on call for a time, instead of or beside others, or take them off',
  group: 'Be on call',
  examples: [
    'override payments @bo from 14:00 to 18:00',
    'override payments @bo until 18:00 because Ana is on a train',
    'override payments @ana until 18:00 --how off',
  ],
  allow: 'responder',
  args: {
    schedule: arg.schedule(),
    who: arg.person('Whom, like @bo'),
    how: arg.optional(arg.choice('Instead of all others (when left out), beside them, or off', HOW)),
    from: arg.optional(
      arg.after(['from'], arg.when('From when, like 14:00 or tomorrow 9:00; now when left out')),
    ),
    to: arg.after(['to', 'until', 'till'], arg.when('Until when, like 18:00 or tomorrow 9:00')),
    reason: arg.optional(
      arg.after(['because of', 'because'], arg.text('Why, for whoever asks', { max: 200 })),
    ),
  },

  /** Said to everybody there, since who is on call has to know. */
  async run(ctx, { schedule, who, how = 'instead', from, to, reason }) {
    const start = from ?? ctx.now();
    const change = changeFor(who, how);
    const asked = { schedule, change, start, end: to, reason: reason ?? null };
    const made = await overrideSchedule(ctx, asked, tellDuty);
    const names = await allNames(ctx);
    const name = (await scheduleNames(ctx)).get(schedule) ?? schedule;
    const called = who === ctx.actor.id ? bold(nameIn(names, who)) : person(who, nameIn(names, who));
    const gone = made.before.filter((it) => it !== who && !made.after.includes(it));
    const instead = gone.length === 0 ? '' : ` instead of ${list(gone.map((it) => nameIn(names, it)))}`;
    const does = how === 'off' ? ' is off ' : ' is on call for ';
    const text: Inline[] = [
      called,
      does,
      bold(name),
      ' from ',
      moment(start),
      ' to ',
      moment(to),
      `${instead}.`,
    ];
    const button = {
      label: 'Take it back',
      command: 'undo-override',
      args: { override: made.id },
      style: 'plain',
    } as const;
    const isEmpty = made.after.length === 0;
    const nobody = isEmpty ? [{ type: 'text', text: 'Nobody is on call then.' } as const] : [];
    const message = say(text, ...nobody, { type: 'buttons', buttons: [button] });
    return tellAll(isEmpty ? withTone(message, 'warn') : message);
  },
});

function changeFor(who: PersonId, how: (typeof HOW)[number]): Change {
  if (how === 'instead') return { kind: 'cover', people: [who] };
  return { kind: how === 'off' ? 'remove' : 'add', person: who };
}
