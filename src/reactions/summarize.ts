import { viewOf } from '#src/chat/card-view.ts';
import { isTelling } from '#src/chat/story.ts';
import { toldOf } from '#src/chat/told.ts';
import { eventsOf } from '#src/db/events.ts';
import { findSummary, saveSummary } from '#src/db/summaries.ts';
import { setTimers } from '#src/db/timers.ts';
import { rank } from '#src/incident/incident.ts';
import { summaryTask } from '#src/llm/tasks/summary.ts';

import type { Deps } from './deps.ts';
import { MODEL, PRIORITY, type Reaction } from './reaction.ts';

/** A summary costs money; between two of one incident this much time passes, in which most things happen together. */
const REST_MS = 5 * 60_000;
/** What fits on one screen needs no summary. */
const FEWEST_LINES = 4;

/**
 * Keeps a summary of each incident of P0 to P2 that is worth one, so that it is there when somebody
 * asks. It is never posted by itself.
 */
export const summarize: Reaction<Deps> = {
  name: 'summarize',
  whole: true,
  priority: PRIORITY.enrichment,
  lane: 'summary',
  destination: MODEL,
  on: [
    'incident.acknowledged',
    'incident.started',
    'incident.escalated',
    'incident.resolved',
    'incident.closed',
    'incident.reopened',
    'incident.assigned',
    'incident.severity_changed',
    'incident.edited',
    'incident.noted',
    'incident.update_posted',
    'incident.alerts_joined',
    'incident.alerts_cleared',
  ],
  timers: ['summary'],
  async run({ incident: number, signal }, deps) {
    if (!deps.llm.isOpen) return;
    const { db, now } = deps;
    const events = await eventsOf(db, number);
    const telling = events.filter(isTelling);
    const last = telling.at(-1);
    const kept = await findSummary(db, number);
    if (!last || telling.length < FEWEST_LINES || (kept && kept.upTo >= last.seq)) return;
    if (kept && now().getTime() - kept.madeAt.getTime() < REST_MS) {
      const at = new Date(kept.madeAt.getTime() + REST_MS);
      await db.transaction().execute(async (tx) => {
        await setTimers(tx, [{ kind: 'summary', incident: last.incident, at }]);
      });
      deps.system.committed();
      return;
    }
    const view = await viewOf(db, number, deps.settings.publicUrl, now());
    if (rank(view.incident.severity) > rank('P2')) return;
    const { value, source, model } = await deps.llm.ask(summaryTask, toldOf(view, events), {
      incident: number,
      isPrivate: view.incident.isPrivate,
      priority: 'soon',
      signal,
    });
    if (source === 'rules' || model === null) return;
    await saveSummary(db, { incident: number, upTo: last.seq, madeAt: now(), model, value });
  },
};
