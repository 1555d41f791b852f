import {
  addInvestigation,
  changeInvestigation,
  findInvestigation,
  investigationsOf,
  openInvestigation,
  type InvestigationRow,
  type Judgement,
} from '#src/db/investigations.ts';
import type { Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import { decided, event, type Deciding, type Decision } from '#src/incident/decision.ts';
import type { EventData } from '#src/incident/events.ts';
import { shortName, type Incident } from '#src/incident/incident.ts';

import { change } from './change.ts';
import type { Context } from './context.ts';

/** More than this nobody asks for in one investigation. */
const MOST_NOTES = 20;

/** What came of asking for an investigation. */
export interface Asked {
  /** One was under way already, and now looks there too. */
  readonly isSteered: boolean;
  /** One was under way already, and nothing else was asked for. */
  readonly isKnown: boolean;
}

/**
 * Has the cause of an incident looked into, from `waitMs` milliseconds on. Where that is done already it is told where to
 * look as well: there are never two at once. Throws `too_many` where it was told twenty things.
 */
export async function beginInvestigation(
  ctx: Context,
  number: number,
  { look = null, waitMs = 0 }: { readonly look?: string | null; readonly waitMs?: number } = {},
): Promise<Asked> {
  let asked: Asked = { isSteered: false, isKnown: false };
  await change(ctx, number, async (before, who, tx) => {
    const open = await openInvestigation(tx, number);
    if (open && look === null) {
      asked = { isSteered: false, isKnown: true };
      return nothing(before);
    }
    if (open && look !== null) {
      asked = { isSteered: true, isKnown: true };
      return await steered({ before, who, tx }, open, look);
    }
    const id = ctx.newId();
    const service = before.resource?.name ?? null;
    await addInvestigation(tx, {
      id,
      incident: number,
      service,
      askedBy: ctx.actor,
      notes: look === null ? [] : [look],
      createdAt: who.at,
    });
    const made = told(before, { investigation: id, what: 'asked', text: look }, who);
    const at = new Date(who.at.getTime() + waitMs);
    return { ...made, timers: [...made.timers, { kind: 'investigate', incident: before.number, at }] };
  });
  return asked;
}

/** Ends it before it is done; what was found so far is not told. Throws `not_found` where none is under way. */
export async function stopInvestigation(ctx: Context, number: number): Promise<void> {
  await change(ctx, number, async (before, who, tx) => {
    const open = await openInvestigation(tx, number);
    if (!open) throw new UserError('not_found', `Nobody looks into ${shortName(number)} now.`);
    await changeInvestigation(tx, open.id, { state: 'stopped', endedAt: who.at });
    const made = told(before, { investigation: open.id, what: 'stopped', text: null }, who);
    return { ...made, timers: [...made.timers, { kind: 'investigate', incident: before.number, at: null }] };
  });
}

/**
 * Whether what was taken for the cause is: said by a person, and never overruled by what is counted.
 *
 * @param place of the hypothesis, from 1
 * @throws UserError `not_found` where no cause was named, or none in that place
 */
export async function judgeInvestigation(
  ctx: Context,
  number: number,
  { place, says }: { readonly place: number; readonly says: Judgement },
): Promise<{ readonly cause: string }> {
  let cause = '';
  await change(ctx, number, async (before, who, tx) => {
    const all = await investigationsOf(tx, number);
    const judged = all.find(({ state, hypotheses }) => state === 'done' && hypotheses.length > 0);
    if (!judged) throw new UserError('not_found', `No model named a cause of ${shortName(number)} yet.`);
    const hypothesis = judged.hypotheses[place - 1];
    if (!hypothesis) {
      const most = judged.hypotheses.length;
      throw new UserError('not_found', `There is no cause number ${place}; say a number from 1 to ${most}.`);
    }
    ({ cause } = hypothesis);
    const verdicts = {
      ...judged.verdicts,
      [place]: { says, by: ctx.actor.id, at: who.at.toISOString() },
    };
    await changeInvestigation(tx, judged.id, { verdicts, gradeByPeople: gradeByPeople(verdicts) });
    const text = `number ${place} is ${says === 'partly' ? 'partly right' : says}`;
    return told(before, { investigation: judged.id, what: 'judged', text }, who);
  });
  return { cause };
}

/** What people said, as a grade from 0 to 100: the best of what they said of each. The first being right is worth more than the others. */
export function gradeByPeople(verdicts: Readonly<Record<string, { readonly says: Judgement }>>): number {
  const grades = Object.entries(verdicts).map(([place, { says }]) => {
    if (says === 'wrong') return 0;
    if (says === 'right') return place === '1' ? 100 : 65;
    return place === '1' ? 65 : 35;
  });
  return Math.max(0, ...grades);
}

/** What an investigation ended with. */
export type Ending = Pick<InvestigationRow, 'hypotheses' | 'cited' | 'why' | 'model' | 'tokens' | 'usd'> & {
  readonly state: 'done' | 'failed';
};

/** Writes down what a run found. False where it was stopped meanwhile, or somebody else runs it. */
export async function endInvestigation(
  ctx: Context,
  { id, incident, runs }: Pick<InvestigationRow, 'id' | 'incident' | 'runs'>,
  ending: Ending,
): Promise<boolean> {
  let isEnded = false;
  await change(ctx, incident, async (before, who, tx) => {
    const within = ['running'] as const;
    isEnded = await changeInvestigation(tx, id, { ...ending, endedAt: who.at }, { within, run: runs });
    if (!isEnded) return nothing(before);
    return told(before, { investigation: id, what: 'ended', text: endWords(ending) }, who);
  });
  return isEnded;
}

/** Holds what was named against what people wrote down at the end; a grade that is there already is replaced. */
export async function gradeInvestigation(ctx: Context, id: string, grade: number | null): Promise<void> {
  const known = await findInvestigation(ctx.db, id);
  if (!known || known.gradeAtClosure === grade) return;
  await changeInvestigation(ctx.db, id, { gradeAtClosure: grade });
}

function endWords({ state, hypotheses, why }: Ending): string {
  if (state === 'failed') return why ?? 'no model answered';
  if (hypotheses.length === 0) return 'the cause is unknown';
  return hypotheses.length === 1 ? '1 probable cause' : `${hypotheses.length} probable causes`;
}

interface Under {
  readonly before: Incident;
  readonly who: Deciding;
  readonly tx: Tx;
}

async function steered({ before, who, tx }: Under, open: InvestigationRow, look: string): Promise<Decision> {
  if (open.notes.length >= MOST_NOTES) {
    throw new UserError('too_many', 'It was told to look at so many things already; wait for what it finds.');
  }
  await changeInvestigation(tx, open.id, { notes: [...open.notes, look] });
  return told(before, { investigation: open.id, what: 'steered', text: look }, who);
}

function nothing(incident: Incident): Decision {
  return { incident, events: [], timers: [] };
}

function told(incident: Incident, data: EventData['incident.investigated'], who: Deciding): Decision {
  return decided(incident, [event(incident, 'incident.investigated', data, who)], who);
}
