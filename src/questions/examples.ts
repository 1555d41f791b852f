import { isSlip } from './typo.ts';

/**
 * The commonest questions, as people can ask them; a test reads every one of them. What is asked is
 * answered in many other wordings too.
 */
export const EXAMPLES: readonly string[] = [
  'how many incidents this week?',
  'how many P1 incidents last month?',
  'how many incidents are open?',
  'how many incidents per service last month?',
  'how many incidents per severity this month?',
  'how many incidents per team in the last 30 days?',
  'how many incidents per day in the last 7 days?',
  'how many incidents per week in the last 8 weeks?',
  'how many incidents per month this year?',
  'how many incidents per category last quarter?',
  'how many incidents per environment this month?',
  'how many incidents per source this month?',
  'at what hour of the day do incidents happen?',
  'on which weekday do we have the most incidents?',
  'how many incidents were resolved yesterday?',
  'how many incidents were closed this month?',
  'how many incidents were reopened this month?',
  'how many incidents were escalated last week?',
  'how many incidents were acknowledged late this month?',
  'how many incidents were resolved late this month?',
  'how many SLA breaches last quarter?',
  'what share of incidents was acknowledged in time this month?',
  'what share of incidents was resolved in time this month?',
  'which service had the most incidents last month?',
  'which team had the most P1 incidents this quarter?',
  'which rule opened the most incidents this month?',
  'who has the most open incidents?',
  'list the open P1 incidents',
  'which incidents are unacknowledged?',
  'which incidents are unassigned?',
  'list my open incidents',
  'show the 5 longest incidents last month',
  'what is the oldest open incident?',
  'list the incidents in production since Monday',
  'list the incidents about timeouts this month',
  'what is the MTTR this month?',
  'what is the MTTA per team last month?',
  'what is the mean time to detect this quarter?',
  'what is the median time to resolve per severity last quarter?',
  'what is the p95 time to resolve this month?',
  'what is the median time to acknowledge this month?',
  'how many alerts came in today?',
  'how many alerts per source this week?',
  'which rules are the noisiest this week?',
  'how many pages last week?',
  'who was paged most at night last month?',
  'how many pages per person this month?',
  'how many changes per service this week?',
  'how many deploys yesterday?',
  'who is on call?',
];

/** The questions that have the most words in common with this one; always some. */
export function closest(question: string, most = 3): string[] {
  const asked = meaningful(question);
  const common = (example: string) =>
    meaningful(example).filter((word) => asked.some((it) => isSlip(it, word))).length;
  return EXAMPLES.map((example) => ({ example, common: common(example) }))
    .toSorted((a, b) => b.common - a.common)
    .slice(0, most)
    .map(({ example }) => example);
}

const COMMON = new Set([
  'how',
  'many',
  'what',
  'the',
  'is',
  'are',
  'in',
  'of',
  'this',
  'last',
  'were',
  'was',
  'per',
]);

function meaningful(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((it) => !COMMON.has(it));
}
