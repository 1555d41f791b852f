import { nearest } from '#src/incident/nearest.ts';

import type { Command } from './command.ts';
import type { Token } from './tokens.ts';
import { incidentRef } from './words.ts';

const INTERROGATIVE = /^(?:how|what|which|when|where|whose|whom|how's|what's|who's)$/i;
const AFTER_WHO = /^(?:is|are|was|were|has|have|had|got|gets|opened)$/i;
/** With fewer words a sign of doubt is more likely than a question: `ack?`. */
const WORDS_MIN = 3;

/**
 * Whether a line is a question in plain words, and no command: it begins as one does, or ends with a question
 * mark and begins with nothing that a command is called, or nearly. `who INC-3` stays the command.
 */
export function asksSomething(tokens: readonly Token[], commands: readonly Command[]): boolean {
  const [first, second] = tokens;
  if (!first || !second || first.quoted || tokens.length < WORDS_MIN) return false;
  const names = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  if (/^who$/i.test(first.text)) {
    return AFTER_WHO.test(second.text) && !tokens.some(({ text }) => incidentRef(text) !== null);
  }
  if (names.includes(first.text.toLowerCase())) return false;
  if (INTERROGATIVE.test(first.text)) return true;
  const isMarked = tokens.at(-1)?.text.endsWith('?') ?? false;
  return isMarked && incidentRef(first.text) === null && nearest(first.text, names).length === 0;
}
