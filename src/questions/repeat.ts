/// <reference lib="esnext.temporal" />
import { knownZone } from './time.ts';

/** How a question is asked again. `day`: of a week from 1 (Monday) to 7, of a month from 1 to 28; null for every day. */
export interface Repeat {
  readonly every: 'day' | 'week' | 'month';
  readonly day: number | null;
  /** By the clocks of whoever asks: `09:00`. */
  readonly atTime: string;
}

/** The first such time after an instant. A time that the clocks leave out is the one after the change; one that comes twice is the first. */
export function nextTime({ every, day, atTime }: Repeat, after: Date, timeZone: string): Date {
  const zone = knownZone(timeZone);
  const here = Temporal.Instant.fromEpochMilliseconds(after.getTime()).toZonedDateTimeISO(zone);
  const plainTime = Temporal.PlainTime.from(atTime);
  let date = here.toPlainDate();
  if (every === 'week') date = date.add({ days: ((day ?? 1) - date.dayOfWeek + 7) % 7 });
  if (every === 'month') date = date.with({ day: day ?? 1 });
  for (;;) {
    const at = date.toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds;
    if (at > after.getTime()) return new Date(at);
    date = date.add(every === 'month' ? { months: 1 } : { days: every === 'week' ? 7 : 1 });
  }
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** `every Monday at 09:00`. */
export function sayRepeat({ every, day, atTime }: Repeat): string {
  if (every === 'day') return `every day at ${atTime}`;
  if (every === 'week') return `every ${WEEKDAYS[(day ?? 1) - 1] ?? ''} at ${atTime}`;
  return `on day ${day ?? 1} of every month at ${atTime}`;
}
