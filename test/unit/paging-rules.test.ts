import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { planNotifications, type ToNotify } from '#src/paging/plan.ts';
import {
  CONTACT_KINDS,
  DEFAULT_BREAK_THROUGH,
  DEFAULT_RULES,
  validateRules,
  type ContactKind,
  type ContactMethod,
  type QuietHours,
} from '#src/paging/rules.ts';
import { isWithin } from '#src/paging/windows.ts';
import { minutes, openedAt } from '#test/support/incident.ts';
import { anaId, anySeverity } from '#test/support/paging.ts';

const contact = (kind: ContactKind, changes: Partial<ContactMethod> = {}): ContactMethod => ({
  id: kind,
  kind,
  address: `${kind}:ana`,
  verifiedAt: openedAt,
  enabled: true,
  ...changes,
});
const all = CONTACT_KINDS.map((kind) => contact(kind));
const night: QuietHours = {
  from: '22:00',
  to: '07:00',
  zone: 'Europe/Berlin',
  breakThrough: DEFAULT_BREAK_THROUGH,
};
/** Two at night in Berlin. */
const atNight = new Date('2026-03-01T01:00:00Z');

const page = (changes: Partial<ToNotify> = {}): ToNotify => ({
  person: anaId,
  urgency: 'high',
  severity: 'P1',
  at: openedAt,
  contacts: all,
  rules: DEFAULT_RULES,
  quiet: null,
  recent: [],
  ...changes,
});
const planned = (changes: Partial<ToNotify> = {}) =>
  planNotifications(page(changes)).steps.map(
    ({ contact: id, how, at }) =>
      `${id} ${how} ${at === null ? '-' : (at.getTime() - (changes.at ?? openedAt).getTime()) / 60_000}`,
  );

describe('who set up nothing', () => {
  it('is told by everything they have, loudest last, where it is urgent', () => {
    expect(
      planned({
        contacts: ['chat', 'push', 'email', 'sms', 'voice'].map((it) => contact(it as ContactKind)),
      }),
    ).toEqual(['chat send 0', 'push send 0', 'email send 1', 'sms send 2', 'voice send 5']);
  });

  it('is told where they read it anyway where it is not', () => {
    expect(planned({ urgency: 'low', severity: 'P3' })).toEqual(['chat send 0', 'email send 1']);
    expect(planned({ urgency: 'low', severity: 'P3', contacts: [contact('sms')] })).toEqual(['sms send 0']);
  });

  it('is never called on a number that nobody has verified', () => {
    const unproven = [contact('chat'), contact('voice', { verifiedAt: null })];
    expect(planned({ contacts: unproven })).toEqual(['chat send 0']);
    expect(planNotifications(page({ contacts: [contact('sms', { verifiedAt: null })] }))).toEqual({
      steps: [],
      unreachable:
        'ana cannot be told, since no contact method can be used. Sms: it is not verified: send yourself a code and type it in.',
    });
  });

  it('and has no contact method cannot be told, which is said', () => {
    expect(planNotifications(page({ contacts: [] }))).toEqual({
      steps: [],
      unreachable: 'ana has no contact method; add one.',
    });
  });

  it('is woken in quiet hours by what is urgent, and by nothing else', () => {
    expect(planned({ at: atNight, quiet: night, contacts: [contact('chat')] })).toEqual(['chat send 0']);
    const [low] = planNotifications(
      page({ at: atNight, quiet: night, contacts: [contact('chat')], urgency: 'low', severity: 'P3' }),
    ).steps;
    expect(low).toMatchObject({ how: 'delay', delayedUntil: new Date('2026-03-01T06:00:00Z') });
    expect(low?.why).toBe(
      'Chat at once, by the default rule for low urgency; delayed until 2026-03-01 06:00 UTC: quiet hours are 22:00 to 07:00 Europe/Berlin.',
    );
  });
});

describe('rules of their own', () => {
  const rules = {
    ...DEFAULT_RULES,
    high: [
      { delayMs: 600_000, contact: 'sms' },
      { delayMs: 0, contact: 'email' },
    ],
  };

  it('are kept in the order of their delays', () => {
    expect(planned({ rules })).toEqual(['email send 0', 'sms send 10']);
  });

  it('that name what is gone or off say so, and the rest goes out', () => {
    const contacts = [contact('email', { enabled: false }), contact('sms')];
    const { steps } = planNotifications(page({ rules, contacts }));
    expect(steps.map((it) => it.how)).toEqual(['refuse', 'send']);
    expect(steps[0]?.why).toBe('Email is not used: it is switched off.');
  });

  it('that reach nobody are not obeyed to the letter', () => {
    const contacts = [contact('sms', { verifiedAt: null }), contact('chat')];
    expect(planned({ rules, contacts })).toEqual(['email refuse -', 'sms refuse -', 'chat send 0']);
  });

  it('hold urgent pages back too where their owner says so', () => {
    const quiet = { ...night, breakThrough: { severities: ['P0' as const], urgencies: [] } };
    const low = { at: atNight, quiet, contacts: [contact('chat')] };
    expect(planned({ ...low, severity: 'P1' })).toEqual(['chat delay 300']);
    expect(planned({ ...low, severity: 'P0' })).toEqual(['chat send 0']);
  });

  it('throttle what is not urgent, and say until when', () => {
    const throttle = { max: 2, windowMs: 3_600_000 };
    const recent = [-50, -10].map((it) => ({ contact: 'chat', at: minutes(it), urgency: 'low' as const }));
    const low = { urgency: 'low' as const, severity: 'P3' as const, contacts: [contact('chat')], recent };
    const { steps } = planNotifications(page({ ...low, rules: { ...DEFAULT_RULES, throttle } }));
    expect(steps).toMatchObject([{ how: 'delay', delayedUntil: minutes(10) }]);
    expect(steps[0]?.why).toContain('at most 2 messages in 1 h were asked for');
  });

  it('bundle what is not urgent into one message', () => {
    const bundling = { ...DEFAULT_RULES, bundleMs: 900_000 };
    const low = {
      urgency: 'low' as const,
      severity: 'P3' as const,
      contacts: [contact('chat')],
      rules: bundling,
    };
    const sent = { contact: 'chat', at: minutes(-5), urgency: 'low' as const };
    expect(planned({ ...low, recent: [sent] })).toEqual(['chat bundle 10']);
    const waiting = { contact: 'chat', at: minutes(10), urgency: 'low' as const };
    expect(planned({ ...low, recent: [sent, waiting] })).toEqual(['chat bundle 10']);
  });

  it('that cannot work are refused with what to change', () => {
    const wrong = {
      high: [{ delayMs: -1, contact: 'fax' }],
      low: null,
      throttle: { max: 0, windowMs: 60_000 },
      bundleMs: 1,
    };
    const quiet = { ...night, zone: 'Mars', to: '22:00' };
    expect(validateRules(anaId, all, wrong, quiet).map((it) => it.message)).toEqual([
      'Rules of ana: contact "fax" does not exist; add it or take the step away.',
      'Rules of ana: a step waits 0 s to 1 d, not -1 ms.',
      'Rules of ana: at least one message must be let through in a window, not 0.',
      'Rules of ana: a window to throttle or bundle lasts 1 min to 1 d.',
      'Rules of ana: quiet hours: "Mars" is no time zone; write it like Europe/Berlin.',
      'Rules of ana: quiet hours must end at another time than they begin.',
    ]);
    expect(validateRules(anaId, all, rules, night)).toEqual([]);
  });
});

describe('whatever the rules', () => {
  const kinds = fc.constantFrom(...CONTACT_KINDS);
  const anyContact = fc
    .tuple(kinds, fc.boolean(), fc.boolean())
    .map(([kind, enabled, isProven]) => contact(kind, { enabled, verifiedAt: isProven ? openedAt : null }));
  const anyStep = fc.record({ delayMs: fc.nat(3_600_000), contact: kinds });
  const anySteps = fc.option(fc.array(anyStep, { maxLength: 5 }));
  const hour = fc.nat(23).map((it) => `${String(it).padStart(2, '0')}:00`);
  const anyQuiet: fc.Arbitrary<QuietHours> = fc
    .record({
      from: hour,
      to: hour,
      zone: fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe'),
      breakThrough: fc.record({
        severities: fc.subarray(['P0', 'P1', 'P3'] as const),
        urgencies: fc.subarray(['high', 'low'] as const),
      }),
    })
    .filter(({ from, to }) => from !== to);
  const anyRecent = fc.array(
    fc.record({
      contact: kinds,
      at: fc.integer({ min: -300, max: 300 }).map((it) => minutes(it)),
      urgency: fc.constantFrom('high' as const, 'low' as const),
    }),
    { maxLength: 8 },
  );
  const anyPage: fc.Arbitrary<ToNotify> = fc.record({
    person: fc.constant(anaId),
    urgency: fc.constantFrom('high' as const, 'low' as const),
    severity: anySeverity,
    at: fc.nat(1_000_000).map((it) => minutes(it)),
    contacts: fc.uniqueArray(anyContact, { selector: (it) => it.id }),
    rules: fc.record({
      high: anySteps,
      low: anySteps,
      throttle: fc.option(
        fc.record({ max: fc.integer({ min: 1, max: 3 }), windowMs: fc.constantFrom(60_000, 3_600_000) }),
      ),
      bundleMs: fc.option(fc.constantFrom(60_000, 1_800_000)),
    }),
    quiet: fc.option(anyQuiet),
    recent: anyRecent,
  });

  it('every step is sent, delayed until a time, bundled or refused, with a reason', () => {
    fc.assert(
      fc.property(anyPage, (any) => {
        const { steps, unreachable } = planNotifications(any);
        const own = any.rules[any.urgency];
        if (own) expect(steps.length).toBeGreaterThanOrEqual(own.length);
        for (const { how, at, delayedUntil, why } of steps) {
          expect(why).toMatch(/\S.*\.$/);
          if (how === 'refuse') expect([at, delayedUntil]).toEqual([null, null]);
          else expect(at).not.toBe(null);
          if (how === 'send') expect(delayedUntil).toBe(null);
          if (how === 'delay' || how === 'bundle') expect(delayedUntil).toEqual(at);
        }
        expect(unreachable === null).toBe(steps.some((it) => it.at !== null));
      }),
    );
  });

  it('what may break through is never later than its delay', () => {
    fc.assert(
      fc.property(anyPage, (any) => {
        const { quiet, urgency, severity, at } = any;
        const breaks = quiet
          ? quiet.breakThrough.severities.includes(severity) || quiet.breakThrough.urgencies.includes(urgency)
          : urgency === 'high';
        fc.pre(breaks);
        const own = any.rules[urgency];
        for (const step of planNotifications(any).steps) {
          expect(step.how === 'send' || step.how === 'refuse').toBe(true);
          const asked = own
            ?.filter((it) => it.contact === step.contact)
            .map((it) => at.getTime() + it.delayMs);
          if (asked && asked.length > 0 && step.at) expect(asked).toContain(step.at.getTime());
        }
      }),
    );
  });

  it('what may not is never sent in quiet hours, nor before its delay', () => {
    fc.assert(
      fc.property(anyPage, (any) => {
        const { quiet, urgency, severity } = any;
        fc.pre(quiet !== null);
        fc.pre(
          !quiet.breakThrough.severities.includes(severity) &&
            !quiet.breakThrough.urgencies.includes(urgency),
        );
        for (const { at } of planNotifications(any).steps) {
          if (!at) continue;
          expect(isWithin({ zone: quiet.zone, windows: [{ ...quiet, days: [] }] }, at)).toBe(false);
          expect(at.getTime()).toBeGreaterThanOrEqual(any.at.getTime());
        }
      }),
    );
  });
});
