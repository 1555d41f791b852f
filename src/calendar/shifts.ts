import type { PersonId } from '#src/incident/person.ts';
import type { CompiledSchedule } from '#src/oncall/compile.ts';
import { shiftOf, shiftsBetween, type Shift } from '#src/oncall/preview.ts';

import type { Feed, FeedEvent } from './write.ts';

/** What a feed is asked for. */
export interface Asked {
  readonly from: Date;
  readonly to: Date;
  /** Null: everybody's. */
  readonly person: PersonId | null;
  /** When the schedule was last changed. */
  readonly changedAt: Date;
  readonly nameOf: (person: PersonId) => string;
}

/**
 * The shifts of a schedule, or of one person in it, that touch the time asked
 * for. Each is whole, so that it keeps its begin and its uid while time goes by.
 * @throws UserError as `shiftsBetween`
 */
export function shiftFeed(compiled: CompiledSchedule, asked: Asked): Feed {
  const { schedule } = compiled;
  const { person, nameOf, changedAt } = asked;
  const events = shiftsIn(compiled, asked).map(({ person: who, from, until }): FeedEvent => ({
    uid: `${schedule.id}-${who}-${until === null ? 'always' : from.getTime() / 1000}@on-call.llm-incident-manager`,
    start: from,
    end: until ?? asked.to,
    summary: person === null ? `${nameOf(who)}: ${schedule.name}` : `On call: ${schedule.name}`,
    description: '',
  }));
  return { name: person === null ? schedule.name : `${schedule.name}: ${nameOf(person)}`, changedAt, events };
}

function shiftsIn(compiled: CompiledSchedule, { from, to, person }: Asked): (Shift & { person: PersonId })[] {
  const found: (Shift & { person: PersonId })[] = [];
  const reached = new Map<PersonId, number>();
  for (const span of shiftsBetween(compiled, from, to)) {
    for (const { person: who } of span.people) {
      if (person !== null && who !== person) continue;
      if ((reached.get(who) ?? -Infinity) >= span.until.getTime()) continue;
      const shift = shiftOf(compiled, who, span.from);
      if (!shift) continue;
      reached.set(who, shift.until?.getTime() ?? Infinity);
      found.push({ person: who, ...shift });
    }
  }
  return found;
}
