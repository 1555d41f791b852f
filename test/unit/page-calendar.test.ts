import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { barsOf, lanesOf, piecesIn } from '#adapters/web/ui/oncall/bars.ts';
import { draftOf, idFor, layerOf, moved } from '#adapters/web/ui/oncall/layer-drafts.ts';
import { pathOf, viewAt } from '#adapters/web/ui/oncall/paths.ts';
import type { DutyView, LayerView, SpanView } from '#adapters/web/ui/oncall/views.ts';
import { whenWords } from '#adapters/web/ui/oncall/words.ts';
import {
  DAY,
  daysFrom,
  firstOfMonth,
  instantAt,
  midnight,
  monday,
  wallAt,
  written,
} from '#adapters/web/ui/oncall/zone.ts';

/** With clocks that change at two and at midnight, by half an hour, and never; ahead of all others and behind. */
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Africa/Cairo',
  'America/Santiago',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'UTC',
];
const zones = fc.constantFrom(...ZONES);
const instants = fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2035, 0, 1) });

describe('the days of a calendar', () => {
  test('follow each other without a hole, whatever the clocks do', () => {
    fc.assert(
      fc.property(instants, zones, fc.integer({ min: 1, max: 42 }), (at, zone, count) => {
        const days = daysFrom(midnight(wallAt(at, zone)), count, zone);
        expect(days[0]?.from).toBeLessThanOrEqual(at);
        expect(days[0]?.until).toBeGreaterThan(at);
        for (const [index, { from, until, wall }] of days.entries()) {
          expect(from).toBe(days[index - 1]?.until ?? from);
          expect(until - from).toBeGreaterThan(22 * 3_600_000);
          expect(midnight(wallAt(from, zone))).toBe(wall);
          expect(midnight(wallAt(until - 1, zone))).toBe(wall);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('say for every wall time the first instant that shows it', () => {
    fc.assert(
      fc.property(instants, zones, (at, zone) => {
        const shown = instantAt(wallAt(at, zone), zone);
        expect(shown).toBeLessThanOrEqual(at);
        expect(wallAt(shown, zone)).toBe(wallAt(at, zone));
      }),
      { numRuns: 300 },
    );
    expect(instantAt(Date.parse('2026-03-29T02:30Z'), 'Europe/Berlin')).toBe(Date.parse('2026-03-29T01:00Z'));
    expect(instantAt(Date.parse('2026-10-25T02:30Z'), 'Europe/Berlin')).toBe(Date.parse('2026-10-25T00:30Z'));
  });

  test('begin weeks on Monday and months on the first', () => {
    fc.assert(
      fc.property(instants, (wall) => {
        expect(new Date(monday(wall)).getUTCDay()).toBe(1);
        expect(wall - monday(wall)).toBeLessThan(7 * DAY);
        expect(written(firstOfMonth(wall))).toBe(`${written(wall).slice(0, 8)}01T00:00`);
      }),
      { numRuns: 100 },
    );
    expect(written(firstOfMonth(Date.UTC(2026, 11, 31), 1))).toBe('2027-01-01T00:00');
  });
});

describe('the bars of a calendar', () => {
  /** Spans one after the other, with some of four people and one who learns, or nobody. */
  const rotas = fc
    .array(
      fc.record({
        hours: fc.integer({ min: 1, max: 60 }),
        people: fc.subarray(['ana', 'bo', 'cy', 'dee']),
        learns: fc.boolean(),
        override: fc.boolean(),
      }),
      { minLength: 1, maxLength: 30 },
    )
    .map((them) => {
      let at = Date.UTC(2026, 9, 19, 7);
      return them.map(({ hours, people, learns, override }): SpanView => {
        const [from, until] = [at, (at += hours * 3_600_000)].map((it) => new Date(it).toISOString());
        const duty = (person: string): DutyView => ({
          person,
          from: from ?? '',
          until: until ?? '',
          why: override ? 'override' : 'layer',
          layer: override ? null : 'Primary',
          override: override ? 'o1' : null,
          instead_of: null,
          reason: null,
          by: null,
        });
        const empty = { why: 'unplanned', override: null, reason: null, by: null } as const;
        return {
          from: from ?? '',
          until: until ?? '',
          on_call: people.map(duty),
          shadows: learns ? [duty('eve')] : [],
          empty: people.length === 0 ? empty : null,
        };
      });
    });

  test('have at every instant exactly the people of the rota, and none covers another', () => {
    fc.assert(
      fc.property(rotas, zones, (spans, zone) => {
        const bars = barsOf(spans);
        for (const span of spans) {
          const at = Date.parse(span.from);
          const there = bars.filter((it) => it.from <= at && at < it.until);
          const who = [...span.on_call, ...span.shadows].map((it) => it.person);
          expect(there.flatMap((it) => it.person ?? []).toSorted()).toEqual(who.toSorted());
          expect(there.some((it) => it.kind === 'gap')).toBe(span.on_call.length === 0);
        }
        const row = daysFrom(Date.UTC(2026, 9, 19), 7, zone);
        const pieces = piecesIn(bars, row);
        for (let lane = 0; lane < lanesOf(pieces); lane += 1) {
          const own = pieces.filter((it) => it.lane === lane).toSorted((a, b) => a.start - b.start);
          for (const [index, piece] of own.entries()) {
            expect(piece.end).toBeGreaterThan(piece.start);
            expect(piece.start).toBeGreaterThanOrEqual((own[index - 1]?.end ?? 0) - 1e-9);
          }
        }
        const lowest = Math.max(-1, ...pieces.filter((it) => it.bar.kind !== 'shadow').map((it) => it.lane));
        expect(pieces.every((it) => it.bar.kind !== 'shadow' || it.lane > lowest)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

test('the addresses of the pages lead back to them, whatever a schedule is called', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.boolean(), (id, isPolicy) => {
      const view = { type: isPolicy ? 'policy' : 'schedule', id } as const;
      expect(viewAt(pathOf(view))).toEqual(view);
    }),
  );
  expect(viewAt('/schedules/%E0%A4%A')).toEqual({ type: 'now' });
  expect([viewAt(''), viewAt('/policies'), viewAt('/nothing')].map((it) => it.type)).toEqual([
    'now',
    'policies',
    'now',
  ]);
});

describe('the form of a layer', () => {
  const layers: fc.Arbitrary<LayerView> = fc.record({
    id: fc.string({ minLength: 1 }),
    name: fc.string(),
    priority: fc.integer({ min: -9, max: 9 }),
    timezone: fc.constantFrom(null, 'Asia/Tokyo'),
    rotation: fc.record({
      every: fc.constantFrom('1 week', '2 days', '12 hours', '1 month', 'P10D', 'PT36H'),
      start: fc.constant('2026-01-05T09:00'),
      anchor: fc.constantFrom(null, '2026-01-06T09:00'),
      end: fc.constantFrom(null, '2027-01-05T09:00'),
    }),
    people: fc.array(fc.oneof(fc.constantFrom('ana', 'bo'), fc.constant(['ana', 'cy']))),
    only: fc.constantFrom(
      [],
      ['mon-fri 09:00-17:00', '22:00-06:00'],
      ['sat 10:00-14:00', { days: ['mon'], from: '09:00', until: '17:00', plus_days: 4 }],
    ),
    on_holidays: fc.constantFrom('as-usual', 'nobody', 'only'),
    calendar: fc.constantFrom(null, 'de'),
    shadow: fc.boolean(),
  });

  test('changes nothing by itself, also of what it does not ask', () => {
    fc.assert(
      fc.property(layers, (layer) => {
        expect(layerOf(draftOf(layer))).toEqual(layer);
      }),
    );
  });

  test('moves people in their order, and makes a name that commands can say', () => {
    expect(moved(['ana', 'bo', 'cy'], 1, -1)).toEqual(['bo', 'ana', 'cy']);
    expect(moved(['ana', 'bo'], 0, -1)).toEqual(['ana', 'bo']);
    const names = ['Zahlungen Süd', '  Data & search ', '決済', '!'];
    expect(names.map(idFor)).toEqual(['zahlungen-sud', 'data-search', '決済', '']);
  });
});

describe('times of a shift', () => {
  test('call the next day tomorrow, also in the nights in which the clocks change', () => {
    const words = (at: string, now: string) =>
      whenWords(Date.parse(at), Date.parse(now), 'Europe/Berlin').slice(0, -6);
    const [late, next] = ['2027-03-27T23:30+01:00', '2027-03-28T09:00+02:00'];
    expect(words('2027-03-27T23:45+01:00', late)).toBe('today');
    expect(words(next, late)).toBe('tomorrow');
    expect(words('2027-03-29T00:15+02:00', late)).toMatch(/29/);
    expect(words('2027-11-01T09:00+01:00', '2027-10-31T00:30+02:00')).toBe('tomorrow');
  });
});
