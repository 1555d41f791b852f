/** Beyond this a word is a text, and comes but once. */
const LONGEST = 500;
const MOST = 2000;

/**
 * A function of a text that answers the same for the same, and remembers what it said: senders use few words, again
 * and again. When it has heard too many it forgets them all.
 */
export function remembered<T>(answer: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined || text.length > LONGEST) return before ?? answer(text);
    const said = answer(text);
    if (known.size >= MOST) known.clear();
    known.set(text, said);
    return said;
  };
}
