import type { Place } from '#src/engine/context.ts';
import type { Stretch } from '#src/engine/duty.ts';
import { sayLater } from '#src/engine/say.ts';
import type { PersonId } from '#src/incident/person.ts';

import { bold, moment, say, type Inline, type Message, type Part } from './message.ts';

/** What they did themselves people know. */
export async function tell(place: Place, to: PersonId, key: string, message: Message): Promise<void> {
  if (to !== place.ctx.actor.id) await sayLater(place, { key, to: { person: to }, message });
}

/** The question is answered, and its buttons go. */
export async function inPlace(place: Place, key: string, text: string): Promise<void> {
  for (const platform of place.ctx.settings.platforms) {
    await sayLater(place, { key: `${key}-answered`, to: { platform, instead: key }, message: say(text) });
  }
}

/** `Payments from 1 March, 9:00 to 2 March, 9:00`. */
export function span(schedule: string, { start, end }: Stretch): Inline[] {
  return [bold(schedule), ' from ', moment(start), ' to ', moment(end)];
}

/** One button that undoes what the message tells of. */
export function takeBack(command: string, args: Readonly<Record<string, string>>): Part {
  return { type: 'buttons', buttons: [{ label: 'Take it back', command, args, style: 'plain' }] };
}
