import { listPeople } from '#src/db/people.ts';
import type { Place } from '#src/engine/context.ts';
import type { Handoff, HandoffNews } from '#src/engine/handoff.ts';
import { sayLater, type SayTo } from '#src/engine/say.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { Viewer } from '#src/incident/privacy.ts';
import type { CompiledSchedule } from '#src/oncall/compile.ts';
import { handoffRules } from '#src/oncall/handoff.ts';

import { namesIn } from './card-view.ts';
import { handoffMessage, takeButton } from './handoff-message.ts';
import { viewOfHandoff } from './handoff-view.ts';
import { bold, person, say, withTone, type Inline, type Message, type Part } from './message.ts';
import { list, nameIn, span, type Names } from './names.ts';

/** Tells the rooms of a schedule and the people concerned of its hand-off, each what they may know. */
export async function tellHandoff(place: Place, news: HandoffNews): Promise<void> {
  const names = await namesIn(place.tx);
  if (news.what === 'begun') await tellBegun(place, news, names);
  else if (news.what === 'taken') await tellTaken(place, news, names);
  else await tellLate(place, news, names);
}

/** The rooms that are told of a schedule, on the platforms that are connected, as messages go there. */
export function roomsOf(
  { ctx }: Pick<Place, 'ctx'>,
  compiled: CompiledSchedule,
): { readonly key: string; readonly to: Room }[] {
  const all = handoffRules(compiled.schedule).rooms.map((it) => {
    const cut = it.indexOf('/');
    const to = { platform: it.slice(0, cut), room: it.slice(cut + 1) };
    return { key: it.replaceAll(/[^\w-]/g, '_'), to };
  });
  return all.filter(({ to }) => ctx.settings.platforms.includes(to.platform));
}

type Room = Extract<SayTo, { room: string }>;

/** Nobody in particular, and so what everybody may read. */
const ANYBODY: Viewer = { id: null, role: 'viewer' };

async function tellBegun(place: Place, handoff: Handoff, names: Names): Promise<void> {
  const { row } = handoff;
  const rooms = roomsOf(place, handoff.compiled);
  if (rooms.length > 0) {
    const message = handoffMessage(
      await viewOfHandoff(place.ctx, place.tx, { ...handoff, viewer: ANYBODY, names }),
    );
    for (const { key, to } of rooms) {
      await sayLater(place, { key: `handoff-${row.id}-in-${key}`, to, message });
    }
  }
  for (const reader of await concerned(place, [...row.leaving, ...row.coming])) {
    const message = handoffMessage(
      await viewOfHandoff(place.ctx, place.tx, { ...handoff, viewer: reader, names }),
    );
    const to = { person: reader.id };
    await sayLater(place, { key: `handoff-${row.id}-to-${reader.id}`, to, message });
  }
}

async function tellTaken(
  place: Place,
  news: Extract<HandoffNews, { what: 'taken' }>,
  names: Names,
): Promise<void> {
  const { row, hold, by, compiled } = news;
  const rooms = roomsOf(place, compiled);
  if (rooms.length > 0) {
    const message = handoffMessage(
      await viewOfHandoff(place.ctx, place.tx, { ...news, viewer: ANYBODY, names }),
    );
    for (const { key, to } of rooms) {
      const instead = { platform: to.platform, instead: `handoff-${row.id}-in-${key}` };
      await sayLater(place, { key: `handoff-${row.id}-taken-${hold.id}-in-${key}`, to: instead, message });
    }
  }
  const who = nameIn(names, by);
  const name = bold(compiled.schedule.name);
  const told = [hold.heldBy, hold.person].filter((it) => it !== by);
  for (const { id } of await concerned(place, told)) {
    const words = id === hold.heldBy ? 'You are off.' : `It is ${who}’s until its end.`;
    const message = withTone(say([name, `: ${who} has taken the shift. ${words}`]), 'good');
    await sayLater(place, {
      key: `handoff-${row.id}-taken-${hold.id}-to-${id}`,
      to: { person: id },
      message,
    });
  }
}

async function tellLate(
  place: Place,
  news: Extract<HandoffNews, { what: 'late' }>,
  names: Names,
): Promise<void> {
  const { row, hold, paged, compiled } = news;
  const { schedule } = compiled;
  const name = bold(schedule.name);
  const late = span(hold.graceAt.getTime() - row.at.getTime());
  const has = nameIn(names, hold.heldBy);
  const calls = ` ${list(paged.map((it) => nameIn(names, it)))} ${paged.length === 1 ? 'is' : 'are'} paged.`;
  const button: Part = { type: 'buttons', buttons: [takeButton({ schedule, handoff: row.id })] };
  const loud = (words: readonly Inline[], ...parts: Part[]): Message =>
    withTone(say([name, ': ', ...words], ...parts), 'alarm');
  const who = nameIn(names, hold.person);
  const inRoom = [
    person(hold.person, who),
    ` has not taken the shift for ${late}. ${has} still has it.${calls}`,
  ];
  for (const { key, to } of roomsOf(place, compiled)) {
    const message = loud(inRoom, button);
    await sayLater(place, { key: `handoff-${row.id}-late-${hold.id}-in-${key}`, to, message });
  }
  for (const { id } of await concerned(place, [hold.heldBy, hold.person])) {
    const message =
      id === hold.heldBy
        ? loud([`${who} has not taken the shift for ${late}. You still have it.${calls}`])
        : loud([`you have not taken your shift for ${late}. ${has} still has it.${calls}`], button);
    await sayLater(place, { key: `handoff-${row.id}-late-${hold.id}-to-${id}`, to: { person: id }, message });
  }
}

type Reader = Viewer & { readonly id: PersonId };

/** Those of these who are there at all, each once. */
async function concerned({ tx }: Place, people: readonly PersonId[]): Promise<Reader[]> {
  const all = await listPeople(tx);
  return all.filter(({ id, active }) => active && people.includes(id)).map(({ id, role }) => ({ id, role }));
}
