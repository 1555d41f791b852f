import { findIncident } from '#src/db/incidents.ts';
import { begunByItself, investigationsOf } from '#src/db/investigations.ts';
import { beginInvestigation, gradeInvestigation } from '#src/engine/investigations.ts';
import { isOpen, rank } from '#src/incident/incident.ts';
import { gradeOf } from '#src/llm/investigate-grade.ts';
import type { Looking } from '#src/llm/investigate-settings.ts';

import type { Deps } from './deps.ts';
import { PRIORITY, type Reaction } from './reaction.ts';

/** The first alert is seldom the only one: what comes with it is there after this. Milliseconds. */
const WAIT_MS = 30_000;

/** In a storm the first few are looked into, and the others where somebody asks: it costs money, and the room is busy. */
const MOST = 3;
const WITHIN_MS = 10 * 60_000;

/** Looks for the cause of P0 and P1 incidents without being asked, once each, where a model is set up. */
export function beginBySeverity({ mode }: Looking): Reaction<Deps> {
  return {
    name: 'begin-investigation',
    whole: true,
    on: ['incident.declared', 'incident.severity_changed'],
    priority: PRIORITY.enrichment,
    async run({ incident: number }, { llm, db, now, system }) {
      if (mode !== 'auto' || !llm.isOpen) return;
      const incident = await findIncident(db, number);
      if (!isOpen(incident) || rank(incident.severity) > rank('P1')) return;
      const before = await investigationsOf(db, number);
      if (before.length > 0) return;
      if ((await begunByItself(db, new Date(now().getTime() - WITHIN_MS))) >= MOST) return;
      await beginInvestigation(system, number, { waitMs: WAIT_MS });
    },
  };
}

/** Holds what was taken for the cause against what people wrote down when it was over. */
export const gradeAtClosure: Reaction<Deps> = {
  name: 'grade-investigation',
  whole: true,
  on: ['incident.resolved', 'incident.closed', 'incident.investigated'],
  priority: PRIORITY.tidying,
  async run({ incident: number }, { db, system }) {
    const incident = await findIncident(db, number);
    if (isOpen(incident)) return;
    for (const { id, state, hypotheses } of await investigationsOf(db, number)) {
      if (state !== 'done') continue;
      await gradeInvestigation(system, id, gradeOf(incident.resolution?.rootCause ?? null, hypotheses));
    }
  },
};
