import type { Place } from '#src/engine/context.ts';
import type { CoverNews, CoverTakenNews, OverrideNews, TellDuty } from '#src/engine/duty.ts';
import type { PersonId } from '#src/incident/person.ts';

import { inPlace, span, takeBack, tell } from './duty-told.ts';
import { marked, say, type Part } from './message.ts';
import { list } from './names.ts';
import { tellSwap } from './swap-tell.ts';

/** Tells people in the chat what others did with their shifts, or ask of them. */
export const tellDuty: TellDuty = async (place, news) => {
  switch (news.kind) {
    case 'overridden':
      return await tellOverridden(place, news);
    case 'override-undone':
      return await tellOverrideUndone(place, news);
    case 'cover-offered':
      return await tellOffered(place, news);
    case 'cover-taken':
      return await tellTaken(place, news);
    case 'cover-declined':
      return await tellDeclined(place, news);
    case 'cover-withdrawn':
      return await inPlace(
        place,
        keyOf(news),
        `${place.ctx.actor.name} keeps the shift and asks you no more.`,
      );
    default:
      return await tellSwap(place, news);
  }
};

async function tellOverridden(
  place: Place,
  { name, override, coming, leaving, names }: OverrideNews,
): Promise<void> {
  const { id, reason } = override;
  const who = place.ctx.actor.name;
  const why = reason === null ? '.' : `: ${reason}.`;
  const back = takeBack('undo-override', { override: id });
  for (const person of coming) {
    const text = [`${who} put you on call for `, ...span(name, override), why];
    await tell(place, person, `override-${id}-${person}`, say(text, back));
  }
  const instead =
    names.length === 0 ? '' : ` ${list(names)} ${names.length === 1 ? 'is' : 'are'} on call then.`;
  for (const person of leaving) {
    const text = [`${who} took you off call for `, ...span(name, override), `${why}${instead}`];
    await tell(place, person, `override-${id}-${person}`, say(text, back));
  }
}

async function tellOverrideUndone(
  place: Place,
  { name, override, coming, leaving }: OverrideNews,
): Promise<void> {
  const key = (person: PersonId) => `override-${override.id}-${person}-back`;
  const back = `${place.ctx.actor.name} took back an override: you are `;
  for (const person of coming) {
    await tell(place, person, key(person), say([`${back}on call for `, ...span(name, override), ' again.']));
  }
  for (const person of leaving) {
    await tell(
      place,
      person,
      key(person),
      say([`${back}not on call for `, ...span(name, override), ' any more.']),
    );
  }
}

async function tellOffered(place: Place, news: CoverNews): Promise<void> {
  const { id, startsAt, endsAt, reason, offeredTo } = news.request;
  if (offeredTo === null) return;
  const part = { start: startsAt, end: endsAt };
  const why = reason === null ? '.' : `: ${reason}.`;
  const text = [`${place.ctx.actor.name} asks you to take the shift of `, ...span(news.name, part), why];
  const args = { request: id };
  const parts: Part[] = [
    {
      type: 'buttons',
      buttons: [
        { label: 'Take it', command: 'take-cover', args, style: 'primary' },
        { label: 'No', command: 'take-cover', args: { ...args, answer: 'no' }, style: 'plain' },
      ],
    },
    { type: 'context', text: marked(`For a part of it: \`take-cover ${id} from 14:00 to 16:00\``) },
  ];
  await tell(place, offeredTo, keyOf(news), say(text, ...parts));
}

async function tellTaken(place: Place, news: CoverTakenNews): Promise<void> {
  const { request, override, name, isRestOpen } = news;
  const rest = isRestOpen ? '. The rest is still yours, and still asked for.' : '.';
  const text = [`${place.ctx.actor.name} takes your shift of `, ...span(name, override), rest];
  const back = takeBack('undo-override', { override: override.id });
  await tell(place, request.person, `${keyOf(news)}-taken`, say(text, back));
  if (request.offeredTo !== null) await inPlace(place, keyOf(news), 'You took that shift.');
}

async function tellDeclined(place: Place, news: CoverNews): Promise<void> {
  const { person, schedule, startsAt, endsAt } = news.request;
  const part = { start: startsAt, end: endsAt };
  const said = `${place.ctx.actor.name} cannot take your shift of `;
  const args = { what: 'me', schedule, from: startsAt.toISOString(), to: endsAt.toISOString() };
  const ask: Part = {
    type: 'buttons',
    buttons: [{ label: 'Ask everybody', command: 'cover', args, style: 'primary' }],
  };
  await tell(
    place,
    person,
    `${keyOf(news)}-declined`,
    say([said, ...span(news.name, part), '. It stays yours.'], ask),
  );
  await inPlace(place, keyOf(news), 'You said no to that shift.');
}

/** What the question to one person is called; in its place stands what became of it. */
function keyOf({ request }: { readonly request: { readonly id: string } }): string {
  return `cover-${request.id}`;
}
