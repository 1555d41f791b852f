import { execFileSync } from 'node:child_process';

/**
 * A network of its own for the program, joined to this one by a cable. The database has an address at this
 * end; when packets for it go to a card that nobody has, they vanish without a word, and the
 * senders at the same end go on. Needs root.
 */
export function inNamespace() {
  const name = `faults${process.pid}`;
  const cable = `f${process.pid % 100_000}`;
  const net = `10.${200 + (process.pid % 50)}.${process.pid % 250}`;
  const database = `${net}.3`;
  const inside = `${net}.2`;
  const ip = (...args: readonly string[]) =>
    execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const within = (...args: readonly string[]) => ip('netns', 'exec', name, 'ip', ...args);
  ip('netns', 'add', name);
  ip('link', 'add', `${cable}a`, 'type', 'veth', 'peer', 'name', `${cable}b`);
  ip('link', 'set', `${cable}b`, 'netns', name);
  ip('addr', 'add', `${net}.1/24`, 'dev', `${cable}a`);
  ip('addr', 'add', `${database}/24`, 'dev', `${cable}a`);
  ip('link', 'set', `${cable}a`, 'up');
  within('addr', 'add', `${inside}/24`, 'dev', `${cable}b`);
  within('link', 'set', `${cable}b`, 'up');
  within('link', 'set', 'lo', 'up');
  return {
    database,
    inside,
    /** What a command begins with that is to run in there. */
    enter: ['ip', 'netns', 'exec', name],
    swallow: () =>
      void within(
        'neigh',
        'replace',
        database,
        'lladdr',
        '02:00:00:00:00:99',
        'dev',
        `${cable}b`,
        'nud',
        'permanent',
      ),
    mend: () => void within('neigh', 'del', database, 'dev', `${cable}b`),
    remove: () => void ip('netns', 'del', name),
  };
}
