import { describe, expect, it } from 'vitest';

import { handoffMessage, type HandoffView } from '#src/chat/handoff-message.ts';
import { plainMessage } from '#src/chat/message.ts';
import type { PersonId } from '#src/incident/person.ts';
import { incident } from '#test/support/incident.ts';

const [ana, bo, cy] = ['ana', 'bo', 'cy'] as PersonId[] as [PersonId, PersonId, PersonId];
const at = (time: string) => new Date(`2026-03-01T${time}:00Z`);
const NOTHING = {
  open: [],
  openInAll: 0,
  snoozed: [],
  mutes: [],
  opened: {},
  pages: 0,
  meanToAcknowledge: null,
  noise: [],
  watch: [],
};

function view(changes: Partial<HandoffView> = {}): HandoffView {
  return {
    schedule: { id: 'payments', name: 'Payments' },
    handoff: 'h1',
    leaving: [ana],
    coming: [bo],
    people: [bo],
    until: at('18:00'),
    waiting: [],
    taken: [],
    since: at('01:00'),
    facts: NOTHING,
    names: new Map([
      ['ana', 'Ana'],
      ['bo', 'Bo'],
      ['cy', 'Cy'],
    ]),
    publicUrl: 'http://incidents.example',
    now: at('09:00'),
    reader: null,
    ...changes,
  };
}

const lines = (changes?: Partial<HandoffView>) => plainMessage(handoffMessage(view(changes))).split('\n');
const first = (changes?: Partial<HandoffView>) => lines(changes)[0];

describe('the message of a hand-off', () => {
  it('is two lines after a quiet shift', () => {
    expect(lines()).toEqual([
      'Payments: @Bo is on call until 2026-03-01 18:00 UTC after Ana.',
      'Nothing is open. Quiet since 2026-03-01 01:00 UTC.',
    ]);
  });

  it('says to each what they have to do, and to others who it is', () => {
    const waiting = [{ person: bo, by: ana }];
    const held = { waiting, people: [ana, cy] };
    expect(first(held)).toBe('Payments: @Bo is to take over from Ana, who has it until then. Cy stays.');
    expect(first({ ...held, reader: bo })).toBe('Payments: your shift begins. Ana has it until you take it.');
    expect(first({ ...held, reader: ana })).toContain('Bo has to take it first. You have it until then.');
    expect(lines({ ...held, reader: ana }).join()).not.toContain('I have it');
    expect(first({ reader: bo })).toBe('Payments: you are on call now until 2026-03-01 18:00 UTC after Ana.');
    expect(first({ reader: ana })).toBe(
      'Payments: your shift is over; Bo is on call now until 2026-03-01 18:00 UTC.',
    );
    const beside = { coming: [bo], people: [ana, bo], leaving: [], reader: ana };
    expect(first(beside)).toContain('you are on call until 2026-03-01 18:00 UTC, Bo beside you.');
    expect(first({ coming: [], people: [], reader: ana })).toContain('nobody is on call now.');
    expect(first({ leaving: [ana], coming: [], people: [cy] })).toBe('Payments: Ana is off. Cy stays.');
    expect(handoffMessage(view({ people: [] })).tone).toBe('alarm');
  });

  it('has what is open with its promises, what is silent, what may come back, and what was loud', () => {
    const checkout = incident({
      title: 'Checkout is down',
      severity: 'P1',
      acknowledgedAt: at('02:00'),
      sla: {
        acknowledgmentDeadline: at('01:15'),
        resolutionDeadline: at('08:00'),
        acknowledgmentBreached: false,
        resolutionBreached: true,
      },
    });
    const facts = {
      ...NOTHING,
      open: [checkout],
      openInAll: 7,
      snoozed: [{ incident: 3, until: at('11:00') }],
      opened: { P1: 1, P3: 2 },
      pages: 12,
      meanToAcknowledge: 240_000,
      noise: [
        { rule: 'disk-full', pages: 9 },
        { rule: 'cpu', pages: 2 },
      ],
      watch: [{ incident: 4, title: 'Search is slow', resolvedAt: at('08:30'), reopened: 1, flapped: 3 }],
    };
    const said = lines({ facts }).slice(1);
    expect(said).toEqual([
      'Open: 7',
      expect.stringContaining('Checkout is down · was to be resolved by 2026-03-01 08:00 UTC'),
      '- and 6 more incidents',
      'Silent: INC-3 pages nobody until 2026-03-01 11:00 UTC.',
      'May come back',
      '- INC-4 Search is slow: resolved 2026-03-01 08:30 UTC, reopened once and fired again 3 times',
      'Since 2026-03-01 01:00 UTC: 3 incidents (1 P1, 2 P3), 12 pages, acknowledged after 4 minutes on average. Most pages: disk-full (9), cpu (2).',
    ]);
  });
});
