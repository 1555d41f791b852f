import { lookInto } from '#src/chat/look-investigation.ts';
import { findIncident } from '#src/db/incidents.ts';
import {
  addSteps,
  changeInvestigation,
  openInvestigation,
  takeUpInvestigation,
  type InvestigationRow,
} from '#src/db/investigations.ts';
import { endInvestigation, type Ending } from '#src/engine/investigations.ts';
import { UserError } from '#src/errors.ts';
import type { Incident } from '#src/incident/incident.ts';
import type { Looking } from '#src/llm/investigate-settings.ts';
import {
  INVESTIGATION_LIMITS,
  investigate,
  type Investigated,
  type Investigation,
  type InvestigationLimits,
} from '#src/llm/investigate.ts';
import { TOOLS } from '#src/llm/tools/index.ts';
import type { Finding } from '#src/llm/tools/sight.ts';

import type { Deps } from './deps.ts';
import { SHOW_INVESTIGATION } from './investigate-show.ts';
import { nameOn } from './on-platform.ts';
import { MODEL, PRIORITY, type Reaction } from './reaction.ts';

/** So often a run may be cut off before nobody begins it again. */
const MOST_RUNS = 3;
/** Milliseconds that the verdict may take after the looking is over. */
const VERDICT_MS = 90_000;

/**
 * Has a model look into an incident that somebody, or its severity, asked it to. It is begun again where the program
 * died under it, ends with words where that happens again and again, and nothing waits for it. Where no model
 * answers, what rules say stands alone.
 */
export function investigateBy(
  looking: Looking,
  limits: InvestigationLimits = INVESTIGATION_LIMITS,
): Reaction<Deps> {
  return {
    name: 'investigate',
    on: [],
    timers: ['investigate'],
    priority: PRIORITY.enrichment,
    destination: MODEL,
    lane: 'investigate',
    deadlineMs: limits.ms + 2 * VERDICT_MS,
    async run({ incident: number, signal }, deps) {
      const open = await openInvestigation(deps.db, number);
      const row = open && (await takeUpInvestigation(deps.db, open.id, deps.now()));
      if (!row) return;
      try {
        await lookAndEnd(row, { looking, limits, signal, deps });
      } catch (error) {
        // What will not be tried again must not look as if it still ran: nobody could have it looked for any more.
        const isLast = row.runs >= MOST_RUNS || error instanceof UserError;
        if (isLast && !signal.aborted) await endInvestigation(deps.system, row, withoutModel('it broke off'));
        throw error;
      }
    },
  };
}

interface Running {
  readonly looking: Looking;
  readonly limits: InvestigationLimits;
  readonly signal: AbortSignal;
  readonly deps: Deps;
}

async function lookAndEnd(row: InvestigationRow, it: Running): Promise<void> {
  const { deps, signal, looking } = it;
  const { db, system } = deps;
  const incident = await findIncident(db, row.incident);
  const looked = await lookInto(system, incident);
  await changeInvestigation(db, row.id, { rules: looked.rules }, { run: row.runs });
  if (row.runs > MOST_RUNS) {
    await endInvestigation(system, row, withoutModel('it was cut off again and again'));
    return;
  }
  if (looking.mode === 'off') {
    await endInvestigation(system, row, withoutModel('looking by a model is switched off (INVESTIGATE)'));
    return;
  }
  await show(deps, row.incident);
  const found = await investigate(asked(row, incident, looked, it));
  // Whoever takes it up again begins anew: what the model knew is gone with this run.
  signal.throwIfAborted();
  if (found.end === 'stopped') return;
  await endInvestigation(system, row, endingOf(found));
}

function asked(
  row: InvestigationRow,
  incident: Incident,
  { sight, window, brief }: Awaited<ReturnType<typeof lookInto>>,
  { looking, limits, signal, deps }: Running,
): Investigation {
  const until = AbortSignal.any([signal, AbortSignal.timeout(limits.ms + VERDICT_MS)]);
  return {
    door: deps.llm,
    about: {
      incident: row.incident,
      isPrivate: incident.isPrivate,
      priority: row.askedBy.type === 'user' ? 'asked' : 'soon',
      deadlineMs: limits.ms + VERDICT_MS,
      signal: until,
    },
    tools: TOOLS,
    scope: { window, sight, outside: looking.outside, signal: until },
    brief: { ...brief, notes: row.notes },
    limits,
    now: deps.now,
    watch: {
      async looked(steps) {
        const rows = steps.map(({ at, ...step }) => ({ ...step, at: at.toISOString() }));
        const notes = await addSteps(deps.db, row, rows);
        if (notes !== null) await show(deps, row.incident);
        return notes;
      },
    },
  };
}

/** What it shows by now is shown on every platform. */
async function show({ chat, ask }: Deps, incident: number): Promise<void> {
  for (const platform of chat) await ask(nameOn(platform, SHOW_INVESTIGATION), [incident]);
}

function endingOf(found: Exclude<Investigated, { end: 'stopped' }>): Ending {
  if (found.end === 'none') return withoutModel(found.why, found.used);
  const { hypotheses, cited, used } = found;
  const { model, tokens, usd } = used;
  return { state: 'done', hypotheses, cited: cited.map(stored), why: null, model, tokens, usd };
}

function withoutModel(why: string, used?: Investigated['used']): Ending {
  const { model = null, tokens = 0, usd = null } = used ?? {};
  return { state: 'failed', hypotheses: [], cited: [], why, model, tokens, usd };
}

function stored({ at, ...it }: Finding) {
  return { ...it, at: at?.toISOString() ?? null };
}
