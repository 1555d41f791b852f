import { viewOf } from '#src/chat/card-view.ts';
import { namesIn } from '#src/chat/card-view.ts';
import { draftIsReady } from '#src/chat/post-mortem.ts';
import { toldOf } from '#src/chat/told.ts';
import { eventsOf } from '#src/db/events.ts';
import { findDraft, saveDraft } from '#src/db/summaries.ts';
import { sayLater } from '#src/engine/say.ts';
import { postMortemTask } from '#src/llm/tasks/post-mortem.ts';

import type { Deps } from './deps.ts';
import { MODEL, PRIORITY, type Reaction } from './reaction.ts';

/** Drafts a post-mortem that somebody asked for, and tells them when it is there. */
export const draftPostMortem: Reaction<Deps> = {
  name: 'draft-post-mortem',
  priority: PRIORITY.enrichment,
  lane: 'post-mortem',
  destination: MODEL,
  deadlineMs: postMortemTask.deadlineMs + 30_000,
  on: [],
  timers: ['post-mortem'],
  async run({ incident: number, signal }, deps) {
    const { db, now, system } = deps;
    const wanted = await findDraft(db, number);
    if (!wanted || (wanted.madeAt && wanted.madeAt >= wanted.askedAt)) return;
    const events = await eventsOf(db, number);
    const view = {
      ...(await viewOf(db, number, deps.settings.publicUrl, now())),
      names: await namesIn(db),
    };
    const answer = await deps.llm.ask(postMortemTask, toldOf(view, events), {
      incident: number,
      isPrivate: view.incident.isPrivate,
      priority: 'later',
      signal,
    });
    await db.transaction().execute(async (tx) => {
      await saveDraft(tx, number, { value: answer.value, model: answer.model, at: now() });
      if (wanted.askedBy === null) return;
      await sayLater(
        { ctx: system, tx },
        {
          key: `post-mortem-${number}-${wanted.askedAt.getTime()}`,
          to: { person: wanted.askedBy },
          message: draftIsReady(view, answer),
        },
      );
    });
    system.committed();
  },
};
