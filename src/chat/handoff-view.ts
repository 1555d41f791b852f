import { shiftFacts } from '#src/db/handoff-facts.ts';
import { holdsOf, schedulesWaitingFor } from '#src/db/handoff-holds.ts';
import { scheduleForHandoff } from '#src/db/handoff-timers.ts';
import { findHandoff, findPlan } from '#src/db/handoffs.ts';
import type { Reader } from '#src/db/schema.ts';
import type { Context } from '#src/engine/context.ts';
import { isToTake, type Handoff } from '#src/engine/handoff.ts';
import { UserError } from '#src/errors.ts';
import type { Viewer } from '#src/incident/privacy.ts';
import { peopleAt } from '#src/oncall/handoff.ts';
import { nextHandoff, shiftOf } from '#src/oncall/preview.ts';

import { namesIn } from './card-view.ts';
import type { HandoffView } from './handoff-message.ts';
import type { Names } from './names.ts';

type Eyes = Pick<Context, 'db' | 'now' | 'settings'>;

interface Shown extends Handoff {
  readonly viewer: Viewer;
  readonly names: Names;
}

/** A hand-off as it stands, as one reader may see it. */
export async function viewOfHandoff(
  { now: clock, settings }: Pick<Eyes, 'now' | 'settings'>,
  r: Reader,
  { row, holds, compiled, viewer, names }: Shown,
): Promise<HandoffView> {
  const now = clock();
  const { leaving, coming, since } = row;
  const people = peopleAt(compiled, now);
  const open = holds.filter((it) => isToTake(it, now));
  const taken = holds.flatMap(({ takenBy, takenAt }) =>
    takenBy && takenAt ? [{ by: takenBy, at: takenAt }] : [],
  );
  const arrived = [...new Set([...coming, ...taken.map(({ by }) => by)])].filter(
    (it) => people.includes(it) || open.some(({ person }) => person === it),
  );
  const first = arrived.find((it) => people.includes(it)) ?? people[0];
  const shift = first && shiftOf(compiled, first, now);
  const { team } = compiled.schedule;
  return {
    schedule: compiled.schedule,
    handoff: row.id,
    leaving,
    coming: arrived,
    people,
    until: shift ? shift.until : (nextHandoff(compiled, now)?.at ?? null),
    waiting: open.map((it) => ({ person: it.person, by: it.heldBy })),
    taken,
    since,
    facts: await shiftFacts(r, { team, people: leaving, since, now, viewer }),
    names,
    now,
    publicUrl: settings.publicUrl,
    reader: viewer.id,
  };
}

/** What would be handed over now, for whoever asks. Throws `not_found`. */
export async function viewOfShift(eyes: Eyes, schedule: string, viewer: Viewer): Promise<HandoffView> {
  const { db } = eyes;
  const now = eyes.now();
  const compiled = await scheduleForHandoff(db, schedule, now);
  if (!compiled) throw new UserError('not_found', `There is no on-call schedule \`${schedule}\` any more.`);
  const names = await namesIn(db);
  const holds = (await holdsOf(db, { schedule })).filter((it) => isToTake(it, now));
  const row = holds[0] && (await findHandoff(db, holds[0].handoff));
  if (row) {
    const view = await viewOfHandoff(eyes, db, { row, holds, compiled, viewer, names });
    return { ...view, reader: null };
  }
  const people = peopleAt(compiled, now);
  const [first] = people;
  const shift = first ? shiftOf(compiled, first, now) : null;
  const since = (await findPlan(db, schedule))?.since ?? shift?.from ?? now;
  const { team } = compiled.schedule;
  return {
    schedule: compiled.schedule,
    handoff: null,
    leaving: [],
    coming: people,
    people,
    until: shift?.until ?? null,
    waiting: [],
    taken: [],
    since,
    facts: await shiftFacts(db, { team, people, since, now, viewer }),
    names,
    now,
    publicUrl: eyes.settings.publicUrl,
    reader: null,
  };
}

/** The schedules in which a shift waits for this person to take it. */
export async function schedulesToTake({ db }: Eyes, person: string): Promise<readonly string[]> {
  return await schedulesWaitingFor(db, person);
}
