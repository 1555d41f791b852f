import type { LoggedEvent } from './events.ts';
import type { Incident } from './incident.ts';

/** The events with which somebody begins to work on an incident. */
export const TAKING = [
  'incident.acknowledged',
  'incident.started',
  'incident.deescalated',
] as const satisfies readonly LoggedEvent['type'][];

/**
 * Who has an incident, as a sentence for the one who came second: `Ana has it
 * since 14:05 UTC`. `events` are its events of the kinds in `TAKING`, oldest
 * first; `assignee` is the assignee's name. Null while nobody has taken it.
 */
export function sayWhoHasIt(
  incident: Pick<Incident, 'assignee'>,
  events: readonly LoggedEvent[],
  assignee: string | null,
  { id, at }: { readonly id: string; readonly at: Date },
): string | null {
  const taken = events[0];
  if (!taken) return null;
  const since = clock(taken.at, at);
  if (incident.assignee === taken.by.id) {
    return taken.by.id === id ? `you have it since ${since}` : `${taken.by.name} has it since ${since}`;
  }
  const acknowledged = `${taken.by.name} acknowledged it at ${since}`;
  return incident.assignee === null
    ? acknowledged
    : `${acknowledged} and ${assignee ?? incident.assignee} has it`;
}

/** With the day where it is not the same one. */
function clock(then: Date, now: Date): string {
  const text = then.toISOString();
  const day = text.slice(0, 10);
  return `${day === now.toISOString().slice(0, 10) ? '' : `${day} `}${text.slice(11, 16)} UTC`;
}
