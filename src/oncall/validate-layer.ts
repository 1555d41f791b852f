import { followed } from './holidays.ts';
import { compileLayer } from './layer.ts';
import { LIMITS, refuse, refuseMore, refuseTwice, saying } from './refuse.ts';
import { readLength } from './rotation.ts';
import type { Layer, Restriction, Schedule } from './schedule.ts';
import { DAY, readTime, readWall } from './wall.ts';
import { zoneOf } from './zone.ts';

/** @throws UserError for the first thing to change */
export function validateLayers(layers: readonly Layer[], schedule: Schedule, at: string): void {
  refuseMore(layers, LIMITS.layers, 'layers', at);
  refuseTwice(
    layers.map(({ id }) => id),
    (id) => `Two layers have the id "${id}". Give each its own.`,
    at,
  );
  for (const [index, layer] of layers.entries()) validateLayer(layer, schedule, `${at}[${index}]`);
}

function validateLayer(layer: Layer, schedule: Schedule, at: string): void {
  const who = `Layer "${layer.name}"`;
  if (layer.name.trim() === '' || layer.name.length > LIMITS.name) {
    refuse(`A layer needs a name of 1 to ${LIMITS.name} letters.`, `${at}.name`);
  }
  if (!Number.isInteger(layer.priority)) refuse(`${who} needs a whole number as priority.`, `${at}.priority`);
  if (layer.timezone !== null) saying(who, `${at}.timezone`, () => zoneOf(layer.timezone ?? ''));
  validateShifts(layer, who, `${at}.shifts`);
  validateRotation(layer, who, `${at}.rotation`);
  refuseMore(layer.restrictions, LIMITS.restrictions, 'restrictions', `${at}.restrictions`);
  for (const [index, restriction] of layer.restrictions.entries()) {
    validateRestriction(restriction, who, `${at}.restrictions[${index}]`);
  }
  refuseNever(layer, schedule, who, at);
}

function validateShifts({ shifts }: Layer, who: string, at: string): void {
  if (shifts.length === 0) refuse(`${who} has nobody in its rotation. Add people, or remove the layer.`, at);
  refuseMore(shifts, LIMITS.turns, `turns in ${who}`, at);
  for (const [index, people] of shifts.entries()) {
    if (people.length === 0) {
      refuse(`Turn ${index + 1} of ${who} has no people. Add somebody, or remove it.`, at);
    }
    refuseMore(people, LIMITS.peopleOfATurn, `people in one turn of ${who}`, at);
    refuseTwice(
      people,
      (person) => `${person} is twice in turn ${index + 1} of ${who}. Name everybody once in a turn.`,
      at,
    );
  }
}

function validateRotation({ rotation }: Layer, who: string, at: string): void {
  saying(who, at, () => readLength(rotation));
  const start = saying(`The start of ${who}`, `${at}.start`, () => readWall(rotation.start));
  if (rotation.anchor !== null) {
    saying(`The anchor of ${who}`, `${at}.anchor`, () => readWall(rotation.anchor ?? ''));
  }
  if (rotation.end === null) return;
  const end = saying(`The end of ${who}`, `${at}.end`, () => readWall(rotation.end ?? ''));
  if (end <= start) {
    refuse(`${who} ends before it begins. Let it end later than ${rotation.start}.`, `${at}.end`);
  }
}

function validateRestriction({ days, from, until, plusDays }: Restriction, who: string, at: string): void {
  if (days.length === 0) refuse(`A restriction of ${who} has no days, so it never applies. Choose some.`, at);
  refuseTwice(
    days.map(String),
    (day) => `A restriction of ${who} names day ${day} twice. Name each day once.`,
    at,
  );
  if (days.some((day) => !Number.isInteger(day) || day < 0 || day > 6)) {
    refuse(`The days of a restriction of ${who} go from 0, Sunday, to 6, Saturday.`, at);
  }
  const begin = saying(who, at, () => readTime(from));
  const end = saying(who, at, () => readTime(until));
  if (begin === DAY) refuse(`A restriction of ${who} begins at 24:00. Write 00:00 of the next day.`, at);
  const isLonger = (end > begin ? end - begin : end - begin + DAY) + plusDays * DAY > 7 * DAY;
  if (!Number.isInteger(plusDays) || plusDays < 0 || isLonger) {
    refuse(`A restriction of ${who} lasts longer than a week. Let it end within seven days.`, at);
  }
}

/** A layer that has an end, or only holidays, may have no time left in which anybody is on duty. */
function refuseNever(layer: Layer, schedule: Schedule, who: string, at: string): void {
  if (layer.onHolidays === 'only' && followed(schedule.holidays, layer.calendar).length === 0) {
    refuse(`${who} is for holidays only, and there are none in its calendar. Add some.`, `${at}.onHolidays`);
  }
  if (layer.rotation.end === null || layer.restrictions.length === 0) return;
  const dutyAt = compileLayer({ ...layer, onHolidays: 'as-usual' }, schedule.timezone, []);
  const first = dutyAt(-Infinity).until;
  const next = dutyAt(first);
  // Outside its windows it says when the next one begins.
  if (next.people.length === 0 && dutyAt(next.until).people.length === 0) {
    refuse(
      `The restrictions of ${who} never apply before it ends. Choose other days, or let it end later.`,
      `${at}.restrictions`,
    );
  }
}
