/**
 * Text from outside, made safe to store: well-formed Unicode, no NUL (the
 * database refuses it), no control characters but newline and tab, and no
 * bidirectional overrides (which make text read as something it is not).
 * Escaping for a platform happens where it is drawn, never here.
 */
export function clean(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replaceAll(/(?![\n\t])\p{Cc}|[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu, '');
}

/** Most of what comes in, and clean as it is. */
const PLAIN = /^[\x20-\x7e\n\t]*$/;

/** One line of cleaned text of at most `max` UTF-16 units; what is cut off is shown by an ellipsis. */
export function cleanLine(text: string, max: number): string {
  return shorten(clean(text).replaceAll(/\s+/g, ' ').trim(), max);
}

/** Cuts to `max` UTF-16 units, never through a character, ending in an ellipsis when something was cut. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
