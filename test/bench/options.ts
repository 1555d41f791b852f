/** The words of a command line that are no options: `chat --minutes 10 ingest` has two. */
export function wordsIn(line: readonly string[]): string[] {
  return line.filter((it, index) => !it.startsWith('--') && !line[index - 1]?.startsWith('--'));
}

/** What follows `--name` on the command line; undefined where it is not given. */
export function option(name: string, line: readonly string[] = process.argv.slice(2)): string | undefined {
  const at = line.indexOf(`--${name}`);
  return at === -1 ? undefined : line[at + 1];
}

/** The same, as a whole number. */
export function count(name: string, otherwise: number): number {
  const given = option(name);
  if (given === undefined) return otherwise;
  const value = Number(given.replaceAll('_', ''));
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new Error(`--${name} takes a whole number, not ${given}`);
  }
  return value;
}
