import { SYSTEM } from '#src/incident/person.ts';
import type { OnCall } from '#src/oncall/on-call.ts';
import type { Why } from '#src/oncall/overrides.ts';
import type { Shift } from '#src/oncall/preview.ts';

import { bold, marked, moment, say, type Inline, type Message, type Part } from './message.ts';
import { list, nameIn, type Names } from './names.ts';

/** Who is on call, by name; a plain word for it where it is nobody. */
export function namesOnCall({ people, empty }: OnCall, names: Names): Inline[] {
  if (people.length > 0) return [bold(list(people.map(({ person }) => nameIn(names, person))))];
  return [bold('nobody'), ` (${EMPTY[empty?.kind ?? 'unplanned']})`];
}

const EMPTY = {
  unplanned: 'nobody is planned',
  disabled: 'the schedule is switched off',
  override: 'an override says so',
} as const;

/** By which layer or override somebody is on call: `by the layer Primary`, `instead of Ana, by an override of Bo: a train`. */
export function whyOnCall(why: Why, names: Names): string {
  if (why.kind === 'layer') {
    return `by the layer ${why.name}${why.temporary === null ? '' : ' of a temporary schedule'}`;
  }
  const how = why.instead ? `instead of ${nameIn(names, why.instead)}, ` : '';
  const reason = why.reason === null ? '' : `: ${why.reason}`;
  const by = why.createdBy === SYSTEM.id ? SYSTEM.name : nameIn(names, why.createdBy);
  return `${how}by an override of ${by}${reason}`;
}

/** `until 1 March, 18:00`; of one that does not end within what is looked at, that it goes on. */
export function untilWhen({ until }: Shift): Inline[] {
  return until ? ['until ', moment(until)] : ['with no end in sight'];
}

/** A sentence with the times in it drawn in the reader's own zone, where the platform can. */
export function timed(sentence: string): Inline[] {
  const pieces = sentence.split(/(\d{4}-\d\d-\d\d \d\d:\d\d UTC)/);
  return pieces
    .map((it, index) => (index % 2 === 1 ? moment(new Date(it.replace(' UTC', 'Z').replace(' ', 'T'))) : it))
    .filter((it) => it !== '');
}

/** Somebody asks for cover: what stands of it, whoever looks. */
interface Asked {
  readonly id: string;
  readonly schedule: string;
  readonly person: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly reason: string | null;
}

/** What somebody asks of the others, with the button that takes it. */
export function coverMessage(asked: Asked, names: Names, schedules: Names): Message {
  return say(coverText(asked, names, schedules), ...coverButtons(asked));
}

/** The same among others. */
export function coverParts(asked: Asked, names: Names, schedules: Names): Part[] {
  return [{ type: 'text', text: coverText(asked, names, schedules) }, ...coverButtons(asked)];
}

function coverText(
  { person, schedule, startsAt, endsAt, reason }: Asked,
  names: Names,
  schedules: Names,
): Inline[] {
  const times = [' from ', moment(startsAt), ' to ', moment(endsAt)];
  const why = reason === null ? '.' : `: ${reason}.`;
  const what = bold(nameIn(schedules, schedule));
  return [`${nameIn(names, person)} asks somebody to take the shift of `, what, ...times, why];
}

function coverButtons({ id }: Asked): Part[] {
  const args = { request: id };
  return [
    {
      type: 'buttons',
      buttons: [{ label: 'Take it', command: 'take-cover', args, style: 'primary' }],
    },
    { type: 'context', text: marked(`For a part of it: \`take-cover ${id} from 14:00 to 16:00\``) },
  ];
}
