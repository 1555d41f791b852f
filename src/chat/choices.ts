import type { Arg } from './args.ts';
import { valuesOf, type Asking, type Known } from './suggest.ts';

/** What every platform can show at once. */
const MOST = 25;

interface Choice {
  readonly label: string;
  readonly value: string;
}

/** What an argument may be, of what has been typed for it so far: what begins with it, then what has it in it. */
export async function choicesLike(of: Arg, typed: string, asking: Asking, known: Known): Promise<Choice[]> {
  const wanted = typed.trim().toLowerCase();
  const words = await valuesOf(of, asking, known);
  const begin = words.filter(({ keys }) => keys.some((key) => key.toLowerCase().startsWith(wanted)));
  const contain = words.filter(({ keys }) => keys.some((key) => key.toLowerCase().includes(wanted)));
  return [...new Set([...begin, ...contain])].slice(0, MOST).map(({ word, help }) => ({
    label: of.kind === 'incident' ? `${word} ${help}` : label(word, help, of),
    value: word,
  }));
}

/** A person is shown by name; a word that says what it means, by itself. */
function label(word: string, help: string, of: Arg): string {
  if (of.kind === 'person' || of.kind === 'assignee' || of.kind === 'schedule') return help;
  return help === '' || help === of.help ? word : `${word}: ${help}`;
}
