import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CAUSE_TYPES, CONFIDENCES, Verdict } from '#src/llm/investigate-words.ts';
import type { Finding } from '#src/llm/tools/sight.ts';
import { isWithin } from '#src/llm/tools/tool.ts';
import { verify, type Proof } from '#src/llm/verify.ts';
import { HOSTILE_STRINGS } from '#test/support/hostile-strings.ts';
import { at, EDGES, finding, FINDINGS, WINDOW } from '#test/support/tools/seen.ts';

type Claim = Verdict['hypotheses'][number];

const SENT = Object.values(FINDINGS).flat();

function proofOf(more: readonly Finding[] = [], hidden: readonly string[] = []): Proof {
  const all = [...SENT, ...more];
  return {
    sent: new Map(all.map((it) => [it.id, it])),
    window: WINDOW,
    edges: EDGES,
    visible: new Set(all.map(({ id }) => id).filter((id) => !hidden.includes(id))),
  };
}

function claim(more: Partial<Claim> = {}): Claim {
  return {
    cause_entity: 'payments-db',
    cause_type: 'config',
    mechanism: 'The pool was made too small for the connections of payments-db.',
    propagation: ['payments-db', 'checkout', 'web'],
    evidence_ids: ['change:github:7', 'alert:a1'],
    counter_evidence_ids: ['change:github:8'],
    confidence: 'high',
    next_check: 'Look whether the pool is full.',
    ...more,
  };
}

function check(more: Partial<Claim> = {}, proof = proofOf()) {
  return verify({ hypotheses: [claim(more)] }, proof);
}

describe('what a model concluded', () => {
  it('stands where all of it is proved', () => {
    expect(check()).toEqual({
      dropped: 0,
      hypotheses: [
        {
          cause: 'payments-db',
          type: 'config',
          mechanism: 'The pool was made too small for the connections of payments-db.',
          path: ['payments-db', 'checkout', 'web'],
          evidence: ['change:github:7', 'alert:a1'],
          against: ['change:github:8'],
          confidence: 'high',
          nextCheck: 'Look whether the pool is full.',
        },
      ],
    });
  });

  it.each<[string, Partial<Claim>]>([
    ['evidence that does not exist', { evidence_ids: ['alert:nine', 'change:github:777'] }],
    ['no evidence', { evidence_ids: [] }],
    [
      'evidence that it also counts against itself',
      { evidence_ids: ['alert:a1'], counter_evidence_ids: ['alert:a1'] },
    ],
    [
      'evidence that speaks of something else',
      { evidence_ids: ['change:github:8'], counter_evidence_ids: [] },
    ],
    ['a cause that nothing names', { cause_entity: 'billing' }],
    ['a cause that is only a part of a name', { cause_entity: 'payments-d' }],
    ['no cause', { cause_entity: ' ' }],
    ['no mechanism', { mechanism: '\u202E ' }],
  ])('is unknown where it rests on %s', (_, more) => {
    const { hypotheses, dropped } = check(more);
    expect(hypotheses).toEqual([]);
    expect(dropped).toBeGreaterThan(0);
  });

  it('loses evidence of another time, and what may not be seen any more', () => {
    const old = finding('alert:old', { at: at(-5000), about: 'payments-db' });
    const ids = ['alert:old', 'similar:3', 'alert:a1', 'alert:a1'];
    const { hypotheses, dropped } = check({ evidence_ids: ids }, proofOf([old], ['similar:3']));
    expect(hypotheses[0]?.evidence).toEqual(['alert:a1']);
    expect(dropped).toBe(2);
    // One piece makes nobody sure.
    expect(hypotheses[0]?.confidence).toBe('medium');
    expect(check({ evidence_ids: ['similar:3'] }, proofOf([], ['similar:3'])).hypotheses).toEqual([]);
  });

  it.each<[string, readonly string[]]>([
    ['with a hop that is no edge', ['payments-db', 'web']],
    ['that leads over an unknown service', ['payments-db', 'checkout', 'billing']],
    ['that begins elsewhere', ['checkout', 'web']],
    ['that stays where it is', ['payments-db', 'payments-db']],
  ])('loses a way %s, and keeps the rest', (_, propagation) => {
    const { hypotheses, dropped } = check({ propagation: [...propagation] });
    expect(hypotheses[0]?.path).toEqual([]);
    expect(dropped).toBe(1);
  });

  it('has no figure that no evidence has', () => {
    const mechanism = 'It had 500 connections, 12 of 4096, on v9.';
    const { hypotheses } = check({ mechanism, next_check: 'See whether 500 is above 99.' });
    expect(hypotheses[0]?.mechanism).toBe('It had 500 connections, … of … on …');
    expect(hypotheses[0]?.nextCheck).toBe('See whether 500 is above …');
    expect(check({ mechanism: '50 connections.' }).hypotheses[0]?.mechanism).toBe('… connections.');
  });

  it('has no address, no mention and no code in it, whatever it says', () => {
    for (const hostile of [...HOSTILE_STRINGS, 'https://evil.example/x', '[here](http://evil.example)']) {
      const { hypotheses } = check({ mechanism: `The pool ${hostile}`, next_check: hostile });
      const words = `${hypotheses[0]?.mechanism} ${hypotheses[0]?.nextCheck ?? ''}`;
      expect(words).not.toMatch(/:\/\/|`|<[@!#]|@(?:everyone|channel|here)\b/);
    }
  });

  it('is three hypotheses at the most, each of another cause', () => {
    const same = ['payments-db', 'Payments DB', 'checkout', 'search', 'pool'];
    const hypotheses = same.map((cause_entity) =>
      claim({
        cause_entity,
        evidence_ids: SENT.map(({ id }) => id),
        counter_evidence_ids: [],
        propagation: [],
      }),
    );
    const verified = verify({ hypotheses }, proofOf());
    expect(verified.hypotheses.map(({ cause }) => cause)).toEqual(['payments-db', 'checkout', 'search']);
    expect(verified.dropped).toBe(2);
  });
});

const ids = fc.constantFrom(
  ...SENT.map(({ id }) => id),
  'alert:old',
  'alert:hidden',
  'alert:invented',
  'change:github:9',
  '__proto__',
);
const names = fc.constantFrom('payments-db', 'checkout', 'web', 'billing', 'search', '', 'toString', 'INC-3');
const words = fc.oneof(names, fc.string(), fc.constantFrom(...HOSTILE_STRINGS), fc.constant('500 of 4096'));
const claims: fc.Arbitrary<Claim> = fc.record({
  cause_entity: fc.oneof(names, words),
  cause_type: fc.constantFrom(...CAUSE_TYPES),
  mechanism: words,
  propagation: fc.array(names, { maxLength: 4 }),
  evidence_ids: fc.array(ids, { maxLength: 6 }),
  counter_evidence_ids: fc.array(ids, { maxLength: 3 }),
  confidence: fc.constantFrom(...CONFIDENCES),
  next_check: words,
});

describe('nothing unproved gets through,', () => {
  const old = finding('alert:old', { at: at(-5000), about: 'payments-db' });
  const hidden = finding('alert:hidden', { about: 'payments-db' });
  const proof = proofOf([old, hidden], ['alert:hidden']);

  it('whatever is claimed', () => {
    fc.assert(
      fc.property(fc.array(claims, { maxLength: 5 }), (hypotheses) => {
        expect(Verdict.safeParse({ hypotheses }).success).toBe(true);
        const verified = verify({ hypotheses }, proof);
        expect(verified.hypotheses.length).toBeLessThanOrEqual(3);
        for (const it of verified.hypotheses) {
          expect(it.evidence.length).toBeGreaterThan(0);
          const cited = [...it.evidence, ...it.against];
          expect(new Set(cited).size).toBe(cited.length);
          for (const id of cited) {
            const found = proof.sent.get(id);
            expect(found && isWithin(found.at, WINDOW) && proof.visible.has(id)).toBe(true);
          }
          const texts = it.evidence
            .map((id) => JSON.stringify(proof.sent.get(id)))
            .join(' ')
            .toLowerCase();
          const bare = (text: string) =>
            text
              .toLowerCase()
              .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
              .trim();
          expect(bare(texts)).toContain(bare(it.cause));
          for (const [index, to] of it.path.slice(1).entries()) {
            const hop = [it.path[index], to];
            expect(EDGES.some((edge) => hop.includes(edge.from) && hop.includes(edge.to))).toBe(true);
          }
          expect(it.path[0] === undefined || bare(it.path[0]) === bare(it.cause)).toBe(true);
          for (const [figure] of it.mechanism.matchAll(/\p{N}+/gu)) expect(texts).toContain(figure);
        }
      }),
      { numRuns: 800 },
    );
  });

  it('and planted ids are dropped, every one', () => {
    fc.assert(
      fc.property(
        claims,
        fc.uniqueArray(fc.stringMatching(/^planted:[a-z0-9]{1,8}$/), { minLength: 1 }),
        (it, planted) => {
          const hypotheses = [{ ...it, evidence_ids: planted, counter_evidence_ids: planted }];
          expect(verify({ hypotheses }, proof).hypotheses).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('and the same is said of the same', () => {
    fc.assert(
      fc.property(fc.array(claims, { maxLength: 3 }), (hypotheses) => {
        expect(verify({ hypotheses }, proof)).toEqual(verify({ hypotheses }, proof));
      }),
      { numRuns: 100 },
    );
  });
});
