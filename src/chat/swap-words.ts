import type { SwapRequest } from '#src/db/swaps.ts';

import { bold, moment, type Inline, type Part } from './message.ts';

/** What whoever asks to swap is told: who is asked, what for what, and how to take it back. */
export function askedToSwap(
  { id, startsAt, endsAt, otherStartsAt, otherEndsAt }: SwapRequest,
  who: string,
  schedule: string,
): [Inline[], Part] {
  const text = [
    `${who} is asked to swap: they take your shift of `,
    bold(schedule),
    ' from ',
    moment(startsAt),
    ' to ',
    moment(endsAt),
    ', and you take theirs from ',
    moment(otherStartsAt),
    ' to ',
    moment(otherEndsAt),
    '. Nothing changes until they agree.',
  ];
  const args = { request: id, answer: 'back' };
  return [
    text,
    { type: 'buttons', buttons: [{ label: 'Take it back', command: 'answer-swap', args, style: 'plain' }] },
  ];
}
