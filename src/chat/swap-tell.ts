import type { SwapRequest } from '#src/db/swaps.ts';
import type { Place } from '#src/engine/context.ts';
import type { Stretch, SwapAskedNews, SwapNews } from '#src/engine/duty.ts';
import { clock } from '#src/paging/words.ts';

import { inPlace, span, takeBack, tell } from './duty-told.ts';
import { moment, say, type Inline, type Part } from './message.ts';

/** Tells those two people whom a swap is about. */
export async function tellSwap(place: Place, news: SwapAskedNews | SwapNews): Promise<void> {
  const by = place.ctx.actor.name;
  switch (news.kind) {
    case 'swap-asked':
      return await tellAsked(place, news);
    case 'swap-agreed':
      await tellAgreed(place, news);
      return await inPlace(place, keyOf(news.request), 'You swapped those shifts.');
    case 'swap-declined':
      await tellDeclined(place, news);
      return await inPlace(place, keyOf(news.request), 'You said no to that swap.');
    case 'swap-countered':
      return await inPlace(place, keyOf(news.request), 'You offered another shift instead.');
    case 'swap-withdrawn':
      return await inPlace(place, keyOf(news.request), `${by} does not ask for that swap any more.`);
    case 'swap-undone':
      return await tellUndone(place, news);
  }
}

/** Who is asked hears who gives what for what, and can agree, refuse, or offer another of their shifts. */
async function tellAsked(place: Place, { request, name, offers }: SwapAskedNews): Promise<void> {
  const { id, other } = request;
  const text: Inline[] = [
    `${place.ctx.actor.name} asks you to swap: you take their shift of `,
    ...span(name, first(request)),
    ', and they take yours',
    ...times(second(request)),
    '. Nothing changes until you agree.',
  ];
  const args = { request: id };
  const parts: Part[] = [
    {
      type: 'buttons',
      buttons: [
        { label: 'Swap', command: 'answer-swap', args: { ...args, answer: 'yes' }, style: 'primary' },
        { label: 'No', command: 'answer-swap', args: { ...args, answer: 'no' }, style: 'plain' },
      ],
    },
  ];
  if (offers.length > 0) {
    const options = offers.map(({ start, end }) => ({
      label: `${clock(start)} to ${clock(end)}`,
      value: start.toISOString(),
    }));
    const label = 'Offer another of your shifts';
    parts.push({
      type: 'select',
      select: { label, command: 'answer-swap', args: { ...args, answer: 'instead' }, arg: 'shift', options },
    });
  }
  await tell(place, other, keyOf(request), say(text, ...parts));
}

async function tellAgreed(place: Place, { request, name }: SwapNews): Promise<void> {
  const { name: who } = place.ctx.actor;
  const text: Inline[] = [
    `${who} swaps with you: you are on call for `,
    ...span(name, second(request)),
    `, and ${who}`,
    ...times(first(request)),
    '.',
  ];
  const back = takeBack('answer-swap', { request: request.id, answer: 'back' });
  await tell(place, request.person, `${keyOf(request)}-agreed`, say(text, back));
}

async function tellDeclined(place: Place, { request, name }: SwapNews): Promise<void> {
  const said = `${place.ctx.actor.name} does not swap with you. You keep your shift of `;
  await tell(
    place,
    request.person,
    `${keyOf(request)}-declined`,
    say([said, ...span(name, first(request)), '.']),
  );
}

async function tellUndone(place: Place, { request, name }: SwapNews): Promise<void> {
  const { person, other } = request;
  for (const it of [person, other]) {
    const own = it === person ? first(request) : second(request);
    const text = [`${place.ctx.actor.name} took back your swap: you have `, ...span(name, own), ' again.'];
    await tell(place, it, `${keyOf(request)}-undone`, say(text));
  }
}

/** What the question is called; in its place stands what became of it. */
function keyOf({ id }: SwapRequest): string {
  return `swap-${id}`;
}

/** What the one who asks gives. */
function first({ startsAt, endsAt }: SwapRequest): Stretch {
  return { start: startsAt, end: endsAt };
}

/** What is wanted for it. */
function second({ otherStartsAt, otherEndsAt }: SwapRequest): Stretch {
  return { start: otherStartsAt, end: otherEndsAt };
}

function times({ start, end }: Stretch): Inline[] {
  return [' from ', moment(start), ' to ', moment(end)];
}
