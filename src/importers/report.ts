import { count, listed } from '#src/paging/words.ts';

import { isProven, type Difference, type ScheduleEquality } from './equality.ts';
import type { ImportResult } from './import.ts';

/** So many differences of a schedule are written out in full; the list has all of them. */
const MOST_LINES = 200;

/** The result as text: what was found, whether it is the same, every difference, and what is left to do. */
export function sayImport({ setup, notes, equality }: ImportResult): string {
  const { people, teams, schedules, policies } = setup;
  const found = [
    count(people.length, 'person', 'people'),
    count(teams.length, 'team'),
    count(schedules.length, 'schedule'),
    count(policies.length, 'policy', 'policies'),
  ];
  const proven = equality.filter(isProven).length;
  return [
    `Found ${listed(found)}.`,
    ...equality.flatMap((it) => ['', ...sayEquality(it)]),
    '',
    `${proven} of ${count(equality.length, 'schedule')} proven the same, minute by minute.`,
    ...notes.flatMap(({ about, says, todo }) => ['', `${about}: ${says}`, `  -> ${todo}`]),
    '',
  ].join('\n');
}

function sayEquality(it: ScheduleEquality): string[] {
  const { schedule, compared, minutes, asked, same, differences } = it;
  if (!compared) {
    return [`${schedule}: not proven. The export does not say who was on call then; export that too.`];
  }
  const stretch = `${time(compared.from)} to ${time(compared.until)} UTC`;
  const share = `${whole(same)} of ${whole(minutes)} minutes are the same, ${stretch}`;
  const less =
    minutes < asked ? ` The export covers ${whole(minutes)} of ${whole(asked)} minutes asked for.` : '';
  const copied =
    it.as === 'copied' ? ' Its shifts are copies of what it is compared with, which proves nothing.' : '';
  const verdict = isProven(it) ? 'proven the same' : differences.length > 0 ? 'different' : 'not proven';
  const lines = differences.slice(0, MOST_LINES).flatMap(sayDifference);
  const rest = differences.length - MOST_LINES;
  return [
    `${schedule}: ${verdict}. ${share}.${less}${copied}`,
    ...lines,
    ...(rest > 0 ? [`  and ${count(rest, 'more difference')}.`] : []),
  ];
}

function sayDifference({ from, until, theirs, ours, likelyWhy }: Difference): string[] {
  const said = (people: readonly string[]) => listed(people) || 'nobody';
  return [
    `  ${time(from)} to ${time(until)}: there ${said(theirs)}, here ${said(ours)}.`,
    `    ${likelyWhy}`,
  ];
}

/** To the second only where it matters. */
function time(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ').replace(/:00$/, '');
}

function whole(minutes: number): string {
  return String(Math.round(minutes * 100) / 100);
}
