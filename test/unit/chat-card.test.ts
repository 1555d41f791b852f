import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { commands } from '#commands/index.ts';
import { buttonsFor, card, toneOf } from '#src/chat/card.ts';
import { plainMessage } from '#src/chat/message.ts';
import { named } from '#src/chat/parse.ts';
import { SEVERITIES, STATUSES, type IncidentNumber, type Status } from '#src/incident/incident.ts';
import { ACTIONS, pathTo, type Action } from '#src/incident/lifecycle.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import { incidentIn, minutes } from '#test/support/incident.ts';
import { buttonsOf, fieldsOf, view } from '#test/support/view.ts';

describe('the card', () => {
  it('says what, how bad, how far, who, and until when', () => {
    const message = card(
      view({
        impact: 'nobody can pay',
        assignee: 'ana' as PersonId,
        team: 'payments' as TeamId,
        roles: { commander: 'bo' as PersonId },
        resource: { type: 'service', id: 'checkout', name: 'checkout', metadata: {} },
        related: [7 as IncidentNumber],
        tags: { region: 'eu' },
        lastUpdate: 'we roll back',
        nextUpdateAt: minutes(30),
      }),
    );
    expect(message.parts[0]).toEqual({ type: 'heading', text: 'INC-1 Checkout fails' });
    expect(fieldsOf(message)).toEqual({
      Severity: 'P1 high',
      Status: 'New',
      'Assigned to': 'Ana Lima',
      Team: 'Payments',
      Commander: 'Bo Chen',
      Service: 'checkout',
      Environment: 'production',
      'Acknowledge by': '08:15 UTC',
      'Next update by': '08:30 UTC',
      Related: 'INC-7',
      Tags: 'region=eu',
    });
    expect(plainMessage(message)).toContain('Impact: nobody can pay');
    expect(plainMessage(message)).toContain('Last update: we roll back');
    expect(message.summary).toBe('INC-1 Checkout fails (P1, new)');
  });

  it('shows a storm as a count', () => {
    const titles = Array.from({ length: 37 }, (_, index) => `host ${index} is gone`);
    const message = card(view({}, { alerts: { firing: 12, total: 37, times: 1412, titles, links: [] } }));
    expect(plainMessage(message)).toContain(
      '37 alerts, 12 firing, seen 1,412 times: host 0 is gone; host 1 is gone; host 2 is gone; and others',
    );
  });

  it('shows the promise that counts now, and that it is broken', () => {
    const late = incidentIn('NEW').sla;
    expect(fieldsOf(card(view({ sla: { ...late, acknowledgmentBreached: true } })))['Acknowledge by']).toBe(
      '08:15 UTC, which has passed',
    );
    expect(fieldsOf(card(view(incidentIn('IN_PROGRESS'))))['Resolve by']).toBe('09:00 UTC');
    expect(fieldsOf(card(view(incidentIn('RESOLVED'))))).not.toHaveProperty('Resolve by');
  });

  it('is the same for the same incident, whatever the clock says, so that it is not edited for nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...STATUSES), fc.date({ noInvalidDate: true }), (status, now) => {
        expect(card(view(incidentIn(status), { now }))).toEqual(card(view(incidentIn(status))));
      }),
    );
  });

  it('points a duplicate to the incident it repeats', () => {
    const fields = fieldsOf(card(view(incidentIn('CLOSED', { duplicateOf: 3 as IncidentNumber }))));
    expect(fields).toMatchObject({ Status: 'Closed as a duplicate', 'Duplicate of': 'INC-3' });
  });
});

describe('its buttons', () => {
  it.each<[Status, string[]]>([
    ['NEW', ['Acknowledge', 'Resolve', 'Escalate', 'Assign', 'Update', 'Severity']],
    ['ACKNOWLEDGED', ['Start', 'Resolve', 'Escalate', 'Assign', 'Update', 'Severity']],
    ['IN_PROGRESS', ['Resolve', 'Escalate', 'Assign', 'Update', 'Severity']],
    ['ESCALATED', ['Start', 'Resolve', 'Escalate further', 'De-escalate', 'Assign', 'Update', 'Severity']],
    ['RESOLVED', ['Close', 'Reopen']],
    ['CLOSED', ['Reopen']],
  ])('%s: %s', (status, labels) => {
    expect(buttonsOf(card(view(incidentIn(status))))).toEqual(labels);
  });

  it('lead where the lifecycle has a way, one of them first, and ask before what ends it', () => {
    const goals: Readonly<Record<string, Action>> = { ack: 'acknowledge' };
    for (const status of STATUSES) {
      const buttons = buttonsFor(incidentIn(status));
      expect(buttons.filter(({ style }) => style === 'primary')).toHaveLength(1);
      for (const { command, args, confirm } of buttons) {
        expect(named(command, commands)).toBeDefined();
        expect(args).toEqual({ incident: 'INC-1' });
        expect(confirm !== undefined).toBe(command === 'resolve' || command === 'close');
        const goal = goals[command] ?? ACTIONS.find((action) => action === command);
        expect(goal ? pathTo(incidentIn(status), goal) : ['a form']).not.toEqual([]);
      }
    }
  });
});

describe('its colour', () => {
  it.each`
    status            | P0         | P1         | P2         | P4
    ${'NEW'}          | ${'alarm'} | ${'alarm'} | ${'warn'}  | ${'info'}
    ${'ACKNOWLEDGED'} | ${'warn'}  | ${'warn'}  | ${'info'}  | ${'info'}
    ${'ESCALATED'}    | ${'alarm'} | ${'alarm'} | ${'alarm'} | ${'alarm'}
    ${'RESOLVED'}     | ${'good'}  | ${'good'}  | ${'good'}  | ${'good'}
    ${'CLOSED'}       | ${'quiet'} | ${'quiet'} | ${'quiet'} | ${'quiet'}
  `('$status', ({ status, ...tones }: Record<string, string>) => {
    for (const severity of SEVERITIES.filter((known) => known in tones)) {
      expect(toneOf(incidentIn(status as Status, { severity }))).toBe(tones[severity]);
    }
  });

  it('is louder when a promise is broken', () => {
    const { sla } = incidentIn('IN_PROGRESS');
    const late = { sla: { ...sla, resolutionBreached: true } };
    expect(toneOf(incidentIn('IN_PROGRESS', late))).toBe('alarm');
    expect(toneOf(incidentIn('IN_PROGRESS', { ...late, severity: 'P3' }))).toBe('warn');
  });
});
