import type { CalledPerson } from '#src/engine/page-people.ts';
import type { Whom } from '#src/incident/events.ts';

import type { Callee } from './args.ts';
import { bold, clock, type Inline, type Part } from './message.ts';
import { list, nameIn, type Names } from './names.ts';

/** The most people whose ways are listed. */
const SHOWN = 20;

/** Somebody who was named in a command, as the engine calls them. */
export function whomOf(who: Callee): Whom {
  if ('schedule' in who) return { kind: 'schedule', id: who.schedule };
  return 'person' in who ? { kind: 'person', id: who.person } : { kind: 'team', id: who.team };
}

/** Who is paged at once, as a list of names and as a line for each with their ways. */
export function calledWords(
  called: readonly CalledPerson[],
  names: Names,
  now: Date,
): { readonly who: string; readonly lines: Part; readonly isLost: boolean } {
  const shown = called.slice(0, SHOWN);
  const more = called.length > shown.length ? [`${called.length - shown.length} more`] : [];
  const items = [...shown.map((it) => wayLine(it, names, now)), ...more.map((it) => `and ${it}`)];
  const who = list([...shown.map(({ person }) => nameIn(names, person)), ...more]);
  const isLost = called.some(({ unreachable }) => unreachable !== null);
  return { who, lines: { type: 'list', items }, isLost };
}

/** Bo: by web at once, by sms at 08:02; not by voice, and why. */
function wayLine({ person, unreachable, ways }: CalledPerson, names: Names, now: Date): Inline[] {
  const head = [bold(nameIn(names, person)), ': '];
  const refused = ways.filter(({ state }) => state === 'refused').map(({ why }) => ` ${why}`);
  if (unreachable !== null) return [...head, unreachable];
  const sent = ways
    .filter(({ state, dueAt }) => state === 'waiting' && dueAt)
    .flatMap(({ channel, dueAt }, index): Inline[] => {
      const by = `${index === 0 ? '' : ', '}by ${channel} `;
      return dueAt && dueAt > now ? [`${by}at `, clock(dueAt)] : [`${by}at once`];
    });
  return [...head, ...sent, '.', ...refused];
}
