import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { rank, SEVERITIES } from '#src/incident/incident.ts';
import { isLearned, taught, type Judged, type Lesson } from '#src/incident/lesson.ts';
import { classifyTask, raisedTo } from '#src/llm/tasks/classify.ts';
import { duplicateTask } from '#src/llm/tasks/duplicate.ts';
import { titleTask } from '#src/llm/tasks/title.ts';
import { triage } from '#src/reactions/triage.ts';

const JUDGED: Judged = { severity: 'P2', category: 'other', service: 'cart', why: 'a guess' };
const DISK = { source: 'alertmanager', rule: 'DiskFull' } as const;

function lesson(changes: Partial<Lesson>): Lesson {
  return { id: 'l1', ...DISK, service: null, field: 'severity', value: 'P1', ...changes };
}

describe('what people have taught', () => {
  it('holds for the alerts of that rule and sender, and for no others', () => {
    expect(taught(JUDGED, DISK, [lesson({})]).judged).toMatchObject({ severity: 'P1' });
    expect(taught(JUDGED, { ...DISK, rule: 'DiskSlow' }, [lesson({})]).used).toEqual([]);
    expect(taught(JUDGED, { ...DISK, source: 'grafana' }, [lesson({})]).used).toEqual([]);
    expect(taught(JUDGED, DISK, [lesson({ service: 'search' })]).used).toEqual([]);
  });

  it('is said to be the reason, and one for the service comes first', () => {
    const all = [lesson({}), lesson({ id: 'l2', service: 'cart', value: 'P0' })];
    const { judged, used } = taught(JUDGED, DISK, all);
    expect(judged).toMatchObject({ severity: 'P0', why: 'people corrected alerts of this rule to P0' });
    expect(used.map(({ id }) => id)).toEqual(['l2']);
  });

  it('of a service brings along what is known of that service', () => {
    const all = [lesson({ service: 'basket' }), lesson({ id: 'l2', field: 'service', value: 'basket' })];
    expect(taught(JUDGED, DISK, all).judged).toMatchObject({ service: 'basket', severity: 'P1' });
  });

  it('is left out where its value means nothing any more', () => {
    expect(taught(JUDGED, DISK, [lesson({ value: 'P9' })]).judged).toEqual(JUDGED);
  });

  it('is learned when people said the same of two incidents, but never to make things less bad', () => {
    const said = (incident: number, value = 'P1', lowers = false) => ({ incident, value, lowers });
    expect(isLearned([said(2), said(1)])).toBe(true);
    expect(isLearned([said(1)])).toBe(false);
    expect(isLearned([said(1), said(1)])).toBe(false);
    expect(isLearned([said(2), said(1, 'P0')])).toBe(false);
    expect(isLearned([said(2, 'P3', true), said(1, 'P3', true)])).toBe(false);
  });
});

describe('what a model says of a severity', () => {
  it('is waited for, however long it takes over a title before', () => {
    const asked = [titleTask, classifyTask, duplicateTask].map(({ deadlineMs }) => deadlineMs);
    const whole = asked.reduce((all, it) => all + it, 0);
    expect(triage.deadlineMs ?? 30_000).toBeGreaterThan(whole);
  });

  it('never makes it less bad, and counts only where the model is sure', () => {
    const answer = fc.record({
      severity: fc.constantFrom(...SEVERITIES),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.constantFrom(...SEVERITIES), answer, (before, given) => {
        const after = raisedTo(before, { ...given, category: 'other', service: null, why: 'so' });
        if (after === null) return;
        expect(rank(after)).toBeLessThan(rank(before));
        expect(given.confidence).toBeGreaterThanOrEqual(0.7);
      }),
    );
  });
});
