import { cleanLine } from '#src/incident/text.ts';
import { LIMITS } from '#src/paging/limits.ts';
import type { EscalationPolicy, Level, Target } from '#src/paging/policy.ts';
import { lasting } from '#src/paging/words.ts';

import type { Note } from './carried.ts';

/** A level as it is over there; lengths in milliseconds. */
export interface TheirLevel {
  readonly targets: readonly Target[];
  /** Until the next one. */
  readonly windowMs: number;
  readonly inTurn: boolean;
}

export interface TheirPolicy {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly levels: readonly TheirLevel[];
  readonly repeat: { readonly times: number; readonly afterMs: number };
}

/** The policy within what policies here may ask for; null, with a note, where nobody is left to page. */
export function carryPolicy(their: TheirPolicy, notes: Note[]): EscalationPolicy | null {
  const name = cleanLine(their.name, 200) || their.id;
  const about = `policy ${name}`;
  const say = (says: string, todo: string) => notes.push({ about, says, todo });
  const paging = their.levels.filter(({ targets }) => targets.length > 0);
  if (paging.length === 0) {
    say('It is left out: none of its levels pages anybody that could be carried over.', 'Write it by hand.');
    return null;
  }
  if (paging.length > LIMITS.levels) {
    say(
      `It has ${paging.length} levels; the first ${LIMITS.levels} are taken.`,
      'Hand on to a second policy for the rest.',
    );
  }
  const times = Math.min(their.repeat.times, LIMITS.repeats);
  if (times < their.repeat.times) {
    say(`It repeats ${their.repeat.times} times; here it is ${times}.`, 'Add people rather than rounds.');
  }
  return {
    id: their.id,
    name,
    description: cleanLine(their.description, 1000),
    enabled: true,
    priority: 0,
    conditions: {},
    levels: paging.slice(0, LIMITS.levels).map((it, place) => levelOf(it, place + 1, say)),
    repeat: { times, afterMs: their.repeat.afterMs },
    stopOnAck: true,
    handTo: null,
    managerLevel: null,
    resumeIfStillFiringAfterMs: null,
    unackAfterMs: null,
  };
}

function levelOf(
  { targets, windowMs, inTurn }: TheirLevel,
  number: number,
  say: (says: string, todo: string) => void,
): Level {
  const { from, to } = LIMITS.ackWindowMs;
  const window = Math.min(Math.max(windowMs, from), to);
  if (window !== windowMs) {
    say(
      `Level ${number} waits ${lasting(windowMs)}; here it is ${lasting(window)}.`,
      'Change it in the file if another length is better.',
    );
  }
  return {
    name: `Level ${number}`,
    targets: targets.slice(0, LIMITS.targets),
    ackWindowMs: window,
    when: null,
    strategy: inTurn ? 'round-robin' : 'all',
    acksNeeded: 1,
    whenEmpty: 'skip',
  };
}
