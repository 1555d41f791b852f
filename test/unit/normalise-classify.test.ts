import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { classify } from '#src/alerts/classify.ts';
import { SEVERITIES } from '#src/incident/incident.ts';

describe('the rules that read the text', () => {
  const silent = {
    rule: '',
    title: '',
    description: '',
    eventType: 'alert',
    severity: 'P2',
    originalSeverity: null,
    category: null,
    service: null,
    resource: null,
    labels: {},
  } as const;

  it('keep what the sender says, and say so', () => {
    const said = {
      ...silent,
      severity: 'P3',
      originalSeverity: 'low',
      category: 'cost',
      service: 'cart',
      title: 'All data lost',
    } as const;
    expect(classify(said)).toEqual({
      severity: { value: 'P3', why: 'the sender says "low"', by: 'rules' },
      category: { value: 'cost', why: 'the sender says so', by: 'rules' },
      service: { value: 'cart', why: 'the sender names it', by: 'rules' },
    });
  });

  it.each([
    ['AllProvidersDown', 'P0', 'availability'],
    ['Data loss on volume 3', 'P0', 'availability'],
    ['checkout is down', 'P1', 'availability'],
    ['Prompt injection in user input', 'P1', 'security'],
    ['HighLatency', 'P2', 'performance'],
    ['p95 latency above 2 s', 'P2', 'performance'],
    ['HighDailyCost', 'P2', 'cost'],
    ['Backup completed', 'P4', 'availability'],
    ['purple', 'P2', 'other'],
  ])('%s', (title, severity, category) => {
    const read = classify({ ...silent, title, rule: title });
    expect([read.severity.value, read.category.value]).toEqual([severity, category]);
    expect(read.severity.why).not.toBe('');
  });

  it.each([
    [{ labels: { job: 'gateway' } }, 'gateway'],
    [{ title: 'High latency on search-api' }, 'search-api'],
    [{ title: 'answer-api is down' }, 'answer-api'],
    [{ description: 'service: billing does not answer' }, 'billing'],
    [{ resource: { type: 'host', id: 'db-1', name: 'db-1', metadata: {} } }, 'db-1'],
    [{ title: 'Disk is full' }, undefined],
  ])('find the service in %j', (fields, service) => {
    expect(classify({ ...silent, ...fields }).service?.value).toBe(service);
  });

  it('answer for any text, always with a reason', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (title, description) => {
        const read = classify({ ...silent, title, description });
        expect(SEVERITIES).toContain(read.severity.value);
        expect(read.category.why.length).toBeGreaterThan(0);
      }),
    );
  });
});
