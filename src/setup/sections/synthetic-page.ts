import { z } from 'zod';

import type { SyntheticPage } from '#src/db/synthetic-pages.ts';
import { readTime } from '#src/oncall/wall.ts';

import { fields, quoted, text, zone } from '../fields.ts';
import type { Fields, Pare } from '../state.ts';
import { WEEKDAYS } from '../words.ts';

const To = text().transform((it, ctx): SyntheticPage['to'] => {
  const [, kind, id] = /^(schedule|person):\s*(\S.*)$/.exec(it) ?? [];
  if ((kind === 'schedule' || kind === 'person') && id !== undefined) return { kind, id };
  ctx.addIssue(`${quoted(it)} gets no test page; write it like schedule:payments or person:ana`);
  return z.NEVER;
});

const At = text(40).transform((it, ctx): Pick<SyntheticPage, 'day' | 'time'> => {
  const [, word = '', time = ''] = /^([a-z]{3,9})\s+(\d\d:\d\d)$/i.exec(it) ?? [];
  const day = WEEKDAYS.findIndex((known) => word.toLowerCase().startsWith(known));
  if (day >= 0 && isTime(time)) return { day, time };
  ctx.addIssue(`${quoted(it)} is no time of the week; write it like wed 10:00`);
  return z.NEVER;
});

/** Whom the weekly test page goes to, and when. */
export const SyntheticPageEntry = fields({ to: To, at: At, zone: zone().default('UTC') });

export function readSyntheticPage({
  to,
  at,
  zone: name,
}: z.output<typeof SyntheticPageEntry>): SyntheticPage {
  return { to, ...at, zone: name };
}

export function writeSyntheticPage({ to, day, time, zone: name }: SyntheticPage, pare: Pare): Fields {
  const full = { to: `${to.kind}:${to.id}`, at: `${WEEKDAYS[day] ?? ''} ${time}`, zone: name };
  return pare(full, { zone: 'UTC' });
}

function isTime(it: string): boolean {
  try {
    return readTime(it) < readTime('24:00');
  } catch {
    return false;
  }
}
