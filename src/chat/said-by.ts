/** Who keeps the words of another keeps them in that one's name; null: they are one's own, or nobody knows whose. */
export function inTheirName(text: string, name: string | null): string {
  return name === null ? text : `${text} (said by ${name})`;
}
