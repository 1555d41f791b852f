import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isOpen, parseRef, rank, SEVERITIES, shortName, STATUSES, worse } from '#src/incident/incident.ts';
import { actorOf, allows, ROLES, type PersonId } from '#src/incident/person.ts';

describe('what people type for an incident', () => {
  it.each(['INC-42', 'inc-42', 'Inc-42', '42', '#42', ' INC-42 ', 'INC-0042'])('%j is number 42', (text) => {
    expect(parseRef(text)).toEqual({ number: 42 });
  });

  it.each(['INC-20261121-00001', 'inc-20261121-00001', ' INC-20261121-00001\n'])(
    '%j is a long id',
    (text) => {
      expect(parseRef(text)).toEqual({ id: 'INC-20261121-00001' });
    },
  );

  it('a day with more than 99,999 incidents has longer ids', () => {
    expect(parseRef('INC-20261121-100000')).toEqual({ id: 'INC-20261121-100000' });
  });

  it.each([
    '',
    'INC-',
    'INC 42',
    '4 2',
    '-42',
    '4.2',
    '42abc',
    '#',
    'INC-20261121-1',
    'INC-2026-00001',
    '9'.repeat(10),
    "42'--",
    '٤٢',
  ])('%j is none', (text) => {
    expect(parseRef(text)).toBe(null);
  });

  it('every short name reads as its number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999 }), (number) => {
        expect(parseRef(shortName(number))).toEqual({ number });
      }),
    );
  });

  it('nothing that is typed breaks it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const ref = parseRef(text);
        if (ref && 'number' in ref) expect(Number.isSafeInteger(ref.number)).toBe(true);
      }),
    );
  });
});

describe('words of the domain', () => {
  it('P0 is the worst', () => {
    expect(SEVERITIES.map(rank)).toEqual([0, 1, 2, 3, 4]);
    expect(worse('P3', 'P1')).toBe('P1');
    expect(worse('P0', 'P4')).toBe('P0');
  });

  it('people owe work until it is resolved', () => {
    expect(STATUSES.filter((status) => isOpen({ status }))).toEqual([
      'NEW',
      'ACKNOWLEDGED',
      'IN_PROGRESS',
      'ESCALATED',
    ]);
  });

  it('a role may do what those below it may', () => {
    expect(ROLES.map((role) => ROLES.filter((needed) => allows(role, needed)))).toEqual([
      ['viewer'],
      ['viewer', 'responder'],
      ['viewer', 'responder', 'admin'],
    ]);
  });

  it('a person acts under their own name', () => {
    expect(actorOf({ id: 'ana' as PersonId, name: 'Ana' })).toEqual({ type: 'user', id: 'ana', name: 'Ana' });
  });
});
