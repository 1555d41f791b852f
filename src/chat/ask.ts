import { namesFor } from '#src/db/question-names.ts';
import { answerQuestion, type QuestionAnswer } from '#src/db/questions.ts';
import type { Context } from '#src/engine/context.ts';
import type { Person, Role } from '#src/incident/person.ts';
import { cleanLine } from '#src/incident/text.ts';
import type { AnswerSource, Door } from '#src/llm/door.ts';
import { questionTask, type QuestionInput } from '#src/llm/tasks/question.ts';
import { readQuestion } from '#src/questions/grammar.ts';
import type { Name } from '#src/questions/names.ts';
import { subjectOf, type QuerySpec } from '#src/questions/spec.ts';
import { spanOf, type Span } from '#src/questions/time.ts';
import { wordsFor } from '#src/questions/words.ts';

import { watches, type Watch } from './look-on-call.ts';

/** Who asks, and what is needed to answer. */
export interface Asking extends Pick<Context, 'db' | 'now'> {
  readonly person: Person | null;
  readonly role: Role;
  /** Left out, only rules read the question. */
  readonly llm?: Door;
}

/** The longest question. */
export const QUESTION_MAX = 500;

/** Who made a query of a question. `given`: nobody; it was asked before. */
export interface ReadBy {
  readonly source: AnswerSource | 'given';
  readonly model: string | null;
}

/** A question as it was understood. */
export type Understood =
  | {
      readonly ok: true;
      readonly question: string;
      readonly spec: QuerySpec;
      readonly by: ReadBy;
      /** What was read as something else than it was typed. */
      readonly notes: readonly string[];
    }
  | {
      readonly ok: false;
      readonly question: string;
      readonly why: string;
      /** What can be asked in its place. */
      readonly instead: readonly string[];
      readonly by: ReadBy;
    };

/** An answered question, with all that is shown of it. */
export interface Answered {
  readonly question: string;
  readonly spec: QuerySpec;
  readonly by: ReadBy;
  readonly notes: readonly string[];
  /** The query in words. */
  readonly words: string;
  readonly names: readonly Name[];
  /** What its time is now. */
  readonly span: Span;
  readonly answer: QuestionAnswer;
  /** Who is on call, where that was asked. */
  readonly watches: readonly Watch[];
}

/** Reads a question: by rules, and where they cannot, by a model, which sees the question and what exists, and never a row. */
export async function understand(asking: Asking, text: string): Promise<Understood> {
  const question = cleanLine(text, QUESTION_MAX);
  const me = asking.person?.id ?? null;
  const read = readQuestion(question, { names: await namesFor(asking.db, viewerOf(asking)), me });
  const rules = { source: 'rules', model: null } as const;
  if (read.ok) return { ...read, question, by: rules };
  const asked = asking.llm?.isOpen ? await askModel(asking.llm, asking, question) : null;
  if (asked?.value.spec) {
    const { source, model, value } = asked;
    const spec = value.spec;
    if (spec) return { ok: true, question, spec, by: { source, model }, notes: [] };
  }
  const isByModel = asked !== null && asked.source !== 'rules' && asked.value.why !== '';
  return {
    ok: false,
    question,
    why: isByModel ? cleanLine(asked.value.why, 300) : read.why,
    instead: read.instead,
    by: isByModel ? { source: asked.source, model: asked.model } : rules,
  };
}

/** Names that belong to private incidents are not sent to it, whoever asks. */
async function askModel(llm: Door, { db, now, person }: Asking, question: string) {
  const names = await namesFor(db, { id: null, role: 'viewer' });
  const input: QuestionInput = {
    question,
    today: dayIn(now(), person?.timezone),
    names,
    me: person?.id ?? null,
  };
  const answer = await llm.ask(questionTask, input, { incident: null, isPrivate: false, priority: 'asked' });
  // The door has checked this; what decides which rows are shown is checked where it is used.
  const fault = questionTask.fault?.(answer.value, input) ?? null;
  return fault === null ? answer : { ...answer, value: { spec: null, why: '' } };
}

/** `2026-03-18, Wednesday`. */
function dayIn(now: Date, timeZone = 'UTC'): string {
  const of = (options: Intl.DateTimeFormatOptions) => {
    try {
      return new Intl.DateTimeFormat('en-CA', { ...options, timeZone }).format(now);
    } catch {
      return new Intl.DateTimeFormat('en-CA', { ...options, timeZone: 'UTC' }).format(now);
    }
  };
  return `${of({ year: 'numeric', month: '2-digit', day: '2-digit' })}, ${of({ weekday: 'long' })}`;
}

/**
 * Answers a query with what the asker may see. Where others read the answer too (`isPublic`), private incidents
 * are left out for everybody. `behind`: how many incidents are shown beside a number.
 * Throws UserError.
 */
export async function answerFor(
  asking: Asking,
  { question, spec, by, notes }: Extract<Understood, { ok: true }>,
  { isPublic = false, behind }: { readonly isPublic?: boolean; readonly behind?: number } = {},
): Promise<Answered> {
  const viewer = isPublic ? ({ id: null, role: 'viewer' } as const) : viewerOf(asking);
  const timeZone = asking.person?.timezone ?? 'UTC';
  const now = asking.now();
  const asker = { viewer, now, timeZone, ...(behind === undefined ? {} : { behind }) };
  const names = await namesFor(asking.db, viewer);
  const isOnCall = subjectOf(spec.metric) === 'on-call';
  return {
    question,
    spec,
    by,
    notes,
    words: wordsFor(spec, { names }),
    names,
    span: spanOf(spec.time, now, timeZone),
    answer: isOnCall ? NOTHING : await answerQuestion(asking.db, spec, asker),
    watches: isOnCall ? await onCall(asking, spec) : [],
  };
}

const NOTHING: QuestionAnswer = { rows: [], incidents: [], total: 0 };

async function onCall(asking: Asking, { filters, limit }: QuerySpec): Promise<readonly Watch[]> {
  const named = filters.flatMap(({ values }) => values);
  const { watches: all } = await watches(asking, {
    only: named.length === 1 ? named[0] : undefined,
    limit: 100,
  });
  const wanted = named.length === 0 ? all : all.filter(({ schedule }) => named.includes(schedule.id));
  return wanted.slice(0, limit);
}

function viewerOf({ person, role }: Asking) {
  return { id: person?.id ?? null, role };
}
