/**
 * Which of the words somebody may have meant, nearest first: those they began,
 * and those a slip of the finger away. Letter case does not matter.
 */
export function nearest(word: string, candidates: readonly string[], limit = 3): string[] {
  const typed = word.toLowerCase().slice(0, LONGEST);
  if (typed === '') return [];
  const allowed = typed.length <= 3 ? 1 : 2;
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, distance: distanceTo(typed, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= allowed)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** No name of ours is longer, and the comparison costs the product of both lengths. */
const LONGEST = 40;

function distanceTo(typed: string, candidate: string): number {
  if (typed.length >= 3 && candidate.startsWith(typed)) return 0.5;
  return editDistance(typed, candidate.slice(0, LONGEST));
}

/** Letters to add, drop, change or swap with their neighbour to make one word of the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(last, j) + 1,
          at(row, j - 1) + 1,
          at(last, j - 1) + same,
          swapped ? at(beforeLast, j - 2) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
