import { viewAt } from '#src/chat/look.ts';
import { draftIsReady } from '#src/chat/post-mortem.ts';
import { toldOf } from '#src/chat/told.ts';
import { eventsOf } from '#src/db/events.ts';
import type { PostMortemDraftRow } from '#src/db/schema-summaries.ts';
import { findDraft, saveDraft } from '#src/db/summaries.ts';
import { sayLater } from '#src/engine/say.ts';
import type { PersonId } from '#src/incident/person.ts';
import { postMortemTask } from '#src/llm/tasks/post-mortem.ts';

import type { Deps } from './deps.ts';
import { MODEL, PRIORITY, type Reaction } from './reaction.ts';

/**
 * Drafts a post-mortem that somebody asked for, the subject of the timer, and tells them when it is there. One that
 * was drafted since they asked, because somebody else did too, is theirs as well.
 */
export const draftPostMortem: Reaction<Deps> = {
  name: 'draft-post-mortem',
  priority: PRIORITY.enrichment,
  lane: 'post-mortem',
  destination: MODEL,
  deadlineMs: postMortemTask.deadlineMs + 30_000,
  on: [],
  timers: ['post-mortem'],
  async run({ incident: number, timer, signal }, deps) {
    const { db, now, system } = deps;
    const kept = await findDraft(db, number);
    if (!kept || !timer) return;
    const events = await eventsOf(db, number);
    const view = await viewAt(deps, number);
    const made = madeSince(kept, timer.dueAt);
    const answer =
      made ??
      (await deps.llm.ask(postMortemTask, toldOf(view, events), {
        incident: number,
        isPrivate: view.incident.isPrivate,
        priority: 'later',
        signal,
      }));
    await db.transaction().execute(async (tx) => {
      if (!made) await saveDraft(tx, number, { value: answer.value, model: answer.model, at: now() });
      if (timer.subject === undefined) return;
      await sayLater(
        { ctx: system, tx },
        {
          key: `post-mortem-${number}-${timer.subject}-${timer.dueAt.getTime()}`,
          to: { person: timer.subject as PersonId },
          message: draftIsReady(view, answer),
        },
      );
    });
    system.committed();
  },
};

function madeSince({ value, model, madeAt }: PostMortemDraftRow, asked: Date) {
  if (value === null || madeAt === null || madeAt < asked) return null;
  return { value, source: model === null ? 'rules' : 'model', model, why: null } as const;
}
