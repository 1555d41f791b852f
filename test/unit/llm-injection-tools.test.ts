import { expect, it, onTestFinished } from 'vitest';

import { investigationMessage } from '#src/chat/investigation-message.ts';
import type { InvestigationRow } from '#src/db/investigations.ts';
import { SYSTEM } from '#src/incident/person.ts';
import type { Verdict } from '#src/llm/investigate-words.ts';
import { INVESTIGATION_LIMITS, investigate, type Investigated, type Step } from '#src/llm/investigate.ts';
import { TOOLS } from '#src/llm/tools/index.ts';
import type { Finding, Sight } from '#src/llm/tools/sight.ts';
import { hostileDoor, liveWords } from '#test/support/attacked.ts';
import { ATTACKS, type Attack } from '#test/support/attacks.ts';
import { startClaude } from '#test/support/claude/double.ts';
import { obedient } from '#test/support/claude/obedient.ts';
import type { Reply } from '#test/support/claude/reply.ts';
import { aliveIn } from '#test/support/drawn-everywhere.ts';
import { at, FINDINGS, ONSET, scopeOf } from '#test/support/tools/seen.ts';

const OURS = new Set(TOOLS.map(({ name }) => name));

it('whatever stands in what its tools read, a model that obeys it does nothing, mentions nobody and leads nowhere', async () => {
  const claude = await startClaude();
  onTestFinished(async () => await claude.stop());
  let isCunning = false;
  claude.replies.always((asked) => (isCunning ? proving(obedient(asked)) : obedient(asked)));
  const door = hostileDoor(claude);
  const attacks = ATTACKS.filter((_, index) => index % 3 === 0);
  expect(attacks.length).toBeGreaterThanOrEqual(60);
  const counts = { done: 0, refused: 0, believed: 0, dropped: 0 };
  for (const [index, attack] of attacks.entries()) {
    isCunning = index % 2 === 1;
    const { found, steps } = await looked(door, attack);
    expect(steps.filter(({ tool }) => !OURS.has(tool)).every(isRefused)).toBe(true);
    counts.refused += steps.filter(isRefused).length;
    if (found.end !== 'done') continue;
    counts.done += 1;
    counts.believed += found.hypotheses.length;
    counts.dropped += found.dropped;
    const words = found.hypotheses.flatMap((one) => [
      one.cause,
      one.mechanism,
      one.nextCheck ?? '',
      ...one.path,
    ]);
    expect(words.flatMap(liveWords)).toEqual([]);
    expect(await aliveIn(shown(found, steps))).toEqual([]);
  }
  expect(counts.done).toBeGreaterThan(attacks.length / 2);
  expect(counts.refused).toBeGreaterThan(0);
  expect(counts.believed).toBeGreaterThan(0);
  expect(counts.dropped).toBeGreaterThan(0);
});

/** The same words, with a cause and an id that are there: what it claims is proved, as far as code can tell. */
function proving(reply: Reply): Reply {
  if (reply.json === undefined) return reply;
  const { hypotheses } = reply.json as Verdict;
  const proved = {
    cause_entity: 'payments-db',
    propagation: [],
    evidence_ids: ['alert:a1'],
    counter_evidence_ids: [],
  };
  return { json: { hypotheses: hypotheses.map((one) => ({ ...one, ...proved })) } };
}

async function looked(
  door: ReturnType<typeof hostileDoor>,
  attack: Attack,
): Promise<{ found: Investigated; steps: Step[] }> {
  const steps: Step[] = [];
  const found = await investigate({
    door,
    about: { incident: null, isPrivate: false, priority: 'soon' },
    tools: TOOLS,
    scope: scopeOf({ sight: poisoned(attack) }),
    brief: { incident: { title: attack.text }, rules: [], evidence: [...FINDINGS.alerts], notes: [] },
    limits: INVESTIGATION_LIMITS,
    now: () => ONSET,
    watch: {
      looked: async (made) => {
        steps.push(...made);
        return [];
      },
    },
  });
  return { found, steps };
}

/** Everything that may be seen says what the attacker wants, each finding under an id that may be cited. */
function poisoned({ text }: Attack): Partial<Sight> {
  const says = (findings: readonly Finding[]) =>
    findings.map((one) => ({ ...one, text: `${one.text} ${text}` }));
  return {
    timeline: async () => says(FINDINGS.events),
    alerts: async () => says(FINDINGS.alerts),
    changes: async () => says(FINDINGS.changes),
    similar: async () => says(FINDINGS.similar),
    dependencies: async () => [
      { from: 'checkout', to: 'payments-db' },
      { from: 'web', to: text },
    ],
    runbooks: async () => [{ id: 'runbook:checkout', service: text, url: 'https://attacker.example/book' }],
  };
}

/** As its room reads it, but for the buttons, which are ours. */
function shown(found: Extract<Investigated, { end: 'done' }>, steps: readonly Step[]) {
  const stored = <T extends { readonly at: Date | null }>(one: T) => ({
    ...one,
    at: one.at?.toISOString() ?? null,
  });
  const row: InvestigationRow = {
    id: 'attacked',
    seq: 1,
    incident: 1,
    service: null,
    state: 'done',
    askedBy: SYSTEM,
    notes: [],
    notesTold: 0,
    steps: steps.map((one) => ({ ...one, at: one.at.toISOString() })),
    rules: [],
    hypotheses: found.hypotheses,
    cited: found.cited.map(stored),
    why: null,
    model: 'claude-opus-4-5',
    tokens: 0,
    usd: 0,
    runs: 1,
    verdicts: {},
    gradeByPeople: null,
    gradeAtClosure: null,
    createdAt: at(0),
    begunAt: at(0),
    endedAt: at(1),
  };
  const message = investigationMessage({ row, isOld: true, hasThread: false });
  return { ...message, parts: message.parts.filter(({ type }) => type !== 'buttons') };
}

function isRefused({ outcome }: Step): boolean {
  return !/^\d+ findings?$/.test(outcome);
}
