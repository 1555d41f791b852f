import type { Marks } from '#src/alerts/marks.ts';

import type { Received } from './prepared.ts';

/** What another batch has to know of one that is being stored. */
export interface Flight {
  /** Alerts. */
  readonly size: number;
  /** By fingerprint what it says of each alert; null: nothing may be stored beside it. */
  readonly said: ReadonlyMap<string, Marks> | null;
}

export function flightOf(received: readonly Received[]): Flight {
  const said = new Map<string, Marks>();
  let isSaid = true;
  for (const { alert, marks } of received) {
    if (marks) said.set(marks.fingerprint, marks);
    // Of what ends, and of what nobody has looked at yet, it is not known here which alerts it is about.
    isSaid &&= marks !== undefined && alert.state === 'firing';
  }
  return { size: received.length, said: isSaid ? said : null };
}

/**
 * Whether it comes to the same for every alert which of them is stored first: nothing ends in the flight, and alerts that
 * are in both are said in the same words (`Marks`, one for the same words).
 */
export function mayGoBeside({ said }: Flight, received: readonly Received[]): boolean {
  if (said === null) return false;
  return received.every(({ marks }) => {
    const other = marks && said.get(marks.fingerprint);
    return marks !== undefined && (other === undefined || other === marks);
  });
}
