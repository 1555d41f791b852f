import type { Field } from './spec.ts';

/** Something that exists and can be asked about, as people call it. */
export interface Name {
  readonly field: Extract<Field, 'service' | 'team' | 'assignee' | 'source' | 'rule' | 'schedule' | 'author'>;
  /** What stands in the rows. */
  readonly value: string;
  /** What people call it, beside that. */
  readonly called: readonly string[];
}

/** What a question may name, and who asks. Only what the asker may see is in it. */
export interface Vocabulary {
  readonly names: readonly Name[];
  /** `me`; null for a program with a key of nobody's. */
  readonly me: string | null;
}

/** What people call something: its name where that is known. */
export function nameOf({ names }: Pick<Vocabulary, 'names'>, field: Field, value: string): string {
  const of = field === 'person' ? 'assignee' : field;
  const found = names.find((it) => it.field === of && it.value === value);
  return found?.called[0] ?? value;
}
