/**
 * Whether somebody may have meant `word` when they typed `typed`. Strict, since a word taken for another
 * changes an answer: the first letter must be right (so that `unresolved` is never `resolved`), short words
 * may only lack, double or swap a letter, and only long ones may be off by two.
 */
export function isSlip(typed: string, word: string): boolean {
  if (typed === word) return true;
  const length = Math.min(typed.length, word.length);
  if (length < 4 || typed[0] !== word[0] || /\d/.test(typed)) return false;
  if (length < 6) return isDropped(typed, word) || isSwapped(typed, word);
  return distance(typed, word) <= (length >= 9 ? 2 : 1);
}

/** A letter of `word` is missing in `typed`, or is there twice. */
function isDropped(typed: string, word: string): boolean {
  if (typed.length === word.length - 1) return without(word).includes(typed);
  return typed.length === word.length + 1 && doubled(word).includes(typed);
}

function without(word: string): string[] {
  return Array.from(word, (_, index) => word.slice(0, index) + word.slice(index + 1));
}

function doubled(word: string): string[] {
  return Array.from(word, (letter, index) => word.slice(0, index) + letter + word.slice(index));
}

function isSwapped(typed: string, word: string): boolean {
  if (typed.length !== word.length) return false;
  const index = Array.from(word).findIndex((letter, at) => letter !== typed[at]);
  const swapped = `${word.slice(0, index)}${word[index + 1] ?? ''}${word[index] ?? ''}${word.slice(index + 2)}`;
  return typed === swapped;
}

/** Letters to add, drop, change or swap with their neighbour. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const changed = (last[j - 1] ?? 0) + (isSame ? 0 : 1);
      const swapped = isSwap ? (beforeLast[j - 2] ?? 0) + 1 : Infinity;
      row.push(Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, changed, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 3;
}
