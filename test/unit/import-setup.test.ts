import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ExportFile } from '#src/importers/answers.ts';
import { importFrom, type Vendor } from '#src/importers/import.ts';
import { dutiesOf } from '#src/importers/temporaries.ts';
import type { PersonId } from '#src/incident/person.ts';
import { readFile } from '#src/setup/document.ts';
import { exportFile } from '#src/setup/export.ts';
import type { SetupState } from '#src/setup/state.ts';
import { wantedFrom } from '#src/setup/wanted.ts';
import { filesOf, GRAFANA, OPSGENIE, PAGERDUTY } from '#test/support/importers/examples.ts';
import { anyGrafana, grafanaFiles } from '#test/support/importers/grafana.ts';
import { DAY, LENGTH } from '#test/support/importers/intervals.ts';
import { anyOpsgenie, opsgenieFiles } from '#test/support/importers/opsgenie.ts';
import { anyPagerDuty, pagerDutyFiles } from '#test/support/importers/pagerduty.ts';

const MINUTE = 60_000;

const NOTHING: SetupState = {
  people: [],
  teams: [],
  schedules: [],
  policies: [],
  routes: [],
  rules: new Map(),
  defaultPolicy: null,
  heartbeats: [],
  services: [],
  syntheticPage: null,
  busyTeams: [],
};

describe('what is imported', () => {
  it('is written to a file that puts the same people on call', () => {
    const any = fc.oneof(
      fc.record({
        vendor: fc.constant('pagerduty' as const),
        files: anyPagerDuty().map((it) => pagerDutyFiles(it)),
      }),
      fc.record({
        vendor: fc.constant('opsgenie' as const),
        files: anyOpsgenie().map((it) => opsgenieFiles(it)),
      }),
      fc.record({
        vendor: fc.constant('grafana' as const),
        files: anyGrafana().map((it) => grafanaFiles(it)),
      }),
    );
    fc.assert(
      fc.property(any, ({ vendor, files }: { vendor: Vendor; files: ExportFile[] }) => {
        const { setup, equality } = importFrom(vendor, files);
        const written = wantedFrom(readFile(exportFile(setup)), NOTHING, 'ana' as PersonId);
        expect(written.schedules).toHaveLength(1);
        for (const [index, schedule] of setup.schedules.entries()) {
          const from = equality[index]?.compared?.from.getTime() ?? 0;
          const stretch = { from, until: from + LENGTH };
          const read = written.schedules[index];
          expect(read && dutiesOf(read, stretch)).toEqual(dutiesOf(schedule, stretch));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('of PagerDuty are people with contacts and rules, teams, and policies', () => {
    const { setup, notes } = importFrom('pagerduty', filesOf(PAGERDUTY));
    expect(setup.people.map(({ id, name, timezone, active }) => ({ id, name, timezone, active }))).toEqual([
      { id: 'ana', name: 'Ana', timezone: 'Europe/Berlin', active: true },
      { id: 'bo', name: 'Bo', timezone: 'UTC', active: true },
    ]);
    expect(setup.people[0]?.contacts).toEqual([
      { id: 'ana-email', kind: 'email', address: 'ana@example.com', verifiedAt: null, enabled: true },
      { id: 'ana-sms', kind: 'sms', address: '+491705550100', verifiedAt: null, enabled: true },
    ]);
    expect(setup.people[1]?.contacts).toMatchObject([{ kind: 'email', address: 'bo@example.com' }]);
    expect(setup.rules.get('ana' as PersonId)?.rules.high).toEqual([
      { delayMs: 0, contact: 'ana-email' },
      { delayMs: 5 * MINUTE, contact: 'ana-sms' },
    ]);
    expect(setup.teams).toMatchObject([{ id: 'payments-eu', name: 'Payments EU', members: ['ana'] }]);
    expect(setup.policies).toMatchObject([
      {
        id: 'payments',
        repeat: { times: 2, afterMs: 0 },
        levels: [
          {
            targets: [{ kind: 'schedule', id: 'payments-on-call' }],
            ackWindowMs: 5 * MINUTE,
            strategy: 'all',
          },
          { targets: [{ kind: 'person', id: 'ana' }], ackWindowMs: 30 * MINUTE, strategy: 'round-robin' },
        ],
      },
    ]);
    expect(notes.map(({ about }) => about)).toEqual([
      'person Ana',
      'policy Payments',
      'policies',
      'telephone numbers',
    ]);
    expect(notes[1]?.says).toBe('It pages Gone, which is not in the export or was left out.');
  });

  it('of Opsgenie are people with contacts and rules, teams, and policies', () => {
    const { setup, notes } = importFrom('opsgenie', filesOf(OPSGENIE));
    expect(setup.people.map(({ id, timezone, active }) => ({ id, timezone, active }))).toEqual([
      { id: 'ana', timezone: 'Europe/Berlin', active: true },
      { id: 'bo', timezone: 'UTC', active: true },
      { id: 'nobody', timezone: 'UTC', active: false },
    ]);
    expect(setup.people[0]?.contacts.map(({ kind, address }) => `${kind} ${address}`)).toEqual([
      'email ana@example.com',
      'voice +491705550100',
    ]);
    expect(setup.rules.get('ana' as PersonId)?.rules.high).toEqual([
      { delayMs: MINUTE, contact: 'ana-email' },
      { delayMs: 3 * MINUTE, contact: 'ana-voice' },
    ]);
    expect(setup.schedules).toMatchObject([
      { team: 'payments', layers: [{ shifts: [['ana'], ['nobody'], ['bo']] }] },
    ]);
    expect(setup.policies).toMatchObject([
      {
        repeat: { times: 3, afterMs: 15 * MINUTE },
        levels: [
          {
            targets: [
              { kind: 'schedule', id: 'payments' },
              { kind: 'person', id: 'ana' },
            ],
            ackWindowMs: 10 * MINUTE,
          },
          { targets: [{ kind: 'team', id: 'payments' }], ackWindowMs: 5 * MINUTE },
        ],
      },
    ]);
    expect(notes.map(({ about, says }) => `${about}: ${says}`).join('\n')).toMatch(
      /Being told by mobile.*Nowhere\/Near.*belongs to nobody.*belongs to team Payments.*"all"/s,
    );
  });

  it('of Grafana OnCall are people with rules, policies, and calendars shift by shift', () => {
    const shown = (['ana', 'bo'] as const).flatMap((who) =>
      Array.from({ length: 90 }, (_, day) => {
        const begin = Date.parse('2026-01-05T00:00:00Z') + day * DAY;
        const at = (hour: number) => new Date(begin + hour * 60 * MINUTE).toISOString();
        const id = who === 'ana' ? 'UA' : 'UB';
        const parts =
          who === 'ana'
            ? [[9, 21]]
            : [
                [0, 9],
                [21, 24],
              ];
        return parts.map(([from = 0, until = 0]) => ({
          user_pk: id,
          shift_start: at(from),
          shift_end: at(until),
        }));
      }).flat(),
    );
    const { setup, notes, equality } = importFrom(
      'grafana',
      filesOf({ ...GRAFANA, 'schedules/S1/final_shifts.json': { results: shown } }),
    );
    expect(equality).toMatchObject([{ as: 'calendar', minutes: 129_600, same: 129_600, differences: [] }]);
    expect(setup.rules.get('bo' as PersonId)?.rules).toMatchObject({
      high: [{ delayMs: 5 * MINUTE, contact: 'bo-email' }],
      low: null,
    });
    expect(setup.rules.has('ana' as PersonId)).toBe(false);
    expect(setup.policies).toMatchObject([
      {
        repeat: { times: 5 },
        levels: [
          { targets: [{ kind: 'schedule', id: 'from-a-calendar' }], ackWindowMs: 15 * MINUTE },
          {
            targets: [
              { kind: 'person', id: 'ana' },
              { kind: 'person', id: 'bo' },
            ],
          },
        ],
      },
    ]);
    expect(notes.map(({ says }) => says)).toEqual([
      'Being told by sms is not carried over, since the public API gives no numbers and devices.',
      'It is a calendar from elsewhere, so it is carried over from its calendar, until 2026-04-05 and no longer.',
      'Its step "resolve" is not carried over.',
      expect.stringContaining('None has conditions'),
    ]);
  });

  it('leaves a calendar out that nobody can look into, and says so', () => {
    const { 'schedules/S1/primary.ics': _, ...rest } = GRAFANA;
    const { setup, notes } = importFrom('grafana', filesOf(rest));
    expect(setup.schedules).toEqual([]);
    expect(setup.policies[0]?.levels).toHaveLength(1);
    expect(notes.find(({ about }) => about === 'schedule From a calendar')?.says).toBe(
      'It is left out. It is a calendar from elsewhere, and the export does not say who is on call.',
    );
  });
});
