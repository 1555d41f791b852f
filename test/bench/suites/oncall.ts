import { performance } from 'node:perf_hooks';

import type { PersonId } from '#src/incident/person.ts';
import { compileSchedule } from '#src/oncall/compile.ts';
import { onCallAt } from '#src/oncall/on-call.ts';
import { shiftsBetween } from '#src/oncall/preview.ts';
import type { Layer, Override, Schedule } from '#src/oncall/schedule.ts';
import { whoIsOnCall } from '#test/support/oncall-oracle.ts';

import { percentiles } from '../load.ts';

const SCHEDULES = 10_000;
const PEOPLE = 1000;
const QUESTIONS = 100_000;
const PREVIEWS = 2000;
/** The yardstick is that much slower. */
const NAIVE_QUESTIONS = 2000;
const DAY = 86_400_000;
const BEGIN = Date.UTC(2026, 0, 1);
const HANDOFFS = ['00:00', '02:30', '09:00', '17:00'];

/**
 * Who is on call at an instant, and a preview of 90 days, over many schedules;
 * beside it the same answers from Temporal, worked out anew each time.
 */
export async function oncall(): Promise<Readonly<Record<string, unknown>>> {
  const zones = Intl.supportedValuesOf('timeZone');
  const schedules = Array.from({ length: SCHEDULES }, (_, index) => scheduleOf(index, zones));
  const start = performance.now();
  const compiled = schedules.map(compileSchedule);
  const compileMs = Math.round(performance.now() - start);
  const some = <T>(list: readonly T[], index: number) => list[(index * 7919) % list.length] as T;
  const at = (index: number) => BEGIN + ((index * 104_729) % (365 * 24 * 60)) * 60_000;

  const asked = timed(QUESTIONS, 1000, (index) => onCallAt(some(compiled, index), new Date(at(index))));
  const previewed = timed(PREVIEWS, 1, (index) =>
    shiftsBetween(some(compiled, index), new Date(at(index)), new Date(at(index) + 90 * DAY)),
  );
  const naive = timed(NAIVE_QUESTIONS, 1000, (index) => whoIsOnCall(some(schedules, index), at(index)));
  return {
    schedules: SCHEDULES,
    people: PEOPLE,
    compileMs,
    onCallUs: percentiles(asked),
    preview90DaysMs: percentiles(previewed),
    yardstick: { what: 'the same question answered by Temporal anew', onCallUs: percentiles(naive) },
  };
}

/** How long each took, in milliseconds times `scale`. */
function timed(count: number, scale: number, run: (index: number) => unknown): number[] {
  return Array.from({ length: count }, (_, index) => {
    const start = performance.now();
    run(index);
    return (performance.now() - start) * scale;
  });
}

/** Two layers all day, one for office hours, one that learns; forty overrides a year. */
function scheduleOf(index: number, zones: readonly string[]): Schedule {
  const person = (number: number) => `person-${number % PEOPLE}` as PersonId;
  const layer = (id: string, over: Partial<Layer>): Layer => ({
    id,
    name: id,
    priority: 1,
    timezone: null,
    rotation: {
      unit: 'week',
      every: 1,
      start: `2025-01-06T${HANDOFFS[index % HANDOFFS.length]}`,
      anchor: null,
      end: null,
    },
    shifts: Array.from({ length: 8 }, (_, turn) => [person(index * 13 + turn * 7)]),
    restrictions: [],
    onHolidays: 'as-usual',
    calendar: null,
    shadow: false,
    ...over,
  });
  const daily: Layer['rotation'] = {
    unit: 'day',
    every: 1,
    start: '2025-01-06T09:00',
    anchor: null,
    end: null,
  };
  const office = [{ days: [1, 2, 3, 4, 5], from: '09:00', until: '17:00', plusDays: 0 }];
  return {
    id: `s${index}`,
    name: `Schedule ${index}`,
    team: null,
    timezone: zones[index % zones.length] ?? 'UTC',
    layers: [
      layer('weekly', {}),
      layer('office', { priority: 2, rotation: daily, restrictions: office, onHolidays: 'nobody' }),
      layer('nights', {
        rotation: daily,
        restrictions: [{ days: [5, 6], from: '22:00', until: '06:00', plusDays: 0 }],
      }),
      layer('learning', { shadow: true }),
    ],
    overrides: Array.from({ length: 40 }, (_, number) => overrideOf(number, person(index + number))),
    temporaries: [],
    holidays: ['2026-01-01', '2026-05-01', '2026-12-25'].map((date) => ({
      date,
      name: date,
      calendar: null,
    })),
    enabled: true,
  };
}

function overrideOf(number: number, person: PersonId): Override {
  const start = new Date(BEGIN + number * 9 * DAY);
  const times = { start, end: new Date(start.getTime() + DAY / 2) };
  return { kind: 'cover', people: [person], id: `o${number}`, ...times, reason: null, createdBy: person };
}
