import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

/** Milliseconds of processor time that a process has used by now. */
export function cpuMs(pid: number): number {
  return statOf(pid)?.own ?? 0;
}

/** The same with its children, those that have ended among them: a database server is many processes. */
export function cpuMsOfFamily(pid: number): number {
  const parent = statOf(pid);
  const children = readdirSync('/proc')
    .filter((it) => /^\d+$/.test(it))
    .map((it) => statOf(Number(it)))
    .filter((it) => it?.parent === pid);
  return children.reduce((sum, it) => sum + (it?.own ?? 0), (parent?.own ?? 0) + (parent?.ended ?? 0));
}

export function parentOf(pid: number): number {
  return statOf(pid)?.parent ?? 0;
}

/** The process that was started by a command with all of these words in it; 0 where there is none. */
export function pidOf(...words: readonly string[]): number {
  const found = readdirSync('/proc').find((it) => {
    if (!/^\d+$/.test(it)) return false;
    try {
      const command = readFileSync(`/proc/${it}/cmdline`, 'utf8');
      return words.every((word) => command.includes(word));
    } catch {
      return false;
    }
  });
  return Number(found ?? 0);
}

interface Stat {
  readonly parent: number;
  readonly own: number;
  /** Of children that ended. */
  readonly ended: number;
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // What follows the name, which may have anything in it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = (index: number) => Number(fields[index]) * TICK_MS;
    return { parent: Number(fields[1]), own: ticks(11) + ticks(12), ended: ticks(13) + ticks(14) };
  } catch {
    return null;
  }
}
