import type { Arg } from './args.ts';
import type { Token } from './tokens.ts';
import { isWhen } from './when.ts';
import {
  durationOf,
  incidentRef,
  isBareNumber,
  severityCode,
  severityOf,
  withoutPunctuation,
} from './words.ts';

/** What must be known of a line to tell what its words are. */
interface TypedLine {
  readonly tokens: readonly Token[];
  /** The argument that takes what is left of the line. */
  readonly restName: string | undefined;
}

/** Text that goes on, and is more than a word. */
export function isText(of: Arg): boolean {
  return (of.kind === 'text' || of.kind === 'paragraph') && !of.isWord;
}

/** How many tokens from `index` are surely of this kind; 0 for none. After a leading word less is needed to be sure. */
export function recognised(line: TypedLine, of: Arg, index: number, isLed: boolean): number {
  const token = line.tokens[index];
  if (!token || token.quoted) return token && isLed && !isText(of) ? 1 : 0;
  const word = withoutPunctuation(token.text);
  switch (of.kind) {
    case 'incident':
      return incidentRef(word) !== null || isBareNumber(word) ? 1 : 0;
    case 'severity': {
      const isMarked = of.required || isLed || !line.restName || /[:,]$/.test(token.text);
      return (isMarked ? severityOf(word) : severityCode(word)) ? 1 : 0;
    }
    case 'choice':
      return longest(line, index, 2, (it) => choiceOf(of, it) !== undefined);
    case 'person':
    case 'assignee':
      // As people type it, or as a platform writes a mention.
      return isLed || /^<?@./.test(token.text) ? 1 : 0;
    case 'schedule':
      // Where nothing else can take a word, and it may be left out, any word is one.
      return isLed || (!of.required && !line.restName) ? 1 : 0;
    case 'when':
      return longest(line, index, 4, isWhen);
    case 'duration':
      return longest(line, index, 2, (it) => durationOf(it) !== null);
    case 'text':
    case 'paragraph':
      return of.isWord && isLed ? 1 : 0;
  }
}

/** The choice somebody means, whatever the case and with spaces for dashes. */
export function choiceOf(of: Pick<Arg, 'choices'>, word: string): string | undefined {
  const wanted = word.toLowerCase().replaceAll(/[\s_]+/g, '-');
  return of.choices.find((choice) => choice.toLowerCase() === wanted);
}

function longest(
  { tokens }: TypedLine,
  index: number,
  most: number,
  fits: (words: string) => boolean,
): number {
  for (let count = most; count > 0; count -= 1) {
    const words = tokens.slice(index, index + count);
    if (words.length === count && fits(words.map(({ text }) => text).join(' '))) return count;
  }
  return 0;
}
