import { CATEGORIES, SEVERITIES, type Category, type Severity } from './incident.ts';

/** What people correct of an alert's incident, and what is then known of the next one. */
export const LESSON_FIELDS = ['severity', 'category', 'service'] as const;
/** A service first: what is known of that one holds too. */
const APPLIED = ['service', 'severity', 'category'] as const satisfies (typeof LESSON_FIELDS)[number][];
/** `duplicate`: its value is the rule whose incidents it repeats. */
export type LessonField = (typeof LESSON_FIELDS)[number] | 'duplicate';

/** What holds for the alerts of a rule, because people said so. */
export interface Lesson {
  readonly id: string;
  readonly source: string;
  readonly rule: string;
  /** Null: whichever service it is of. */
  readonly service: string | null;
  readonly field: LessonField;
  readonly value: string;
}

/** What rules made of an alert, and may be corrected. */
export interface Judged {
  readonly severity: Severity;
  readonly category: Category;
  readonly service: string | null;
  /** Why this severity; null where the sender said it. */
  readonly why: string | null;
}

/**
 * The alert as people have taught us to see it, and the lessons that did it. One for its own service comes
 * before one for all services; a lesson whose value we do not know any more is left out.
 */
export function taught(
  judged: Judged,
  of: { readonly source: string; readonly rule: string },
  lessons: readonly Lesson[],
): { readonly judged: Judged; readonly used: readonly Lesson[] } {
  const used: Lesson[] = [];
  let after = judged;
  for (const field of APPLIED) {
    const fitting = lessons.filter(
      (it) =>
        it.field === field &&
        it.source === of.source &&
        it.rule === of.rule &&
        (it.service === null || it.service === judged.service || it.service === after.service) &&
        isKnown(field, it.value),
    );
    const lesson = fitting.find(({ service }) => service !== null) ?? fitting[0];
    if (!lesson || after[field] === lesson.value) continue;
    used.push(lesson);
    const why = field === 'severity' ? `people corrected alerts of this rule to ${lesson.value}` : after.why;
    after = { ...after, [field]: lesson.value, why };
  }
  return { judged: after, used };
}

function isKnown(field: (typeof LESSON_FIELDS)[number], value: string): boolean {
  if (field === 'severity') return SEVERITIES.some((it) => it === value);
  return field === 'category' ? CATEGORIES.some((it) => it === value) : value !== '';
}

/** So often people have to say the same before it holds without being asked for. */
export const TIMES = 2;

/**
 * Whether corrections of one field of a rule's incidents, the latest first, have become a lesson: the last ones
 * say the same, on different incidents. A severity that is lowered is only learned when somebody asks for it.
 */
export function isLearned(
  corrections: readonly { readonly incident: number; readonly value: string; readonly lowers: boolean }[],
): boolean {
  const last = corrections.slice(0, TIMES);
  const [first] = last;
  if (!first || last.length < TIMES) return false;
  const incidents = new Set(last.map(({ incident }) => incident));
  return incidents.size === TIMES && last.every(({ value, lowers }) => value === first.value && !lowers);
}
