/// <reference lib="esnext.temporal" />
import type { Holiday, Layer, Override, Rotation, Schedule } from '#src/oncall/schedule.ts';

/**
 * Who is on call, as slowly and as plainly as it can be said, in Temporal's own
 * words and with nothing of the product. Names in the order of the alphabet.
 */
export function whoIsOnCall(schedule: Schedule, at: number): { people: string[]; shadows: string[] } {
  if (!schedule.enabled) return { people: [], shadows: [] };
  const now = Temporal.Instant.fromEpochMilliseconds(at);
  const holds = (it: { start: Date; end: Date }) => it.start.getTime() <= at && at < it.end.getTime();
  const layers = schedule.temporaries.find(holds)?.layers ?? schedule.layers;
  const onDuty = layers.map((layer) => ({ layer, people: peopleOf(layer, schedule, now) }));
  const responsible = onDuty.filter(({ layer, people }) => !layer.shadow && people.length > 0);
  const top = Math.max(...responsible.map(({ layer }) => layer.priority));
  const planned = responsible.filter(({ layer }) => layer.priority === top).flatMap(({ people }) => people);

  const active = schedule.overrides.filter(holds);
  const people = new Set(changed(planned, active));
  const away = active.flatMap((it) => (it.kind === 'remove' || it.kind === 'replace' ? [it.person] : []));
  const learning = onDuty.filter(({ layer }) => layer.shadow).flatMap((it) => it.people);
  const shadows = new Set(learning.filter((it) => !people.has(it) && !away.some((gone) => gone === it)));
  return { people: [...people].toSorted(), shadows: [...shadows].toSorted() };
}

function changed(planned: readonly string[], active: readonly Override[]): string[] {
  const covers = active.flatMap((it) => (it.kind === 'cover' ? [it.people] : []));
  let people: readonly string[] = covers.length > 0 ? covers.flat() : planned;
  people = [...people, ...active.flatMap((it) => (it.kind === 'add' ? [it.person] : []))];
  const standIns = new Map<string, string>(
    active.flatMap((it) => (it.kind === 'replace' ? [[it.person, it.by]] : [])),
  );
  const last = (person: string): string => {
    const next = standIns.get(person);
    return next === undefined ? person : last(next);
  };
  const removed = active.flatMap((it): string[] => (it.kind === 'remove' ? [it.person] : []));
  return people.map(last).filter((it) => !removed.includes(it));
}

function peopleOf(layer: Layer, schedule: Schedule, now: Temporal.Instant): readonly string[] {
  const zone = layer.timezone ?? schedule.timezone;
  const { rotation, restrictions, shifts } = layer;
  if (isBefore(now, takesPlace(rotation.start, zone))) return [];
  if (rotation.end !== null && !isBefore(now, takesPlace(rotation.end, zone))) return [];
  if (restrictions.length > 0 && !restrictions.some((it) => isWithin(it, zone, now))) return [];
  const holidays = schedule.holidays.filter(
    (it) => layer.calendar === null || it.calendar === null || it.calendar === layer.calendar,
  );
  const isHoliday = holidays.some((it) => isOn(it, zone, now));
  if (layer.onHolidays === 'nobody' && isHoliday) return [];
  if (layer.onHolidays === 'only' && !isHoliday) return [];
  const turn = turnAt(rotation, zone, now);
  return shifts[((turn % shifts.length) + shifts.length) % shifts.length] ?? [];
}

/** The first time that the clocks show it, or when they jump over it. */
export function takesPlace(wall: Temporal.PlainDateTime | string, zone: string): Temporal.Instant {
  const plain = Temporal.PlainDateTime.from(wall);
  const first = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (first.toPlainDateTime().equals(plain)) return first.toInstant();
  const jump = first.getTimeZoneTransition('next');
  if (!jump) throw new Error(`${zone} has no ${plain.toString()}, and no change after it.`);
  return jump.toInstant();
}

function isWithin(
  { days, from, until, plusDays }: Layer['restrictions'][number],
  zone: string,
  now: Temporal.Instant,
): boolean {
  const today = now.toZonedDateTimeISO(zone).toPlainDate();
  for (let ago = -2; ago <= 10; ago += 1) {
    const day = today.subtract({ days: ago });
    if (!days.includes(day.dayOfWeek % 7)) continue;
    const begin = takesPlace(day.toPlainDateTime(from), zone);
    const isNextDay = until === '24:00' || until <= from;
    const last = day.add({ days: plusDays + (isNextDay ? 1 : 0) });
    const end = takesPlace(last.toPlainDateTime(until === '24:00' ? '00:00' : until), zone);
    if (!isBefore(now, begin) && isBefore(now, end)) return true;
  }
  return false;
}

function isOn({ date }: Holiday, zone: string, now: Temporal.Instant): boolean {
  const day = Temporal.PlainDate.from(date);
  const begin = takesPlace(day.toPlainDateTime(), zone);
  const end = takesPlace(day.add({ days: 1 }).toPlainDateTime(), zone);
  return !isBefore(now, begin) && isBefore(now, end);
}

/** The number of the last hand-off that has taken place. */
function turnAt(rotation: Rotation, zone: string, now: Temporal.Instant): number {
  const anchor = Temporal.PlainDateTime.from(rotation.anchor ?? rotation.start);
  const each =
    rotation.unit === 'custom'
      ? Temporal.Duration.from(rotation.duration)
      : Temporal.Duration.from({ [`${rotation.unit}s`]: rotation.every });
  if (each.hours + each.minutes > 0) {
    const since = now.epochMilliseconds - takesPlace(anchor, zone).epochMilliseconds;
    return Math.floor(since / each.total('milliseconds'));
  }
  const handoff = (turn: number) => {
    const { months, weeks, days } = each;
    return takesPlace(anchor.add({ months: months * turn, weeks: weeks * turn, days: days * turn }), zone);
  };
  const daysEach = each.months * 30.4 + each.weeks * 7 + each.days;
  const daysSince = now.since(takesPlace(anchor, zone)).total('hours') / 24;
  let turn = Math.floor(daysSince / daysEach) + 3;
  while (isBefore(now, handoff(turn))) turn -= 1;
  return turn;
}

function isBefore(one: Temporal.Instant, other: Temporal.Instant): boolean {
  return Temporal.Instant.compare(one, other) < 0;
}
