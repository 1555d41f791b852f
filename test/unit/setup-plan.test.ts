import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PersonId } from '#src/incident/person.ts';
import { compileSchedule } from '#src/oncall/compile.ts';
import { findGaps } from '#src/oncall/gaps.ts';
import { readFile } from '#src/setup/document.ts';
import { exportFile } from '#src/setup/export.ts';
import { newGaps } from '#src/setup/gaps.ts';
import { planOf, sayPlan, type SetupPlan } from '#src/setup/plan.ts';
import type { SetupState } from '#src/setup/state.ts';
import { wantedFrom } from '#src/setup/wanted.ts';
import { layer, restriction, schedule } from '#test/support/oncall.ts';
import { anySetup, NOTHING } from '#test/support/setup.ts';

const ana = 'ana' as PersonId;
/** A Sunday, 09:00 in Berlin. */
const now = new Date('2026-03-01T08:00:00Z');
const DAY = 86_400_000;

const BASE = `version: 1
people:
  ana: {email: ana@example.com}
  bo: {email: bo@example.com}
  cy: {email: cy@example.com}
schedules:
  payments:
    timezone: Europe/Berlin
    layers: [{people: [ana, bo]}]
policies:
  payments: {levels: [{targets: [schedule:payments]}, {name: Leads, targets: [person:cy, "webhook:https://u:p@example.com/secret"]}]}
default_policy: payments
`;

describe('a plan', () => {
  it('says what is added, changed field by field, and removed', () => {
    expect(texts(plan(BASE, NOTHING))).toEqual([
      'Person ana is added.',
      'Person bo is added.',
      'Person cy is added.',
      'Schedule payments is added.',
      'Policy payments is added.',
      'Default policy: none → payments.',
    ]);
    const changed = BASE.replace('people: [ana, bo]', 'people: [ana, [bo, cy]], priority: 3')
      .replace('timezone: Europe', 'holidays: [2026-12-25 Christmas]\n    timezone: Europe')
      .replace('{name: Leads', '{wait: 10m, name: Bosses')
      .replace('default_policy: payments', 'default_policy:')
      .replace('cy: {email: cy@example.com}', 'cy: {active: false, skills: [sql]}');
    expect(texts(plan(changed, made(BASE)))).toEqual([
      'Person cy, email: cy@example.com → none.',
      'Person cy, active: yes → no.',
      'Person cy, skills: none → sql.',
      'Schedule payments, layer Primary, priority: 0 → 3.',
      'Schedule payments, layer Primary, people: ana, bo → ana, bo + cy.',
      'Schedule payments, holidays: none → 2026-12-25 Christmas.',
      'Policy payments, level 2, name: Leads → Bosses.',
      'Policy payments, level 2, wait: 5m → 10m.',
      'Default policy: payments → none.',
    ]);
    expect(texts(plan('version: 1\nschedules: {}\npolicies: {}\ndefault_policy: null', made(BASE)))).toEqual([
      'Schedule payments is removed, with its overrides.',
      'Policy payments is removed.',
      'Default policy: payments → none.',
    ]);
  });

  it('knows layers by their ids, whatever their places', () => {
    const two = BASE.replace(
      '[{people: [ana, bo]}]',
      '[{id: a, name: A, people: [ana]}, {id: b, name: B, people: [bo]}]',
    );
    const turned = BASE.replace(
      '[{people: [ana, bo]}]',
      '[{id: b, name: B, people: [bo]}, {id: a, name: A, people: [ana]}]',
    );
    const less = BASE.replace('[{people: [ana, bo]}]', '[{id: b, name: B, people: [bo]}]');
    expect(texts(plan(turned, made(two)))).toEqual(['Schedule payments, order of layers: a, b → b, a.']);
    expect(texts(plan(less, made(two)))).toEqual(['Schedule payments: layer a is removed.']);
  });

  it('never says a secret: addresses are told as far as they tell apart', () => {
    const secret = BASE.replace('/secret', '/other-secret').replace(
      'ana: {email: ana@example.com}',
      'ana: {email: ana@example.com, contacts: [sms:+491511234567, "ntfy:https://ntfy.example/topic-of-ana"]}',
    );
    const said = texts(plan(secret, made(BASE)));
    expect(said).toEqual([
      'Person ana, contacts: none → sms:…567, ntfy:https://ntfy.example/….',
      'Person ana: their contacts are kept in the file from now on.',
      'Policy payments, level 2, targets: is another one.',
    ]);
    const more = texts(plan(secret.replace('targets: [person:cy', 'targets: [room:ops'), made(BASE)));
    expect(more.at(-1)).toBe(
      'Policy payments, level 2, targets: person:cy, webhook:https://example.com/… → room:ops, webhook:https://example.com/….',
    );
    expect([...said, ...more].join()).not.toMatch(/secret|topic|1234|u:p/);
  });

  it('says how rules differ from the default ones', () => {
    const current = made(BASE.replace('ana: {', 'ana: {contacts: [push:a, sms:+491511234567], '));
    const rules =
      'version: 1\nrules: {ana: {high: [push, sms after 2m], quiet: {from: "22:00", to: "07:00"}}}';
    expect(texts(plan(rules, current))).toEqual([
      'Rules of ana, high: the default → push, sms after 2m.',
      'Rules of ana, quiet: none → from 22:00, to 07:00, zone UTC, break through severities none, urgencies high.',
    ]);
    const withRules = wantedFrom(readFile(rules), current, ana);
    expect(texts(plan('version: 1\nrules: {ana: }', withRules))).toEqual([
      'Rules of ana, high: push, sms after 2m → the default.',
      'Rules of ana, quiet: from 22:00, to 07:00, zone UTC, break through severities none, urgencies high → none.',
    ]);
  });

  it('is short where nothing changes', () => {
    expect(plan(BASE, made(BASE))).toMatchObject({ changes: [], warnings: [] });
    expect(sayPlan(plan(BASE, made(BASE)))).toBe('Nothing changes: all is as the file says.');
  });

  it('has another digest as soon as anything is other, addresses included', () => {
    const withContact = (address: string) => {
      const { people, ...rest } = made(BASE);
      const contact = { id: 'c', kind: 'push' as const, address, verifiedAt: null, enabled: true };
      return { ...rest, people: people.map((it) => ({ ...it, contacts: [contact] })) };
    };
    const digests = [made(BASE), withContact('x'), withContact('y')].map((it) => plan(BASE, it).digest);
    expect(new Set(digests).size).toBe(3);
    expect(plan('version: 1', made(BASE)).digest).toBe(digests[0]);
  });

  it('never fails, and the setup that comes out of it plans nothing more', () => {
    fc.assert(
      fc.property(anySetup, anySetup, (before, after) => {
        const people = after.people.map((it) => ({ ...it, isShared: true }));
        const file = readFile(exportFile({ ...after, people }));
        const wanted = wantedFrom(file, before, ana);
        expect(sayPlan(planOf(before, wanted, now))).not.toMatch(/undefined|\[object|NaN/);
        expect(planOf(wanted, wantedFrom(file, wanted, ana), now).changes).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});

describe('warnings', () => {
  it('name what nothing can be sent to, without its address', () => {
    const other = (target: string) => plan(BASE.replace('person:cy', target), made(BASE)).warnings;
    expect(other('room:slack/C024')).toEqual([]);
    expect(other('external:pagerduty/key')).toEqual([]);
    expect(other('room:ops')).toEqual([
      'Policy Payments names a room without its platform; write it like room:<platform>/<channel>.',
    ]);
    for (const target of ['external:foo', 'external:foo/secret', 'external:opsgenie']) {
      expect(other(target)).toEqual([
        'Policy Payments names a system that is not known; write it like external:pagerduty/<key>.',
      ]);
    }
    const [warning] = other('"webhook:http://example.com/secret"');
    expect(warning).toContain('Policy Payments names a webhook that does not begin with https://');
    expect(warning).not.toContain('secret');
  });

  const only = (hours: string, base = BASE) =>
    base.replace('people: [ana, bo]', `people: [ana, bo], only: [${hours}]`);

  it('say once which hours of the week are left empty', () => {
    const { warnings } = plan(only('mon-sat 00:00-24:00, sun 00:00-02:00, sun 06:00-24:00'), made(BASE));
    expect(warnings[0]).toBe(
      'Schedule Payments leaves Sunday 02:00 to 06:00 Europe/Berlin empty (12 times in 90 days, first on 2026-03-08).',
    );
  });

  it('say nothing of gaps that were there before, also where one becomes longer', () => {
    const before = made(only('08:00-20:00'));
    expect(plan(only('08:00-20:00').replace('[ana, bo]', '[ana, bo], priority: 2'), before).warnings).toEqual(
      [],
    );
    expect(plan(only('08:00-19:00'), before).warnings[0]).toContain(
      'leaves every day 19:00 to 20:00 Europe/Berlin empty',
    );
  });

  it('say when it begins where it never ends, and where nobody is on call at all', () => {
    const ends = BASE.replace('people: [ana, bo]', 'people: [ana, bo], rotation: {end: 2026-04-01T09:00}');
    expect(plan(ends, made(BASE)).warnings[0]).toBe(
      'Schedule Payments leaves 2026-04-01 09:00 Europe/Berlin and all after it empty.',
    );
    const none = BASE.replace('[{people: [ana, bo]}]', '[]');
    expect(plan(none, made(BASE)).warnings[0]).toBe(
      'Schedule Payments leaves nobody on call at all in the next 90 days.',
    );
    const off = BASE.replace('timezone: Europe', 'enabled: false\n    timezone: Europe');
    expect(plan(off, made(BASE)).warnings[0]).toBe(
      'Schedule Payments is switched off: nobody is on call by it.',
    );
  });

  it('say who gets and who loses time soon', () => {
    const { warnings } = plan(BASE.replace('[ana, bo]', '[cy, bo]'), made(BASE));
    expect(warnings).toEqual([
      'Schedule Payments, next 14 days: ana loses 7 d (from 2026-03-02 09:00 Europe/Berlin) and cy gets 7 d (from 2026-03-02 09:00 Europe/Berlin).',
    ]);
  });

  it('name who would be on call and cannot be reached', () => {
    const unreachable = BASE.replace('bo: {email: bo@example.com}', 'bo: {}');
    expect(plan(unreachable, made(BASE)).warnings).toEqual([
      'bo has turns in Payments, and no contact by which a page could be sent. Give them one, or take them out of it.',
    ]);
    expect(plan(BASE.replace('bo: {', 'bo: {active: false, '), made(BASE)).warnings).toEqual([
      'bo has turns in Payments, and is switched off. Take them out of it.',
    ]);
    const unproven = BASE.replace('bo: {email: bo@example.com}', 'bo: {contacts: [sms:+491511234567]}');
    expect(plan(unproven, made(BASE)).warnings[0]).toContain('bo has turns in Payments, and no contact');
    expect(plan(unreachable.replace('cy: {', 'cy: {name: Cy C, '), made(unreachable)).warnings).toEqual([]);
  });

  it('name a policy that reaches nobody', () => {
    const alone = BASE.replace('cy: {email: cy@example.com}', 'cy: {}').replace(
      /levels: .*/,
      'levels: [{targets: [person:cy]}]}',
    );
    expect(plan(alone, made(BASE)).warnings).toEqual([
      'Policy Payments can reach nobody: nobody of person cy can be paged.',
    ]);
    const saved = alone.replace('[person:cy]', '[{to: person:cy, fallback: schedule:payments}]');
    expect(plan(saved, made(BASE)).warnings).toEqual([]);
  });

  it('tell of gaps exactly where there are new ones', () => {
    const days = fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 });
    const hour = fc.constantFrom('00:00', '06:00', '12:00', '18:00');
    const hours = fc.tuple(days, hour, hour).map((all) => [restriction(...all)]);
    fc.assert(
      fc.property(hours, hours, (one, other) => {
        const [before, after] = [one, other].map((restrictions) =>
          compileSchedule(schedule({ layers: [layer({ restrictions })] })),
        ) as [ReturnType<typeof compileSchedule>, ReturnType<typeof compileSchedule>];
        const end = new Date(now.getTime() + 90 * DAY);
        const isNew = findGaps(after, now, end).some(({ from, until }) => {
          const known = findGaps(before, now, end).filter((it) => it.from < until && it.until > from);
          const covered = known.reduce(
            (sum, it) => sum + Math.min(+it.until, +until) - Math.max(+it.from, +from),
            0,
          );
          return covered < +until - +from;
        });
        expect(newGaps(before, after, now).length > 0).toBe(isNew);
      }),
    );
  });
});

function made(file: string): SetupState {
  return wantedFrom(readFile(file), NOTHING, ana);
}

function plan(file: string, current: SetupState): SetupPlan {
  return planOf(current, wantedFrom(readFile(file), current, ana), now);
}

function texts({ changes }: SetupPlan): string[] {
  return changes.map((it) => it.text);
}
