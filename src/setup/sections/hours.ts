import type { Hours, Window } from '#src/paging/windows.ts';

import { fields, list, quoted, text, zone } from '../fields.ts';
import type { Fields } from '../state.ts';
import { readTimes, sayTimes } from '../words.ts';

const WindowText = text(100).transform((it, ctx): Window => {
  const read = readTimes(it);
  if (!read) ctx.addIssue(`${quoted(it)} are no hours; write them like mon-fri 09:00-17:00 or 22:00-06:00`);
  const { days, from, until } = read ?? { days: [], from: '', until: '' };
  return { days: days.length === 7 ? [] : days, from, to: until };
});

/** When a rule or a level holds: hours in a zone. */
export const HoursEntry = fields({ zone: zone().default('UTC'), windows: list(WindowText) });

export function writeHours({ zone: name, windows }: Hours): Fields {
  return { zone: name, windows: windows.map(writeWindow) };
}

function writeWindow({ days, from, to }: Window): string {
  return sayTimes({ days: [...new Set(days)].toSorted((a, b) => a - b), from, until: to });
}
