import { findSummary } from '#src/db/summaries.ts';
import type { LoggedEvent } from '#src/incident/events.ts';
import type { Answer } from '#src/llm/door.ts';
import { catchUpTask, type CatchUp } from '#src/llm/tasks/catch-up.ts';
import { summaryTask } from '#src/llm/tasks/summary.ts';

import type { View } from './card-view.ts';
import type { CommandContext } from './command.ts';
import type { Message } from './message.ts';
import { isTelling } from './story.ts';
import { summary } from './summary.ts';
import { toldOf } from './told.ts';

/** Somebody waits, and rules have an answer: a model has no longer than this. */
const PATIENCE_MS = 10_000;

type Asking = Pick<CommandContext, 'db' | 'llm'>;

/** The summary that was kept up to date, with what happened since; where there is none yet it is written now. */
export async function summaryOf(
  { db, llm }: Asking,
  view: View,
  events: readonly LoggedEvent[],
): Promise<Message> {
  const { number, isPrivate } = view.incident;
  const kept = await findSummary(db, number);
  if (kept) {
    return summary(view, events, { ...kept, source: 'model', why: null });
  }
  if (!llm.isOpen) return summary(view, events);
  const answer = await llm.ask(summaryTask, toldOf(view, events), asked(number, isPrivate));
  const upTo = events.at(-1)?.seq ?? 0;
  return summary(view, events, answer.source === 'rules' ? undefined : { ...answer, upTo });
}

/** What changed after the event `seen`, as a model puts it; nothing new is asked of nobody. */
export async function changedSince(
  { llm }: Asking,
  view: View,
  events: readonly LoggedEvent[],
  seen: number,
): Promise<Answer<CatchUp>> {
  const input = { told: toldOf(view, events), seen };
  const isNews = events.some((event) => event.seq > seen && isTelling(event));
  if (isNews) return await llm.ask(catchUpTask, input, asked(view.incident.number, view.incident.isPrivate));
  return { value: catchUpTask.fallback(input), source: 'rules', model: null, why: null, call: null };
}

/** Of one incident, for somebody who waits. */
export function asked(incident: number, isPrivate: boolean) {
  return { incident, isPrivate, priority: 'asked', deadlineMs: PATIENCE_MS } as const;
}
