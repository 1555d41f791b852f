import { understand } from '#src/chat/ask.ts';
import { migrate } from '#src/db/migrate.ts';
import { openDatabase } from '#src/db/open.ts';
import { namesFor } from '#src/db/question-names.ts';
import { answerQuestion, type QuestionAnswer } from '#src/db/questions.ts';
import type { Db } from '#src/db/schema.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { Door } from '#src/llm/door.ts';
import { readQuestion } from '#src/questions/grammar.ts';
import type { Vocabulary } from '#src/questions/names.ts';
import type { QuerySpec } from '#src/questions/spec.ts';
import { makeTemporaryFolder, removeFolder } from '#test/support/temporary.ts';

import { isRight, shown } from './questions/compare.ts';
import { fill } from './questions/fill.ts';
import { questionsOf, type Question } from './questions/generate.ts';
import { ASKER, makeStore, NOW, ZONE } from './questions/store.ts';
import { UNANSWERABLE } from './questions/unanswerable.ts';
import type { Say } from './rows.ts';

/** Asks every question of the rules over a store in a built-in database, and compares with what was counted without them. */
export async function questions(
  _: string | undefined,
  say: Say,
  llm?: Door,
): Promise<Record<string, unknown>> {
  const folder = makeTemporaryFolder();
  const opened = await openDatabase({ dataDir: folder });
  try {
    await migrate(opened.db);
    return await measure(opened.db, say, questionsOf(), llm);
  } finally {
    await opened.close();
    removeFolder(folder);
  }
}

/** The same over a database that is migrated and empty. */
export async function measure(db: Db, say: Say, asked = questionsOf(), llm?: Door): Promise<Figures> {
  const store = makeStore();
  await fill(db, store);
  const vocabulary = { names: await namesFor(db, VIEWER), me: ASKER };
  const counts = { answered: 0, wrong: 0 };
  for (const question of asked) {
    const outcome = await ask(db, question, vocabulary, llm);
    if (outcome.type === 'refused') say(`refused: ${question.text} (${outcome.why})`);
    else counts.answered += 1;
    if (outcome.type === 'answered' && !isRight(outcome.answer, outcome.spec, question.right(store))) {
      counts.wrong += 1;
      say(`wrong: ${question.text}: ${shown(outcome.answer)}, by ${JSON.stringify(outcome.spec)}`);
    }
  }
  const taken = UNANSWERABLE.filter((it) => readQuestion(it, vocabulary).ok);
  for (const text of taken) say(`wrongly answered: ${text}`);
  return {
    questions: asked.length,
    answered: counts.answered,
    wrong: counts.wrong + taken.length,
    unanswerable: UNANSWERABLE.length,
    refused: UNANSWERABLE.length - taken.length,
  };
}

interface Figures extends Record<string, unknown> {
  readonly questions: number;
  readonly answered: number;
  /** Among the answered, and those that should have been refused. */
  readonly wrong: number;
  /** Questions without an answer, and how many of them were refused. */
  readonly unanswerable: number;
  readonly refused: number;
}

const VIEWER = { id: ASKER as PersonId, role: 'responder' } as const;

type Outcome =
  | { readonly type: 'refused'; readonly why: string }
  | { readonly type: 'answered'; readonly answer: QuestionAnswer; readonly spec: QuerySpec };

async function ask(
  db: Db,
  { text }: Question,
  vocabulary: Vocabulary,
  llm: Door | undefined,
): Promise<Outcome> {
  const reading = llm
    ? await understand({ db, now: () => NOW, person: null, role: VIEWER.role, llm }, text)
    : readQuestion(text, vocabulary);
  if (!reading.ok) return { type: 'refused', why: reading.why };
  const answer = await answerQuestion(db, reading.spec, { viewer: VIEWER, now: NOW, timeZone: ZONE });
  return { type: 'answered', answer, spec: reading.spec };
}
