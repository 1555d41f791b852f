import type { LoggedEvent } from '#src/incident/events.ts';
import { shortName } from '#src/incident/incident.ts';
import type { Answer } from '#src/llm/door.ts';
import type { CatchUp } from '#src/llm/tasks/catch-up.ts';

import { byWhom, RULES_ALONE } from './by-whom.ts';
import type { View } from './card-view.ts';
import { toneOf } from './card.ts';
import { bold, type Message } from './message.ts';
import { count, titleOf } from './names.ts';
import { foldAlerts, shortStory } from './story.ts';
import { listed, nextSteps, pointLines, stateOf } from './summary.ts';

/** The most lines of what changed. */
const LINES = 20;

/**
 * What changed since somebody last looked. `seenSeq` is the last event they were
 * shown, 0 where they never looked; `events` is the whole timeline. `answer` is what was written
 * of it; where rules wrote it the lines themselves say more.
 */
export function catchup(
  view: View,
  events: readonly LoggedEvent[],
  seenSeq: number,
  answer?: Omit<Answer<CatchUp>, 'call'>,
): Message {
  const { incident, names } = view;
  const fresh = events.filter(({ seq }) => seq > seenSeq);
  const text = opening(events, fresh);
  return {
    parts: [
      { type: 'heading', text: titleOf(incident) },
      { type: 'text', text },
      ...(answer === undefined || answer.source === 'rules'
        ? listed(shortStory(fresh, names, LINES))
        : [
            { type: 'text', text: answer.value.headline } as const,
            ...listed(pointLines(answer.value.points, events)),
          ]),
      { type: 'text', text: [bold('Now: '), stateOf(view, events)] },
      { type: 'list', items: nextSteps(view).slice(0, 2) },
      { type: 'context', text: `Only you see this. ${byWhom(answer ?? RULES_ALONE)}` },
    ],
    summary: `${shortName(incident.number)}: ${text}`,
    tone: toneOf(incident),
  };
}

function opening(events: readonly LoggedEvent[], fresh: readonly LoggedEvent[]): string {
  const isFirst = fresh.length === events.length;
  const things = count(foldAlerts(fresh).length, 'thing');
  if (isFirst) return `You have not looked at it before. So far, ${things} happened:`;
  return fresh.length === 0
    ? 'Nothing has changed since you last looked.'
    : `Since you last looked, ${things} happened:`;
}
