import { describe, expect, it } from 'vitest';

import { UserError } from '#src/errors.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import { readFile } from '#src/setup/document.ts';
import type { SetupState } from '#src/setup/state.ts';
import { wantedFrom } from '#src/setup/wanted.ts';
import { layer, schedule } from '#test/support/oncall.ts';
import { NOTHING } from '#test/support/setup.ts';

const ana = 'ana' as PersonId;
const TEAM = 'people: {ana: , bo: , cy: }';

describe('the file', () => {
  it('needs little: what is left out is a good default', () => {
    const made = wanted(`
      ${TEAM}
      schedules:
        payments: {layers: [{people: [ana, [bo, cy]]}]}
      policies:
        payments: {levels: [{targets: [schedule:payments]}]}
      default_policy: payments`);
    expect(made.people[0]).toMatchObject({ id: 'ana', name: 'Ana', role: 'responder', timezone: 'UTC' });
    expect(made.schedules[0]).toMatchObject({
      name: 'Payments',
      enabled: true,
      layers: [
        {
          name: 'Primary',
          rotation: { unit: 'week', every: 1, start: '2026-01-05T09:00' },
          shifts: [['ana'], ['bo', 'cy']],
        },
      ],
    });
    expect(made.policies[0]).toMatchObject({
      levels: [{ name: 'Level 1', targets: [{ kind: 'schedule', id: 'payments' }], ackWindowMs: 300_000 }],
    });
    expect(made.defaultPolicy).toBe('payments');
  });

  it('keeps digits as they are written: a telephone number is no sum', () => {
    const made = wanted(`
      people:
        "007": {name: 0815, skills: [on, 1e3], contacts: [sms:+49 1511 234567, "voice:0049-1511-234567"]}`);
    expect(made.people[0]).toMatchObject({
      id: '007',
      name: '0815',
      skills: ['on', '1e3'],
      contacts: [
        { kind: 'sms', address: '+491511234567' },
        { kind: 'voice', address: '+491511234567' },
      ],
    });
  });

  it('says hours, holidays, fallbacks, conditions and steps in short', () => {
    const made = wanted(`
      people: {ana: {timezone: Asia/Tokyo, contacts: [push:laptop, sms:+491511234567]}}
      schedules:
        x:
          timezone: Europe/Berlin
          holidays: [2026-12-25 Christmas]
          layers: [{people: [ana], only: [mon-fri 22:00-06:00, {days: [mon], from: 09:00, until: 17:00, plus_days: 4}]}]
          temporaries: [{name: Move, from: 2026-03-29T09:00, until: 2026-04-01T00:00:00Z, layers: [{people: [ana]}]}]
      policies:
        p: {levels: [{targets: [{to: schedule:x, fallback: person:ana}], wait: 1h30m, when: {hours: {windows: [22:00-06:00]}}}], repeat: 2}
      routes:
        r: {when: ["severity in P0, P1", tag.shop not equals test], notify: [room:ops], labels: [a]}
      rules:
        ana: {high: [push, sms after 2m], quiet: {from: 22:00, to: 07:00}}`);
    const [it] = made.schedules;
    expect(it?.holidays).toEqual([{ date: '2026-12-25', name: 'Christmas', calendar: null }]);
    expect(it?.layers[0]?.restrictions).toEqual([
      { days: [1, 2, 3, 4, 5], from: '22:00', until: '06:00', plusDays: 0 },
      { days: [1], from: '09:00', until: '17:00', plusDays: 4 },
    ]);
    expect(it?.temporaries[0]).toMatchObject({
      id: 'Move',
      start: new Date('2026-03-29T07:00:00Z'),
      end: new Date('2026-04-01T00:00:00Z'),
      createdBy: 'ana',
    });
    expect(made.policies[0]).toMatchObject({
      repeat: { times: 2, afterMs: 0 },
      levels: [
        {
          ackWindowMs: 5_400_000,
          targets: [{ kind: 'schedule', id: 'x', fallback: { kind: 'person', id: 'ana' } }],
          when: { severity: [], hours: { zone: 'UTC', windows: [{ days: [], from: '22:00', to: '06:00' }] } },
        },
      ],
    });
    expect(made.routes[0]).toMatchObject({
      rows: [
        { field: 'severity', operator: 'in', value: ['P0', 'P1'] },
        { field: 'tag.shop', operator: 'not_equals', value: 'test' },
      ],
      actions: [
        { do: 'notify', targets: [{ kind: 'room', id: 'ops' }] },
        { do: 'label', labels: ['a'] },
      ],
    });
    expect(made.rules.get(ana)).toMatchObject({
      rules: { high: [{ delayMs: 0 }, { delayMs: 120_000 }], low: null },
      quiet: { from: '22:00', to: '07:00', zone: 'Asia/Tokyo' },
    });
  });

  it.each<[string, string, string]>([
    [
      'a slip in the name of a field',
      'teams:\n  a: {membres: []}',
      'Line 3, teams.a.membres: "membres" is no field here; did you mean members?',
    ],
    ['a section that is none', 'team: {}', 'Line 2, team: "team" is no field here; did you mean teams?'],
    [
      'an unknown zone',
      'people:\n  ana: {timezone: Europe/Berln}',
      'Line 3, people.ana.timezone: "Europe/Berln" is no time zone; did you mean Europe/Berlin?',
    ],
    [
      'an unknown person',
      `${TEAM}\nschedules:\n  x:\n    layers:\n      - people: [ana, bob]`,
      'Line 6, schedules.x.layers.1.people.2: there is no person "bob"; did you mean bo?',
    ],
    [
      'a rotation without people',
      'schedules: {x: {layers: [{people: []}]}}',
      'Line 2, schedules.x.layers.1.people: Layer "Primary" has nobody in its rotation. Add people, or remove the layer.',
    ],
    [
      'a rotation that begins on no day',
      `${TEAM}\nschedules: {x: {layers: [{people: [ana], rotation: {start: 2026-02-30T09:00}}]}}`,
      'Line 3, schedules.x.layers.1.rotation.start: The start of Layer "Primary": "2026-02-30" is not a date. Write it like 2026-12-25.',
    ],
    [
      'a target that is not there',
      'policies: {p: {levels: [{targets: [schedule:paymnts]}]}}',
      'Line 2, policies.p.levels.1.targets.1: there is no schedule "paymnts"; add it or name another.',
    ],
    [
      'a window that is too short',
      'policies:\n  p:\n    levels:\n      - {targets: [room:ops], wait: 5s}',
      'Line 5, policies.p.levels.1.wait: Policy p, level 1: its acknowledge window must be 30 s to 1 d, not 5 s.',
    ],
    [
      'a circle of policies',
      'policies:\n  a: {hand_to: b, levels: [{targets: [room:x]}]}\n  b: {hand_to: a, levels: [{targets: [room:x]}]}',
      'Line 3, policies.a.hand_to: Policies hand on in a circle (a → b → a); take one of these steps away.',
    ],
    [
      'a field that no rule knows',
      'routes: {r: {when: [severty equals P0], team: x}}',
      'there is no team "x"',
    ],
    [
      'quiet hours that never end',
      `${TEAM}\nrules: {ana: {quiet: {from: "22:00", to: "22:00"}}}`,
      'Line 3, rules.ana: Rules of ana: quiet hours must end at another time than they begin.',
    ],
    [
      'a contact that is not there',
      `${TEAM}\nrules: {ana: {high: [push]}}`,
      'Line 3, rules.ana.high.1: ana has no contact "push" (there is none at all)',
    ],
    [
      'one of two contacts',
      'people: {ana: {contacts: [sms:+491511234567, sms:+491511234568]}}\nrules: {ana: {high: [sms]}}',
      'Line 3, rules.ana.high.1: ana has 2 contacts of the kind sms; write which one',
    ],
    [
      'a telephone number without its country',
      'people: {ana: {contacts: ["sms:0151 1234567"]}}',
      'write the number with its country',
    ],
    [
      'an address that two have',
      'people:\n  ana: {email: a@example.com}\n  bo: {email: A@example.com}',
      'Line 4, people.bo.email: somebody else has this address',
    ],
    ['an id in capitals', 'people: {Ana: }', 'Line 2, people.Ana: "Ana" is no id; use 1 to 64 small letters'],
    [
      'a name that is there twice',
      'people:\n  ana: {}\n  ana: {}',
      'Line 4: this name is there twice; keep one of them.',
    ],
    [
      'a default policy that is not there',
      'default_policy: pay',
      'Line 2, default_policy: there is no policy "pay"',
    ],
  ])('refuses %s with its line and what to write', (_, file, says) => {
    expect(() => wanted(file)).toThrow(says);
  });

  it('tells all faults at once, in the order of the lines', () => {
    expect(() => wanted('people:\n  ana: {role: king}\n  bo: {active: maybe}')).toThrow(
      /^Line 3, people.ana.role: "king" is none of viewer, responder, admin.\nLine 4, people.bo.active: write true or false.$/,
    );
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['a list', '[]'],
    ['another version', 'version: 2'],
    ['tabs', '\tversion: 1'],
    ['what refers to itself', 'version: 1\npolicies: &a {p: *a}'],
    ['what unfolds without end', bomb()],
    ['brackets without end', '['.repeat(100_000)],
    ['two documents', 'version: 1\n---\nversion: 1'],
    ['binary', 'version: 1\npeople: {ana: {name: !!binary aGk=}}'],
    ['a list as a name', 'version: 1\n? [a, b]\n: c'],
    ['what only looks like fields', 'version: 1\npeople: {toString: 3, constructor: 4}'],
  ])('refuses %s with a sentence', (_, file) => {
    expect(() => readFile(file)).toThrow(UserError);
  });

  it('leaves the sections alone that it does not have', () => {
    const current: SetupState = {
      ...NOTHING,
      people: wanted(TEAM).people,
      schedules: [schedule({ layers: [layer({ shifts: [[ana]] })] })],
    };
    const made = wanted('teams: {db: {members: [ana]}}', current);
    expect([made.people, made.schedules]).toEqual([current.people, current.schedules]);
    expect(made.teams.map((it) => it.id)).toEqual(['db']);
  });

  it('refuses what would make the rest impossible, and says that this is not in it', () => {
    const current = wanted(`
      ${TEAM}
      schedules: {x: {layers: [{people: [ana]}]}}
      teams: {db: {schedule: x}}`);
    expect(() => wanted('schedules: {}', current)).toThrow(
      /^Not in the file, but no more possible with it: there is no schedule "x"/,
    );
    const busy = { ...current, busyTeams: ['db' as TeamId] };
    expect(() => wanted('teams: {}', busy)).toThrow(
      'team db cannot be removed, since incidents belong to it',
    );
  });

  it('switches people off whom it does not name any more, and leaves them their contacts and rules', () => {
    const current = wanted('people: {ana: , bo: {contacts: [push:x]}}\nrules: {bo: {high: [push]}}');
    const made = wanted('people: {ana: }', current);
    expect(made.people.map(({ id, active, isShared }) => [id, active, isShared])).toEqual([
      ['ana', true, false],
      ['bo', false, false],
    ]);
    expect(made.people[1]?.contacts).toHaveLength(1);
    expect(made.rules).toEqual(current.rules);
  });

  it('takes a step away whose contact it takes away', () => {
    const current = wanted(
      'people: {ana: {contacts: [push:x, ntfy:y]}}\nrules: {ana: {high: [push, ntfy], low: [push]}}',
    );
    const { rules } = wanted('people: {ana: {contacts: [ntfy:y]}}', current).rules.get(ana) ?? {};
    expect(rules).toMatchObject({ high: [{ contact: 'new:ntfy:y' }], low: [] });
  });
});

function wanted(text: string, current = NOTHING): SetupState {
  const indent = /^\n( *)/.exec(text)?.[1] ?? '';
  return wantedFrom(
    readFile(`version: 1\n${text.replace(/^\n/, '').replaceAll(new RegExp(`^${indent}`, 'gm'), '')}`),
    current,
    ana,
  );
}

function bomb(): string {
  const lines = Array.from({ length: 9 }, (_, index) =>
    index === 0
      ? 'a0: &a0 [x,x,x,x,x,x,x,x,x]'
      : `a${index}: &a${index} [${Array(9)
          .fill(`*a${index - 1}`)
          .join(',')}]`,
  );
  return ['version: 1', ...lines].join('\n');
}
