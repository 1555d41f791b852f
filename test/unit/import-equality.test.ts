import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

import { UserError } from '#src/errors.ts';
import { importFrom } from '#src/importers/import.ts';
import { sayImport } from '#src/importers/report.ts';
import { filesOf, PAGERDUTY, OPSGENIE } from '#test/support/importers/examples.ts';
import { NAMES } from '#test/support/importers/intervals.ts';
import {
  anyPagerDuty,
  pagerDutyFiles,
  renderPagerDuty,
  type PdCase,
} from '#test/support/importers/pagerduty.ts';

const WEEKLY: PdCase = {
  zone: 'Europe/Berlin',
  window: { from: Date.UTC(2026, 1, 10), until: Date.UTC(2026, 4, 11) },
  layers: [
    {
      users: ['ana', 'bo'],
      seconds: 604_800,
      virtualStart: Date.UTC(2026, 0, 5, 8),
      start: Date.UTC(2026, 0, 5, 8),
      end: null,
      restrictions: [],
    },
  ],
  overrides: [],
};

describe('the comparison', () => {
  it('finds exactly the one shift that is another one there', () => {
    const any = fc.tuple(anyPagerDuty(), fc.nat(), fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(any, ([plan, which, step]) => {
        const rendered = renderPagerDuty(plan);
        fc.pre(rendered.length > 0);
        const place = which % rendered.length;
        const spoiled = rendered.map((it, index) =>
          index === place ? { ...it, who: NAMES[(NAMES.indexOf(it.who as 'ana') + step) % 4] ?? '' } : it,
        );
        const [{ differences, minutes, same } = nothing] = importFrom(
          'pagerduty',
          pagerDutyFiles(plan, spoiled),
        ).equality;
        const [was, is] = [rendered[place], spoiled[place]];
        expect(differences).toMatchObject([
          {
            from: new Date(was?.from ?? 0),
            until: new Date(was?.until ?? 0),
            theirs: [is?.who],
            ours: [was?.who],
          },
        ]);
        expect(minutes - same).toBe(((was?.until ?? 0) - (was?.from ?? 0)) / 60_000);
      }),
      { numRuns: 60 },
    );
  });

  it('finds a difference of a second', () => {
    const rendered = renderPagerDuty(WEEKLY).map((it) => ({
      ...it,
      from: it.from + (it.who === 'bo' ? 1000 : 0),
    }));
    const [found] = importFrom('pagerduty', pagerDutyFiles(WEEKLY, rendered)).equality;
    expect(found?.differences.map((it) => it.until.getTime() - it.from.getTime())).toEqual(
      rendered.filter((it) => it.who === 'bo').map(() => 1000),
    );
    expect(found?.differences[0]).toMatchObject({ theirs: [], ours: ['bo'] });
  });

  it('says of a hand-off that is an hour off after the clocks have changed that it is the clocks', () => {
    const change = Date.UTC(2026, 2, 29, 1);
    const late = renderPagerDuty(WEEKLY).map((it) => ({
      ...it,
      from: it.from > change ? it.from + 3_600_000 : it.from,
      until: it.until > change && it.until < WEEKLY.window.until ? it.until + 3_600_000 : it.until,
    }));
    const [found] = importFrom('pagerduty', pagerDutyFiles(WEEKLY, late)).equality;
    expect(found?.differences).toHaveLength(6);
    expect(found?.differences[0]?.likelyWhy).toMatch(
      /^The clocks of Europe\/Berlin change at 2026-03-29T01:00/,
    );
  });

  it('proves nothing where the export does not say who was on call, or for less than was asked', () => {
    const without = importFrom('pagerduty', filesOf(PAGERDUTY));
    expect(without.equality).toMatchObject([{ compared: null, minutes: 0 }]);
    expect(sayImport(without)).toContain(
      'payments-on-call: not proven. The export does not say who was on call',
    );
    const longer = importFrom('pagerduty', pagerDutyFiles(WEEKLY), { days: 120 });
    expect(sayImport(longer)).toContain(
      'payments: not proven. 129600 of 129600 minutes are the same, 2026-02-10 00:00 to 2026-05-11 00:00 UTC. The export covers 129600 of 172800',
    );
    expect(sayImport(longer)).toContain('0 of 1 schedule proven the same, minute by minute.');
  });

  it('says of turns of nobody and of teams why they differ', () => {
    const begin = '2026-01-05T08:00:00Z';
    const ana = { startDate: begin, endDate: '2026-01-12T08:00:00Z', recipient: { type: 'user', id: 'ana' } };
    const data = {
      startDate: begin,
      endDate: '2026-01-19T08:00:00Z',
      finalTimeline: { rotations: [{ periods: [ana] }] },
    };
    const files = filesOf({ ...OPSGENIE, 'v2/schedules/s1/timeline.json': { data } });
    const [found] = importFrom('opsgenie', files).equality;
    expect(found).toMatchObject({ minutes: 20_160, same: 10_080 });
    expect(found?.differences).toMatchObject([
      {
        theirs: [],
        ours: ['nobody'],
        likelyWhy: expect.stringMatching(/^A turn belongs to nobody/) as string,
      },
    ]);
  });
});

describe('an export that cannot be read', () => {
  const cases: [string, Record<string, unknown>, RegExp][] = [
    ['no files', {}, /^There is nothing to import/],
    ['no JSON', { 'users.json': '<html>' }, /^users.json is not JSON/],
    ['files of something else', { 'users.json': { results: [] } }, /^No schedules, policies or users/],
    [
      'a field of the wrong kind',
      {
        'users.json': {
          users: [
            { id: 'PA', name: 'Ana' },
            { id: 'PB', name: 7 },
          ],
        },
      },
      /^users.json, field users\[1\].name: /,
    ],
    [
      'a time that is none',
      {
        'schedules/PS.json': {
          schedule: {
            ...PAGERDUTY['schedules/PS.json'].schedule,
            schedule_layers: [
              { ...PAGERDUTY['schedules/PS.json'].schedule.schedule_layers[0], start: 'yesterday' },
            ],
          },
        },
      },
      /^schedules\/PS.json, field schedule.schedule_layers\[0\].start: write a time such as/,
    ],
  ];
  it.each(cases)('is refused with the file and the field: %s', (_, answers, says) => {
    expect(() => importFrom('pagerduty', filesOf(answers))).toThrow(UserError);
    expect(() => importFrom('pagerduty', filesOf(answers))).toThrow(says);
  });

  it('leaves a schedule out whose zone nobody knows, and says so', () => {
    const its = PAGERDUTY['schedules/PS.json'].schedule;
    const nowhere = filesOf({ 'schedules/PS.json': { schedule: { ...its, time_zone: 'Mars/Base' } } });
    expect(importFrom('pagerduty', nowhere).notes[0]).toMatchObject({
      about: 'schedule Payments on call',
      says: 'It is left out. "Mars/Base" is no time zone. Use an IANA name such as Europe/Berlin or UTC.',
    });
  });

  it('says of which schedule only the name is there', () => {
    const schedules = [{ id: 'PS', name: 'Payments', summary: 'Payments' }];
    expect(importFrom('pagerduty', filesOf({ 'schedules.json': { schedules } })).notes).toMatchObject([
      { about: 'schedule Payments', says: 'Only its name is in the export, so it is left out.' },
    ]);
  });

  it('says which page of a list is missing', () => {
    const files = filesOf({ 'users.json': { ...PAGERDUTY['users.json'], more: true, offset: 0 } });
    expect(importFrom('pagerduty', files).notes[0]).toMatchObject({ about: 'users.json' });
  });

  it('is anything at all: it is read, or refused with a sentence', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('pagerduty' as const, 'opsgenie' as const, 'grafana' as const),
        fc.json(),
        (vendor, json) => {
          const names = ['users.json', 'schedules.json', 'schedules/S1/timeline.json', 'all.json'];
          try {
            importFrom(
              vendor,
              names.map((name) => ({ name, text: json })),
            );
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

const nothing = { differences: [], minutes: 0, same: 0 };

describe('npm run import', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'import-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const cli = path.join(import.meta.dirname, '../../src/import-cli.ts');

  it('reads a folder, prints the comparison and writes the file', () => {
    mkdirSync(path.join(folder, 'export'));
    for (const { name, text } of pagerDutyFiles(WEEKLY)) {
      writeFileSync(path.join(folder, 'export', name), text);
    }
    const out = path.join(folder, 'on-call.yaml');
    const said = execFileSync(
      process.execPath,
      [cli, 'pagerduty', path.join(folder, 'export'), '--out', out],
      { encoding: 'utf8' },
    );
    expect(said).toContain('Found 4 people, 1 team, 1 schedule and 0 policies.');
    expect(said).toContain('1 of 1 schedule proven the same, minute by minute.');
    expect(readFileSync(out, 'utf8')).toContain('every: 1 week');
  });

  it('ends with 1 for a difference, and with 2 and a sentence for what it cannot read', () => {
    const file = path.join(folder, 'all.json');
    writeFileSync(file, JSON.stringify({ '/schedules/PS': PAGERDUTY['schedules/PS.json'] }));
    expect(spawnSync(process.execPath, [cli, 'pagerduty', file]).status).toBe(1);
    const wrong = spawnSync(process.execPath, [cli, 'pagerduty', path.join(folder, 'none')], {
      encoding: 'utf8',
    });
    expect(wrong).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^There is nothing at .*\n$/) as string,
    });
  });
});
