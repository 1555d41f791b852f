import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PersonId } from '#src/incident/person.ts';
import { planNotifications } from '#src/paging/plan.ts';
import { keyOf } from '#src/paging/reach.ts';
import { DEFAULT_RULES, type ContactMethod } from '#src/paging/rules.ts';
import { acknowledged, begin, resolved, snooze } from '#src/paging/running.ts';
import { simulate, type PlanFor } from '#src/paging/simulate.ts';
import { timeUp } from '#src/paging/times.ts';
import { whyNotPaged, whyPaged } from '#src/paging/why.ts';
import { minutes, openedAt } from '#test/support/incident.ts';
import {
  ana,
  anaId,
  anyPlan,
  anySeverity,
  bo,
  boId,
  facts,
  level,
  payments,
  policy,
  resolving,
  shifting,
} from '#test/support/paging.ts';

const chat: ContactMethod = { id: 'chat', kind: 'chat', address: 'D1', verifiedAt: openedAt, enabled: true };
const voice: ContactMethod = {
  id: 'voice',
  kind: 'voice',
  address: '+49',
  verifiedAt: openedAt,
  enabled: true,
};

/** ana has a chat and a phone, bo has nothing. */
const planFor: PlanFor = (person, page) =>
  planNotifications({
    ...page,
    person,
    contacts: person === 'ana' ? [chat, voice] : [],
    rules: DEFAULT_RULES,
    quiet: null,
    recent: [],
  });
const world = { resolve: resolving({ payments: ['ana'] }) };

describe('what would happen', () => {
  it('is told minute by minute, with the steps that reach nobody', () => {
    const levels = [
      level({ targets: [payments] }),
      level({ targets: [{ kind: 'team', id: 'db' }] }),
      level({ targets: [bo] }),
    ];
    const steps = simulate({ ...world, facts: facts({ plan: [policy({ levels })] }), planFor });
    expect(
      steps.map(({ minute, level: number, to, by, isDead }) => [minute, number, to, by, isDead]),
    ).toEqual([
      [0, 1, 'person:ana', 'chat', false],
      [5, 1, 'person:ana', 'voice', false],
      // Level 2 is empty and is left at once; bo has no contact method.
      [5, 3, null, null, true],
      [5, 3, 'person:bo', null, true],
      [10, 3, null, null, true],
    ]);
    expect(steps.find((it) => it.to === 'person:bo')?.why).toMatch(/bo has no contact method; add one\.$/);
    expect(steps[0]?.why).toBe(
      'INC-1 is P1, so level 1 (First) of policy Payments pages schedule payments (ana on call). Chat at once, by the default rule for high urgency.',
    );
  });

  it('marks a contact that cannot be used, and not the one that can', () => {
    const unproven = { ...voice, verifiedAt: null };
    const high = [chat, unproven].map((it) => ({ delayMs: 0, contact: it.id }));
    const steps = simulate({
      ...world,
      facts: facts({ plan: [policy({ levels: [level()] })] }),
      planFor: (person, page) =>
        planNotifications({
          ...page,
          person,
          contacts: [chat, unproven],
          rules: { ...DEFAULT_RULES, high },
          quiet: null,
          recent: [],
        }),
    });
    expect(steps.slice(0, 2).map(({ by, isDead }) => [by, isDead])).toEqual([
      ['chat', false],
      ['voice', true],
    ]);
  });

  it('is what does happen', () => {
    const plain: PlanFor = () => ({
      steps: [{ contact: 'c', kind: 'chat', how: 'send', at: openedAt, delayedUntil: null, why: 'Chat.' }],
      unreachable: null,
    });
    fc.assert(
      fc.property(anyPlan, anySeverity, (plan, severity) => {
        const start = facts({ plan, severity });
        const told = simulate({ resolve: shifting, facts: start, planFor: plain });
        let out = begin(start, { resolve: shifting });
        const real = [...out.pages];
        const notes = [...out.notes];
        while (out.nextAt) {
          out = timeUp(out.run, { resolve: shifting }, out.nextAt);
          real.push(...out.pages);
          notes.push(...out.notes);
        }
        const key = (it: { cycle: number; level: number }, to: string) => `${it.cycle} ${it.level} ${to}`;
        const simulated = told.flatMap((it) => (it.to === null ? [] : [key(it, it.to)]));
        expect(simulated.toSorted()).toEqual(real.map((it) => key(it, keyOf(it.to))).toSorted());
        const words = told.filter((it) => it.to === null).map((it) => it.why);
        expect(words).toEqual(notes.map((it) => it.text));
      }),
      { numRuns: 200 },
    );
  });
});

describe('why somebody was paged', () => {
  it('is told from the receipt: the rule, the message and what came of it', () => {
    const [page] = begin(facts(), world).pages;
    expect(
      whyPaged({
        person: anaId,
        incident: facts().incident,
        at: openedAt,
        level: 1,
        reason: page?.reason ?? '',
        messages: [
          {
            by: 'sms',
            at: minutes(2),
            why: 'Sms after 2 min, by the default rule for high urgency.',
            outcome: 'delivered',
          },
        ],
      }),
    ).toEqual([
      'ana was paged for INC-1 at 2026-03-01 08:00 UTC, at level 1.',
      'INC-1 is P1, so level 1 (First) of policy Payments pages ana.',
      'Sms after 2 min, by the default rule for high urgency. Sent by sms at 2026-03-01 08:02 UTC: delivered.',
    ]);
  });
});

describe('why somebody was not paged', () => {
  const one = begin(facts(), world).run;
  const asked = (person: PersonId, at = minutes(3)) => ({ person, at, ...world });

  it.each([
    [
      'its level has not come',
      one,
      boId,
      [
        'bo comes at level 2 of policy Payments.',
        'It is at level 1 still; level 2 is next, at 2026-03-01 08:05 UTC.',
      ],
    ],
    [
      'somebody had it by then',
      acknowledged(one, anaId, minutes(2)).run,
      boId,
      [
        'bo comes at level 2 of policy Payments.',
        'ana acknowledged it at 2026-03-01 08:02 UTC, when it was at level 1.',
      ],
    ],
    [
      'it was over',
      resolved(one, minutes(2)).run,
      boId,
      ['bo comes at level 2 of policy Payments.', 'It was resolved at 2026-03-01 08:02 UTC before that.'],
    ],
    [
      'it sleeps',
      snooze(one, minutes(30), anaId, minutes(2)).run,
      boId,
      ['bo comes at level 2 of policy Payments.', 'It is snoozed until 2026-03-01 08:30 UTC.'],
    ],
    [
      'no level comes to them',
      one,
      'cy' as PersonId,
      ['None of the 3 levels of policy Payments comes to cy at 2026-03-01 08:03 UTC.'],
    ],
    [
      'but they were',
      one,
      anaId,
      [
        'ana was paged for INC-1 at 2026-03-01 08:00 UTC: INC-1 is P1, so level 1 (First) of policy Payments pages ana.',
      ],
    ],
    ['there is no escalation', null, anaId, ['There is no escalation for it: no policy matched it.']],
  ])('%s', (_, run, person, sentences) => {
    expect(whyNotPaged(run, asked(person))).toEqual(sentences);
  });

  it('names a rule that held its tongue, and what their own rules held back', () => {
    expect(
      whyNotPaged(null, { ...asked(anaId), suppressed: 'Rule Noise matched and suppresses it.' }),
    ).toEqual(['Rule Noise matched and suppresses it.']);
    const plan = planFor(boId, { urgency: 'high', severity: 'P1', at: openedAt });
    const two = timeUp(one, world, minutes(5)).run;
    expect(whyNotPaged(two, { ...asked(boId, minutes(6)), plan }).at(-1)).toBe(
      'bo has no contact method; add one.',
    );
  });

  it('names the levels that were passed over', () => {
    const night = { zone: 'UTC', windows: [{ days: [], from: '22:00', to: '06:00' }] };
    const levels = [
      level({ targets: [bo], when: { hours: night, severity: [] } }),
      level({ targets: [ana] }),
    ];
    const run = begin(facts({ plan: [policy({ levels })] }), world).run;
    expect(whyNotPaged(run, asked(boId))).toEqual([
      'bo comes at level 1 of policy Payments.',
      'It is at level 2, beyond these; when that was reached, or whose turn it was, they did not come to them.',
      'Level 1 (First) was passed over: it is for other hours than 2026-03-01 08:00 UTC.',
    ]);
  });
});
