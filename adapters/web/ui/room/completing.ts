/** What the composer can complete at the caret. */
export type Completing =
  | { readonly type: 'command'; readonly line: string }
  /** `from` and `to`: the place of `@query` in the text. */
  | { readonly type: 'person'; readonly query: string; readonly from: number; readonly to: number };

const COMMAND = '/incident';

/**
 * A line that begins with a slash is a command, or is becoming one; `@word`
 * before the caret is somebody's name. In a command the command comes first,
 * since its server side knows where a person belongs.
 */
export function completing(text: string, caret: number): Completing | null {
  const line = commandLine(text);
  if (line !== null) return { type: 'command', line };
  return personAt(text, caret);
}

export function personAt(text: string, caret: number): Completing | null {
  const match = /(?:^|[\s(])@(?<query>[\p{L}\p{N}._-]{0,40})$/u.exec(text.slice(0, caret));
  const query = match?.groups?.query;
  return query === undefined ? null : { type: 'person', query, from: caret - query.length - 1, to: caret };
}

/** The line to ask completions for; null when the text is no command. `/`, `/inc` and `/incident` ask for all of them. */
export function commandLine(text: string): string | null {
  if (!text.startsWith('/') || text.includes('\n')) return null;
  if (COMMAND.startsWith(text.toLowerCase())) return `${COMMAND} `;
  return text.toLowerCase().startsWith(`${COMMAND} `) ? text : null;
}

/** True while the text is only the beginning of the word `/incident`: to send it would say nothing to anybody. */
export function isStump(text: string): boolean {
  return text.startsWith('/') && text.length < COMMAND.length && COMMAND.startsWith(text.toLowerCase());
}
