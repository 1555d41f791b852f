import { parseRef, type Severity } from '#src/incident/incident.ts';

/** What people call the severities; sev1 is the worst, as is P0. */
const SEVERITY_WORDS: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'P0'],
  ['crit', 'P0'],
  ['high', 'P1'],
  ['medium', 'P2'],
  ['med', 'P2'],
  ['low', 'P3'],
  ['info', 'P4'],
  ['informational', 'P4'],
]);

/** `P1`, `sev2`, `SEV-2`: nobody begins a sentence with one by chance. Null for anything else. */
export function severityCode(word: string): Severity | null {
  const priority = /^p([0-4])$/i.exec(word);
  if (priority) return `P${priority[1] ?? ''}` as Severity;
  const sev = /^sev-?([0-5])$/i.exec(word);
  return sev ? (`P${Math.max(0, Number(sev[1]) - 1)}` as Severity) : null;
}

/** Any word for a severity: a code, or critical, high, medium, low, info. */
export function severityOf(word: string): Severity | null {
  return severityCode(word) ?? SEVERITY_WORDS.get(word.toLowerCase()) ?? null;
}

/** `INC-42`, `#42` or the long id, with or without the punctuation that follows it; null for anything else. */
export function incidentRef(word: string): string | null {
  const ref = withoutPunctuation(word);
  return isBareNumber(ref) || !parseRef(ref) ? null : ref;
}

export function isBareNumber(word: string): boolean {
  return /^\d{1,9}$/.test(word);
}

/** `INC-42:` is INC-42. */
export function withoutPunctuation(word: string): string {
  return /[:,;.]$/.test(word) ? word.slice(0, -1) : word;
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

const YEAR = 366 * 86_400_000;

/**
 * `30m`, `2h`, `1d`, `90s`, `1h30m`, `20 minutes` in milliseconds; null for
 * anything else, for nothing at all and for more than a year.
 */
export function durationOf(words: string): number | null {
  const text = words.trim().toLowerCase();
  if (
    !/^(?:\d{1,6} ?(?:s|m|h|d|w|sec|secs|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?) ?){1,4}$/.test(
      text,
    )
  ) {
    return null;
  }
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+) ?([a-z])/g)) {
    sum += Number(count) * (UNITS[unit ?? ''] ?? 0);
  }
  return sum > 0 && sum <= YEAR ? sum : null;
}
