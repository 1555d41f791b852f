import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { EXAMPLES } from '#src/questions/examples.ts';
import { readQuestion } from '#src/questions/grammar.ts';
import { faultOf, QuerySpec } from '#src/questions/spec.ts';
import { isSlip } from '#src/questions/typo.ts';
import { wordsFor } from '#src/questions/words.ts';
import { VOCABULARY } from '#test/support/questions.ts';

import { UNANSWERABLE } from '../eval/questions/unanswerable.ts';

function specOf(question: string): QuerySpec {
  const read = readQuestion(question, VOCABULARY);
  if (!read.ok) throw new Error(`${question}: ${read.why}`);
  return read.spec;
}

function whyNot(question: string): string {
  const read = readQuestion(question, VOCABULARY);
  return read.ok ? `read as ${JSON.stringify(read.spec)}` : read.why;
}

describe('the rules that read questions', () => {
  it.each(EXAMPLES)('read what people are told that they can ask: %s', (question) => {
    expect(QuerySpec.parse(specOf(question))).toEqual(specOf(question));
  });

  it('read the same question in other words as the same query', () => {
    const same = [
      'how many P1 incidents last month?',
      'How many sev2 incidents did we have last month',
      'number of P1s last month',
      'count of incidents with severity P1 last month',
      'last month, how many high severity incidents were opened?',
      'how many incidents of high priority happened in the last month',
    ].map(specOf);
    for (const spec of same) expect(spec).toEqual(same[0]);
  });

  it('know that what is open is incidents, where nobody says of what it is asked', () => {
    expect(specOf('how many are open?')).toEqual(specOf('how many incidents are open?'));
    expect(specOf('what is still open')).toEqual(specOf('what incidents are still open'));
  });

  it('read a slip of the finger as the word it must be, and say so', () => {
    const read = readQuestion('how many incidnets per serivce last monht?', VOCABULARY);
    expect(read).toMatchObject({ ok: true, spec: specOf('how many incidents per service last month?') });
    expect(read.ok && read.notes).toEqual([
      '`incidnets` was read as `incidents`',
      '`serivce` was read as `service`',
      '`monht` was read as `month`',
    ]);
  });

  it('never take a word that they know for another one', () => {
    expect(specOf('how many incidents per service last month?').order.direction).toBe('desc');
    expect(whyNot('how many incidents per service last fortnight?')).toContain('`last`');
  });

  it('never take a word for its opposite', () => {
    for (const [typed, word] of [
      ['nresolved', 'resolved'],
      ['unresolved', 'resolved'],
      ['inacknowledged', 'acknowledged'],
      ['payed', 'paged'],
    ] as const) {
      expect(isSlip(typed, word)).toBe(false);
    }
  });

  it('know names by what stands beside them', () => {
    expect(specOf('how many incidents did the team payments have?').filters).toEqual([
      { field: 'team', op: 'is', values: ['payments'] },
    ]);
    expect(specOf('how many incidents on the payments service?').filters).toEqual([
      { field: 'service', op: 'is', values: ['payments'] },
    ]);
    expect(specOf('who is on call for payments?').filters).toEqual([
      { field: 'schedule', op: 'is', values: ['payments'] },
    ]);
    expect(whyNot('how many payments incidents?')).toContain('is a service and a team');
  });

  it('take a name that is a word of theirs for a name only where it is said of what', () => {
    expect(whyNot('how many active incidents?')).toContain('is a word of mine and a name of yours');
    expect(specOf('how many incidents of the service active?').filters).toHaveLength(1);
    expect(specOf('how many incidents in may?').time).toEqual({ kind: 'month', month: 5 });
  });

  it('put several values together, and leave out what is to be left out', () => {
    expect(specOf('how many P0, P1 or P2 incidents not in staging?').filters).toEqual([
      { field: 'severity', op: 'is', values: ['P0', 'P1', 'P2'] },
      { field: 'environment', op: 'is_not', values: ['staging'] },
    ]);
    expect(specOf('how many incidents of P1 or worse?').filters).toEqual([
      { field: 'severity', op: 'at_least', values: ['P1'] },
    ]);
  });

  it.each(UNANSWERABLE)('refuse what they cannot answer for certain: %s', (question) => {
    const read = readQuestion(question, VOCABULARY);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read).toMatchObject({ why: expect.stringMatching(/\S/), instead: { length: 3 } });
  });

  it('refuse every question with a word in it that they do not know, wherever it stands', () => {
    const anyExample = fc.constantFrom(...EXAMPLES.filter((it) => !it.includes('about')));
    const anyPlace = fc.nat(12);
    const anyStrange = fc.constantFrom('frobnicated', 'mainframe', 'zebra', 'gestern', '!=', '>', '7.5', '*');
    fc.assert(
      fc.property(anyExample, anyPlace, anyStrange, (example, place, strange) => {
        const words = example.split(' ');
        words.splice(place % (words.length + 1), 0, strange);
        expect(readQuestion(words.join(' '), VOCABULARY).ok).toBe(false);
      }),
    );
  });

  it('answer anything at all with a sound query or a refusal', () => {
    const word = fc.constantFrom(
      ...new Set(EXAMPLES.flatMap((it) => it.split(/[ ?]/))),
      'payments',
      'ana',
      'not',
      'or',
      ',',
    );
    const anything = fc.oneof(
      fc.string({ maxLength: 80, unit: 'grapheme' }),
      fc.array(word, { maxLength: 12 }).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(anything, (question) => {
        const read = readQuestion(question, VOCABULARY);
        if (!read.ok) {
          expect(read.instead.length).toBeGreaterThan(0);
          return;
        }
        expect(faultOf(QuerySpec.parse(read.spec))).toBeNull();
        expect(wordsFor(read.spec, VOCABULARY)).not.toContain('undefined');
      }),
      { numRuns: 500 },
    );
  });
});

describe('a query', () => {
  const spec = specOf('how many incidents per service last month?');

  it('with a field that there is not is refused', () => {
    expect(QuerySpec.safeParse({ ...spec, sql: 'drop table incidents' }).success).toBe(false);
    expect(QuerySpec.safeParse({ ...spec, metric: 'salary' }).success).toBe(false);
    expect(QuerySpec.safeParse({ ...spec, limit: 101 }).success).toBe(false);
    const filters = [{ field: 'private', op: 'is', values: ['yes'] }];
    expect(QuerySpec.safeParse({ ...spec, filters }).success).toBe(false);
  });

  it('that makes no sense is refused with a sentence', () => {
    const wrong: Partial<QuerySpec>[] = [
      { metric: 'pages' },
      { metric: 'list' },
      { moment: 'reopened', group_by: ['day'] },
      { filters: [{ field: 'severity', op: 'is', values: ['P9'] }] },
      { filters: [{ field: 'service', op: 'at_least', values: ['checkout-api'] }] },
      { filters: [{ field: 'severity', op: 'is_empty', values: [] }] },
      { group_by: ['service', 'service'] },
    ];
    for (const it of wrong) expect(faultOf({ ...spec, ...it })).toMatch(/^[A-Za-z].*\.$/);
  });

  it('is said in words, with the names of people', () => {
    expect(wordsFor(specOf('list my open incidents'), VOCABULARY)).toBe(
      'Incidents opened at any time, assignee Ana Silva, open now, newest first, at most 20',
    );
    expect(wordsFor(specOf('MTTR per team of P1 or worse outside staging last week'), VOCABULARY)).toBe(
      'Mean time to resolve, of incidents opened in the week before this one, severity P1 or worse, environment not staging, per team, longest first, at most 25',
    );
  });
});
