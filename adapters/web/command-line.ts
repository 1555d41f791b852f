import { clean } from '#src/chat/text.ts';

/** What stands behind `/incident`, or null when the line is no command. */
export function typedAfter(line: string): string | null {
  const match = /^\/incident(?:\s+(.*))?$/isu.exec(clean(line));
  return match ? (match[1] ?? '') : null;
}
