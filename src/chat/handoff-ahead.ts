import { listPeople } from '#src/db/people.ts';
import { bookOf } from '#src/engine/book.ts';
import type { Place } from '#src/engine/context.ts';
import type { Warning, Week } from '#src/engine/handoff-ahead.ts';
import { sayLater } from '#src/engine/say.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { CompiledSchedule } from '#src/oncall/compile.ts';
import { peopleAt } from '#src/oncall/handoff.ts';

import { namesIn } from './card-view.ts';
import { namesOnCall } from './duty.ts';
import { roomsOf } from './handoff-tell.ts';
import { bold, moment, say, withTone, type Inline, type Message, type Part } from './message.ts';
import { count, nameIn } from './names.ts';

/** The most changes of a week in one message. */
const CHANGES = 14;

/** Says who is on call in the week that begins: in the rooms of the schedule, or to those who are, where it has none. */
export async function tellWeek(place: Place, { compiled, spans }: Week): Promise<void> {
  const { schedule } = compiled;
  const names = await namesIn(place.tx);
  const items = spans
    .slice(0, CHANGES)
    .map((it): Inline[] => ['From ', moment(it.from), ': ', ...namesOnCall(it, names)]);
  const left = spans.length - items.length;
  const more: Inline[][] = left > 0 ? [[`and ${count(left, 'more change')}`]] : [];
  const message = say([bold(schedule.name), ': on call this week'], {
    type: 'list',
    items: [...items, ...more],
  });
  const people = spans.flatMap((it) => it.people.map(({ person }) => person));
  const key = keyOf('look-ahead', compiled, place.ctx.now());
  await tellAll(place, compiled, { key, message, people });
}

/** Says that nobody is on call soon, or nobody who can be reached. */
export async function tellGaps(place: Place, { compiled, gaps, unreachable }: Warning): Promise<void> {
  const { schedule } = compiled;
  const names = await namesIn(place.tx);
  const name = bold(schedule.name);
  const people = await whomToWarn(place, compiled);
  for (const { from, until } of gaps) {
    const text = [name, ': ', bold('nobody is on call'), ' from ', moment(from), ' to ', moment(until), '.'];
    const message = withTone(say(text, FILL), 'warn');
    await tellAll(place, compiled, { key: keyOf('gap', compiled, from), message, people });
  }
  for (const { person, from, hasBackup, why } of unreachable) {
    const who = nameIn(names, person);
    const alone = hasBackup ? '.' : ', and nobody else is.';
    const text: Inline[] = [name, `: ${who} cannot be paged, and is on call from `, moment(from), alone];
    const message = withTone(say(text, { type: 'context', text: why }), 'warn');
    // Who has a shift every other day is not told of every other day.
    const key = `unreachable-${keyPart(schedule.id)}-${person}-${Math.floor(from.getTime() / WEEK_MS)}`;
    await tellAll(place, compiled, { key, message, people: [...people, person] });
  }
}

const WEEK_MS = 7 * 86_400_000;
const FILL: Part = { type: 'context', text: 'Put somebody there with `override`, or change the schedule.' };
interface Telling {
  readonly key: string;
  readonly message: Message;
  /** Who is told where the schedule has no room. */
  readonly people: readonly PersonId[];
}

async function tellAll(
  place: Place,
  compiled: CompiledSchedule,
  { key, message, people }: Telling,
): Promise<void> {
  const rooms = roomsOf(place, compiled);
  for (const { key: room, to } of rooms) await sayLater(place, { key: `${key}-in-${room}`, to, message });
  if (rooms.length > 0) return;
  const active = (await listPeople(place.tx)).filter((it) => it.active && people.includes(it.id));
  for (const { id } of active) await sayLater(place, { key: `${key}-to-${id}`, to: { person: id }, message });
}

/** The lead of the team; where it has none, those who are on call until then. */
async function whomToWarn({ ctx, tx }: Place, compiled: CompiledSchedule): Promise<readonly PersonId[]> {
  const { setup } = await bookOf(ctx, tx);
  const { team } = compiled.schedule;
  const lead = setup.teams.find(({ id }) => id === team)?.lead;
  return lead ? [lead] : peopleAt(compiled, ctx.now());
}

/** The same thing of the same time has the same key. */
function keyOf(what: string, { schedule }: CompiledSchedule, at: Date): string {
  return `${what}-${keyPart(schedule.id)}-${at.getTime()}`;
}

function keyPart(id: string): string {
  return id.replaceAll(':', '.');
}
