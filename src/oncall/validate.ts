import { UserError } from '#src/errors.ts';

import { validateHandoff } from './handoff-validate.ts';
import { LIMITS, refuse, refuseMore, refuseTwice, saying } from './refuse.ts';
import type { Schedule } from './schedule.ts';
import { validateLayers } from './validate-layer.ts';
import { validateOverrides } from './validate-overrides.ts';
import { readDate } from './wall.ts';
import { zoneOf } from './zone.ts';

/**
 * Refuses a schedule that cannot mean anything, or not one thing only.
 * @throws UserError whose sentence says what to change; `details.at` is the place, such as `layers[1].shifts`
 */
export function validateSchedule(schedule: Schedule): void {
  const { layers, overrides, temporaries, holidays } = schedule;
  if (schedule.id === '') throw new UserError('bad_arguments', 'Give the schedule an id.', { at: 'id' });
  refuseName(schedule.name, 'The schedule', 'name');
  saying(`Schedule "${schedule.name}"`, 'timezone', () => zoneOf(schedule.timezone));
  refuseMore(holidays, LIMITS.holidays, 'holidays', 'holidays');
  for (const [index, { date, name }] of holidays.entries()) {
    saying(`Holiday "${name}"`, `holidays[${index}].date`, () => readDate(date));
  }
  validateHandoff(schedule);
  validateLayers(layers, schedule, 'layers');
  validateTemporaries(schedule);
  refuseMore(overrides, LIMITS.overrides, 'overrides', 'overrides');
  refuseTwice(
    overrides.map(({ id }) => id),
    (id) => `Two overrides have the id "${id}". Give each its own.`,
    'overrides',
  );
  validateOverrides(overrides);
  refuseTwice(
    temporaries.map(({ id }) => id),
    (id) => `Two temporary schedules have the id "${id}". Give each its own.`,
    'temporaries',
  );
}

function validateTemporaries(schedule: Schedule): void {
  const { temporaries } = schedule;
  refuseMore(temporaries, LIMITS.temporaries, 'temporary schedules', 'temporaries');
  for (const [index, { name, start, end, layers }] of temporaries.entries()) {
    const at = `temporaries[${index}]`;
    refuseName(name, 'A temporary schedule', `${at}.name`);
    if (!(start < end)) {
      refuse(`Temporary schedule "${name}" ends before it begins. Let it end later.`, `${at}.end`);
    }
    validateLayers(layers, schedule, `${at}.layers`);
  }
  const inOrder = temporaries.toSorted((a, b) => a.start.getTime() - b.start.getTime());
  for (const [index, next] of inOrder.entries()) {
    const before = inOrder[index - 1];
    if (before && next.start < before.end) {
      refuse(
        `Temporary schedules "${before.name}" and "${next.name}" overlap. Let one end before the other begins.`,
        'temporaries',
      );
    }
  }
}

function refuseName(name: string, whose: string, at: string): void {
  if (name.trim() === '') refuse(`${whose} has no name. Give it one.`, at);
  if (name.length > LIMITS.name) {
    refuse(`${whose} has a name of more than ${LIMITS.name} letters. Shorten it.`, at);
  }
}
