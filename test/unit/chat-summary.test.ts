import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { catchup } from '#src/chat/catchup.ts';
import { plain, plainMessage } from '#src/chat/message.ts';
import { span } from '#src/chat/names.ts';
import { foldAlerts, shortStory } from '#src/chat/story.ts';
import { nextSteps, statusLine, summary } from '#src/chat/summary.ts';
import { STATUSES, type IncidentNumber } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';
import { bo, incidentIn, minutes, monitor } from '#test/support/incident.ts';
import { logged, view } from '#test/support/view.ts';

const declared = logged(
  'incident.declared',
  { title: 'Checkout fails', severity: 'P1', category: 'availability', source: 'alertmanager', rule: null },
  { by: monitor },
);
const taken = logged(
  'incident.acknowledged',
  { from: 'NEW', to: 'ACKNOWLEDGED', notes: null },
  { seq: 2, at: minutes(5) },
);
const noted = logged(
  'incident.noted',
  { comment: 'c1', content: 'it is the cache' },
  { seq: 3, at: minutes(9), by: bo },
);
const steps = (...given: Parameters<typeof view>) => nextSteps(view(...given)).map(plain);

describe('a summary', () => {
  it('can be read as it is', () => {
    const events = [declared, taken, noted];
    const now = minutes(52);
    expect(
      plainMessage(summary(view(incidentIn('ACKNOWLEDGED', { impact: 'nobody can pay' }), { now }), events)),
    ).toBe(
      [
        'INC-1 Checkout fails',
        'P1 high, acknowledged for 47 minutes, with Ana Lima.',
        'Impact: nobody can pay',
        'Who: Ana Lima (assigned)',
        'What happened',
        '- 2026-03-01 08:00 UTC alertmanager opened it as P1: Checkout fails.',
        '- 2026-03-01 08:05 UTC Ana acknowledged it.',
        '- 2026-03-01 08:09 UTC Bo noted: it is the cache',
        'What next',
        '- Ana Lima starts to work on it.',
        '- It is resolved by 09:00 UTC.',
        '- Nobody has posted an update yet: update ... next 30m does.',
        'Put together by rules from the timeline; no model wrote any of it.',
      ].join('\n'),
    );
  });

  it('says what is owed next, by state', () => {
    const told = { impact: 'x', lastUpdate: 'x', severity: 'P3' } as const;
    expect(steps({ ...told })).toEqual(['Somebody acknowledges it by 08:15 UTC.']);
    expect(steps(incidentIn('ESCALATED', told))[0]).toBe(
      'Level 2 takes it over (start), or it is de-escalated.',
    );
    expect(steps(incidentIn('RESOLVED', told))).toEqual(['See that it stays well, then close it.']);
    expect(steps(incidentIn('CLOSED', told))).toEqual(['Nothing: it is closed.']);
    expect(steps(incidentIn('CLOSED', { ...told, severity: 'P0' }))[0]).toContain('post-mortem');
    expect(steps(incidentIn('CLOSED', { duplicateOf: 3 as IncidentNumber }))).toEqual([
      'Go on in INC-3; this one is its duplicate.',
    ]);
    expect(steps({ ...told, nextUpdateAt: minutes(30) })[1]).toBe(
      'The next update is promised for 08:30 UTC.',
    );
    expect(steps({ ...told, nextUpdateAt: minutes(30) }, { now: minutes(31) })[1]).toBe(
      'The update is due since 08:30 UTC.',
    );
    expect(steps({ ...told, impact: '' })[1]).toBe('Say what it does to people: edit --impact ....');
  });

  it('owes something in every state', () => {
    for (const status of STATUSES) expect(steps(incidentIn(status))).not.toEqual([]);
  });

  it('has one line for those in a hurry', () => {
    const changes = incidentIn('ACKNOWLEDGED', {
      lastUpdate: 'We roll back.',
      nextUpdateAt: minutes(30),
      assignee: 'bo' as PersonId,
    });
    expect(plain(statusLine(view(changes, { now: minutes(65) }), [taken]))).toBe(
      'INC-1 Checkout fails: P1 high, acknowledged for 1 hour, with Bo Chen. We roll back. Next update by 08:30 UTC.',
    );
  });
});

describe('catching up', () => {
  const all = [declared, taken, noted];

  it('tells only what came after what was seen', () => {
    const text = plainMessage(catchup(view(incidentIn('ACKNOWLEDGED')), all, 2));
    expect(text).toContain('Since you last looked, 1 thing happened:');
    expect(text).toContain('it is the cache');
    expect(text).not.toContain('acknowledged it.');
  });

  it('begins at the beginning for whoever never looked, and says when nothing is new', () => {
    expect(plainMessage(catchup(view(), all, 0))).toContain(
      'You have not looked at it before. So far, 3 things happened:',
    );
    expect(plainMessage(catchup(view(), all, 3))).toContain('Nothing has changed since you last looked.');
  });
});

describe('a long story', () => {
  const joined = (seq: number, count: number) =>
    logged('incident.alerts_joined', { count, titles: [`alert ${seq}`] }, { seq, by: monitor });

  it('tells a storm in one line', () => {
    const folded = foldAlerts([declared, joined(2, 20), joined(3, 16), taken, joined(4, 1)]);
    expect(folded.map(({ type, data }) => ('count' in data ? data.count : type))).toEqual([
      'incident.declared',
      36,
      'incident.acknowledged',
      1,
    ]);
  });

  it('keeps its beginning and its end', () => {
    const events = Array.from({ length: 30 }, (_, index) => ({ ...noted, seq: index + 2 }));
    const lines = shortStory([declared, ...events], new Map(), 6).map(plain);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toContain('opened it');
    expect(lines[1]).toBe('… 26 things in between; timeline has them all');
  });

  it('loses no alert, however they come', () => {
    const counts = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 50 })));
    fc.assert(
      fc.property(counts, (pieces) => {
        const events = pieces.map(([isAlerts, count], index) => (isAlerts ? joined(index, count) : noted));
        const sum = (all: typeof events) =>
          all.reduce((total, { data }) => total + ('count' in data ? data.count : 0), 0);
        expect(sum(foldAlerts(events))).toBe(sum(events));
      }),
    );
  });
});

it.each([
  [0, 'less than a minute'],
  [59_999, 'less than a minute'],
  [60_000, '1 minute'],
  [47 * 60_000, '47 minutes'],
  [3_600_000, '1 hour'],
  [49 * 3_600_000, '2 days'],
])('%d ms are %s', (milliseconds, words) => {
  expect(span(milliseconds)).toBe(words);
});
