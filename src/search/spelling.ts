/**
 * Words that nobody ever wrote so are taken for the known word that is one slip of the finger away, where one is:
 * `latncy` is `latency`. Only a few are looked at, since a text of strange words is like nothing.
 */
export function respelt(wanted: ReadonlySet<string>, known: ReadonlySet<string>): Set<string> {
  const strange = [...wanted].filter((it) => it.length >= SHORTEST && !known.has(it)).slice(0, MOST);
  const words = strange.length === 0 ? [] : [...known];
  const meant = new Map(strange.map((word) => [word, words.find((it) => isSlip(word, it)) ?? word]));
  return new Set([...wanted].map((it) => meant.get(it) ?? it));
}

/** In shorter words one letter makes another word. */
const SHORTEST = 5;
const MOST = 5;

/** One letter added, dropped or changed, or two neighbours swapped. */
function isSlip(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const [a, b] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  if (a.length <= 1 && b.length <= 1) return true;
  return a.length === 2 && b.length === 2 && a[0] === b[1] && a[1] === b[0];
}
