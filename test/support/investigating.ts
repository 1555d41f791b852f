import { onTestFinished } from 'vitest';

import { saveService } from '#src/db/catalogue.ts';
import { saveChanges } from '#src/db/changes.ts';
import type { Db } from '#src/db/schema.ts';
import type { Context } from '#src/engine/context.ts';
import { declare } from '#src/engine/declare.ts';
import type { Severity } from '#src/incident/incident.ts';
import { claude } from '#src/llm/claude.ts';
import type { Verdict } from '#src/llm/investigate-words.ts';

import type { Asked } from './claude/asked.ts';
import { startClaude, type Claude } from './claude/double.ts';
import type { Reply } from './claude/reply.ts';
import { simulated } from './claude/simulated.ts';
import { testDoor } from './model-door.ts';
import type { PlainPlatform } from './plain-platform.ts';

type Hypothesis = Verdict['hypotheses'][number];

/** What a model concludes where it says nothing else: rightly, with one id that it made up. */
export const CONCLUDED: Hypothesis = {
  cause_entity: 'payments-db',
  cause_type: 'config',
  mechanism: 'The pool of payments-db was made too small, so that checkout waits.',
  propagation: ['payments-db', 'checkout'],
  evidence_ids: ['change:github:7', 'alert:invented'],
  counter_evidence_ids: [],
  confidence: 'medium',
  next_check: 'Look whether the pool is full.',
};

const LOOKS: Reply = {
  text: 'Looking.',
  calls: [
    { name: 'get_changes', input: { service: null } },
    { name: 'get_dependencies', input: { service: null } },
  ],
};

interface Model {
  readonly double: Claude;
  readonly door: ReturnType<typeof testDoor>['door'];
  /** How the one that looks for causes answers, from now on; all other tasks are answered by simple rules. */
  readonly looks: (script: {
    readonly turns?: readonly Reply[];
    readonly hypotheses?: readonly Hypothesis[];
  }) => void;
  /** How often it was asked to look, and for a verdict. */
  readonly turns: () => number;
}

/** The double of the API, with the product's own door and provider before it. */
export async function startModel(): Promise<Model> {
  const double = await startClaude();
  onTestFinished(async () => await double.stop());
  const provider = claude({ apiKey: double.key, baseUrl: double.url });
  const { door } = testDoor({ providers: [provider] });
  let turns = 0;
  const looks: Model['looks'] = ({ turns: all = [LOOKS], hypotheses = [CONCLUDED] }) => {
    let at = 0;
    double.replies.always((asked) => {
      if (!isLooking(asked)) return simulated(asked);
      turns += 1;
      if (asked.format) return { json: { hypotheses } };
      at += 1;
      return all[at - 1] ?? { text: 'That is enough.' };
    });
  };
  looks({});
  return { double, door, looks, turns: () => turns };
}

function isLooking({ system }: Asked): boolean {
  return system.includes('You look for the cause of an incident');
}

/** Checkout stands on payments-db, of which the pool was changed four minutes before its alert. Answers the incident's number. */
export async function breakCheckout(ctx: Context, db: Db, severity: Severity = 'P1'): Promise<number> {
  const now = ctx.now();
  const of = { aliases: [], team: null, runbook: null, tier: null };
  await db.transaction().execute(async (tx) => {
    await saveService(tx, { ...of, id: 'payments-db', name: 'payments-db', dependsOn: [] }, now);
    await saveService(tx, { ...of, id: 'checkout', name: 'checkout', dependsOn: ['payments-db'] }, now);
  });
  const change = {
    id: 'github:7',
    source: 'github',
    kind: 'config',
    service: 'payments-db',
    environment: 'production',
    title: 'pool of 5',
    author: 'cy',
    url: null,
    startedAt: new Date(now.getTime() - 240_000),
    endedAt: new Date(now.getTime() - 239_000),
    status: 'succeeded',
    size: 1,
    details: {},
  } as const;
  await saveChanges(db, [change], now);
  const resource = { type: 'service', id: 'checkout', name: 'checkout', metadata: {} };
  const { number } = await declare(ctx, { title: 'Checkout is down', severity, resource });
  return number;
}

/** The one message of the investigation, as it now reads, and what stands below it. */
export function shown(platform: PlainPlatform, number: number) {
  const { messages } = platform.of(number);
  const found = messages.filter(({ key, below }) => key.startsWith('investigation-') && below === null);
  const below = messages.filter((it) => it.below !== null && found.some(({ id }) => id === it.below));
  return { count: found.length, text: found.at(-1)?.text ?? '', below: below.map(({ text }) => text) };
}

/** As after three processes that died under an investigation: it runs, and its job is there. */
export async function diesThreeTimes(ctx: Context, number: number): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    await tx
      .insertInto('investigations')
      .values({
        id: 'cut-off',
        incident: number,
        service: null,
        state: 'running',
        askedBy: JSON.stringify(ctx.actor),
        runs: 3,
        why: null,
        model: null,
        usd: null,
        gradeByPeople: null,
        gradeAtClosure: null,
        createdAt: ctx.now(),
        begunAt: ctx.now(),
        endedAt: null,
      })
      .execute();
    await tx
      .insertInto('timers')
      .values({
        key: `investigate-${number}`,
        kind: 'investigate',
        incident: number,
        dueAt: ctx.now(),
        subject: null,
      })
      .execute();
  });
}
