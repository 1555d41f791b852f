import { describe, expect, it } from 'vitest';

import type { EventData, EventType } from '#src/incident/events.ts';
import type { IncidentNumber } from '#src/incident/incident.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import { describe as tell, kindOf, LOG_KINDS } from '#src/incident/timeline.ts';
import { logged } from '#test/support/view.ts';

const ana = 'ana' as PersonId;
const bo = 'bo' as PersonId;
const inc7 = 7 as IncidentNumber;
const names = (id: string) => ({ bo: 'Bo Chen', payments: 'Payments' })[id] ?? id;

/** Every event there is, and what is said of it. */
const SENTENCES: { readonly [K in EventType]: readonly [EventData[K], string][] } = {
  'incident.declared': [
    [
      { title: 'Checkout fails', severity: 'P1', category: 'other', source: 'manual', rule: null },
      'Ana opened it as P1: Checkout fails.',
    ],
    [
      { title: 'Checkout fails', severity: 'P1', category: 'other', source: 'x', rule: 'HighErrors' },
      'Ana opened it as P1 (rule HighErrors): Checkout fails.',
    ],
  ],
  'incident.acknowledged': [
    [{ from: 'NEW', to: 'ACKNOWLEDGED', notes: 'on it.' }, 'Ana acknowledged it: on it.'],
  ],
  'incident.started': [
    [{ from: 'ACKNOWLEDGED', to: 'IN_PROGRESS', notes: null }, 'Ana began to work on it.'],
  ],
  'incident.escalated': [
    [
      { from: 'NEW', to: 'ESCALATED', level: 2, reason: 'no idea', target: 'Payments' },
      'Ana escalated it to level 2, to Payments: no idea.',
    ],
  ],
  'incident.level_raised': [[{ level: 3, reason: null, target: null }, 'Ana raised it to level 3.']],
  'incident.deescalated': [[{ from: 'ESCALATED', to: 'IN_PROGRESS', reason: null }, 'Ana de-escalated it.']],
  'incident.resolved': [
    [
      {
        from: 'IN_PROGRESS',
        to: 'RESOLVED',
        rootCause: 'bad deploy',
        notes: 'rolled back',
        playbookUsed: null,
      },
      'Ana resolved it: rolled back; root cause: bad deploy.',
    ],
  ],
  'incident.closed': [
    [{ from: 'RESOLVED', to: 'CLOSED', notes: null, postMortemUrl: null }, 'Ana closed it.'],
  ],
  'incident.reopened': [[{ from: 'CLOSED', to: 'IN_PROGRESS', reason: 'again' }, 'Ana reopened it: again.']],
  'incident.assigned': [
    [{ person: bo, team: 'payments' as TeamId }, 'Ana assigned it to Bo Chen and the team Payments.'],
    [{ person: ana, team: null }, 'Ana took it.'],
    [{ person: null, team: null }, 'Ana took every name off it.'],
  ],
  'incident.severity_changed': [
    [{ from: 'P2', to: 'P1', reason: 'it spreads' }, 'Ana changed the severity from P2 to P1: it spreads.'],
  ],
  'incident.edited': [
    [{ changes: [{ field: 'title', from: 'a', to: 'b' }] }, 'Ana changed the title to "b".'],
    [{ changes: [{ field: 'impact', from: 'a', to: '' }] }, 'Ana changed the impact.'],
    [
      {
        changes: [
          { field: 'impact', from: 'a', to: 'b' },
          { field: 'postMortemUrl', from: null, to: 'x' },
        ],
      },
      'Ana changed the impact and the post-mortem link.',
    ],
  ],
  'incident.noted': [[{ comment: 'c', content: 'two\nlines' }, 'Ana noted: two lines']],
  'incident.update_posted': [
    [
      { text: 'we wait', nextUpdateAt: '2026-03-01T08:30:00.000Z' },
      'Ana posted an update: we wait (the next one by 2026-03-01 08:30 UTC)',
    ],
  ],
  'incident.update_overdue': [
    [
      { promisedAt: '2026-03-01T08:30:00.000Z' },
      'The update promised for 2026-03-01 08:30 UTC did not come.',
    ],
  ],
  'incident.merged': [[{ into: inc7, reason: null }, 'Ana marked it as a duplicate of INC-7.']],
  'incident.duplicate_absorbed': [
    [{ duplicate: inc7, alerts: 1 }, 'Ana merged INC-7 into it, with 1 alert.'],
    [{ duplicate: inc7, alerts: 0 }, 'Ana merged INC-7 into it.'],
  ],
  'incident.duplicate_suggested': [
    [{ of: inc7, isSame: true, reason: 'the same host.' }, 'It may be a duplicate of INC-7: the same host.'],
    [{ of: inc7, isSame: false, reason: '' }, 'It may be related to INC-7.'],
  ],
  'incident.lesson_learned': [
    [
      { lesson: 'a1', rule: 'DiskFull', field: 'severity', value: 'P1', reason: 'Ana said so' },
      'Alerts of the rule DiskFull open with severity P1 from now on: Ana said so.',
    ],
  ],
  'incident.linked': [[{ to: inc7 }, 'Ana linked it to INC-7.']],
  'incident.unlinked': [[{ to: inc7 }, 'Ana removed its link to INC-7.']],
  'incident.role_set': [
    [{ role: 'scribe', person: bo }, 'Ana made Bo Chen its scribe.'],
    [{ role: 'scribe', person: ana }, 'Ana is its scribe now.'],
    [{ role: 'scribe', person: null }, 'Ana left the role of scribe open.'],
  ],
  'incident.invited': [[{ person: bo }, 'Ana invited Bo Chen.']],
  'incident.said': [[{ said: 1, on: 'web', how: 'message', emoji: null }, 'Ana spoke in a room.']],
  'incident.tagged': [
    [{ added: { region: 'eu' }, removed: ['old'] }, 'Ana tagged it region=eu and removed the tag old.'],
  ],
  'incident.alerts_joined': [
    [{ count: 1, titles: ['a'] }, '1 more alert joined: a.'],
    [{ count: 9, titles: ['a', 'b', 'c', 'd'] }, '9 more alerts joined: a, b, c and 6 more.'],
  ],
  'incident.alerts_refired': [[{ count: 2, titles: [] }, '2 alerts fired again.']],
  'incident.alerts_cleared': [[{ count: 2 }, 'All of its alerts are resolved.']],
  'incident.muted': [
    [
      { mute: 'm1', until: '2026-03-01T10:00:00Z', reason: 'deploy', evenCritical: true },
      'Ana muted its alerts until 2026-03-01 10:00 UTC, critical ones too: deploy.',
    ],
  ],
  'incident.unmuted': [[{ mute: 'm1' }, 'Ana unmuted its alerts.']],
  'incident.alerts_unmuted': [
    [
      { mute: 'm1', what: 'the service checkout', count: 2 },
      '2 alerts of it fired while the service checkout was muted, and still fired when that ended.',
    ],
  ],
  'incident.sla_breached': [
    [
      { promise: 'acknowledgment', deadline: '2026-03-01T08:15:00.000Z' },
      'It was not acknowledged by 2026-03-01 08:15 UTC, as was promised.',
    ],
  ],
  'incident.paged': [
    [
      {
        policy: 'Checkout',
        level: 2,
        cycle: 1,
        urgency: 'high',
        pages: [
          { page: 'p1', to: { kind: 'person', id: 'bo' }, unreachable: null },
          { page: 'p2', to: { kind: 'external', id: 'pagerduty/secret' }, unreachable: null },
        ],
        why: null,
      },
      'Level 2 of the escalation policy Checkout paged Bo Chen, external pagerduty.',
    ],
    [
      {
        policy: null,
        level: 0,
        cycle: 0,
        urgency: 'high',
        pages: [{ page: 'p1', to: { kind: 'person', id: 'bo' }, unreachable: null }],
        why: 'refunds are stuck',
      },
      'Ana paged Bo Chen: refunds are stuck.',
    ],
  ],
  'incident.page_answered': [[{ notes: 'on it' }, 'Ana answered its page: on it.']],
  'incident.page_failed': [
    [
      { page: 'p1', to: { kind: 'person', id: 'bo' }, why: 'no number is verified.' },
      'The page to Bo Chen reached nobody: no number is verified.',
    ],
  ],
  'incident.investigated': [
    [{ investigation: 'x', what: 'asked', text: null }, 'Ana had its cause looked into.'],
    [
      { investigation: 'x', what: 'steered', text: 'the cache' },
      'Ana asked to look somewhere else: the cache.',
    ],
    [{ investigation: 'x', what: 'stopped', text: null }, 'Ana stopped looking for its cause.'],
    [
      { investigation: 'x', what: 'ended', text: '2 probable causes' },
      'The look for its cause ended: 2 probable causes.',
    ],
    [
      { investigation: 'x', what: 'judged', text: 'number 1 is right' },
      'Ana judged what was taken for its cause: number 1 is right.',
    ],
  ],
  'incident.escalation_noted': [
    [{ text: 'Level 2 reached nobody.', isLoud: true }, 'Level 2 reached nobody.'],
  ],
  'incident.room_opened': [
    [{ platform: 'web', room: 'r', name: 'inc-1', url: 'http://x' }, 'Its room inc-1 opened on web.'],
  ],
};

describe('the timeline', () => {
  const all = Object.entries(SENTENCES).flatMap(([type, cases]) =>
    cases.map(([data, sentence]) => ({ type: type as EventType, data, sentence })),
  );

  it.each(all)('$sentence', ({ type, data, sentence }) => {
    expect(tell(logged(type, data), names)).toBe(sentence);
  });

  it('calls people by their handles where no name is known', () => {
    expect(tell(logged('incident.assigned', { person: bo, team: null }))).toBe('Ana assigned it to @bo.');
  });

  it('keeps what people wrote to one line of readable length', () => {
    const sentence = tell(logged('incident.noted', { comment: 'c', content: 'x\n'.repeat(5000) }));
    expect(sentence.length).toBeLessThan(520);
    expect(sentence).not.toContain('\n');
  });

  it('has a word of the contract for every event', () => {
    for (const type of Object.keys(SENTENCES)) expect(LOG_KINDS).toContain(kindOf(type));
    expect(kindOf('incident.acknowledged')).toBe('acknowledged');
  });

  it('goes on where a newer version of the program has written something', () => {
    const next = {
      ...logged('incident.started', { from: 'NEW', to: 'IN_PROGRESS', notes: null }),
      type: 'incident.later',
    };
    expect(tell(next as never)).toBe('Ana: incident.later.');
    expect(kindOf('incident.later')).toBe('action_executed');
  });
});
