import { STRETCHES, type Expected, type Subject } from './expected.ts';
import type { Kind } from './kind.ts';
import { COUNTS } from './kinds-counts.ts';
import { GROUPS, LENGTHS } from './kinds-groups.ts';
import { LISTS, OTHERS } from './kinds-rows.ts';
import { AREAS, PEOPLE, RULES, SERVICES, SOURCES, TEAMS, type Store } from './store.ts';

/** One question, and its right answer over a store. */
export interface Question {
  readonly kind: string;
  readonly text: string;
  readonly right: (store: Store) => Expected;
}

/** Every wording of every kind, each about something else, and one of each with a slip of the finger. The same list every time. */
export function questionsOf(): Question[] {
  const kinds = [...COUNTS, ...GROUPS, ...LENGTHS, ...LISTS, ...OTHERS];
  return kinds.flatMap((kind, place) => {
    const wordings = [...kind.wordings, withSlip(kind.wordings[place % kind.wordings.length] ?? '')];
    return wordings.map((wording, index) => questionOf(kind, wording, 5 * place + 3 * index));
  });
}

/** Two letters in the middle of the longest word change places. */
function withSlip(wording: string): string {
  const words = wording.split(' ');
  const long = words.toSorted((a, b) => lettersIn(b) - lettersIn(a))[0] ?? '';
  const at = Math.floor(long.length / 2);
  const slip = `${long.slice(0, at)}${long[at + 1] ?? ''}${long[at] ?? ''}${long.slice(at + 2)}`;
  return words.map((it) => (it === long ? slip : it)).join(' ');
}

/** Words that stand for something are not changed. */
function lettersIn(word: string): number {
  return /^[a-zA-Z]+$/.test(word) ? word.length : 0;
}

function questionOf({ name, right }: Kind, wording: string, turn: number): Question {
  const pick = <T>(all: readonly T[], step = 1): T => {
    const found = all[(turn * step) % all.length];
    if (found === undefined) throw new Error('nothing to choose from');
    return found;
  };
  const person = pick(PEOPLE);
  const subject: Subject = {
    time: pick(STRETCHES, 7),
    severity: pick(['P0', 'P1', 'P2', 'P3']),
    service: pick(SERVICES, 3),
    team: pick(TEAMS),
    person: person.id,
    environment: pick(AREAS, 3),
    category: pick(['performance', 'security', 'availability', 'compliance', 'cost']),
    source: pick(SOURCES),
    rule: pick(RULES),
  };
  const words: Readonly<Record<string, string>> = {
    ...subject,
    time: subject.time.words,
    words: 'connection pool',
    person: pick([person.name, person.id, `@${person.id}`], 2),
  };
  const text = wording.replaceAll(/\{(\w+)\}/g, (_, key: string) => words[key] ?? '');
  return { kind: name, text, right: (store) => right(store, subject) };
}
