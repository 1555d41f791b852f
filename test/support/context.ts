import { randomUUID } from 'node:crypto';

import { savePerson } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import type { Context, EngineSettings } from '#src/engine/context.ts';
import { actorOf, SYSTEM, type Actor, type Person, type PersonId } from '#src/incident/person.ts';

/** What the program decides by where nobody set anything. */
export const SETTINGS: EngineSettings = {
  reopenWindowMs: 15 * 60_000,
  groupWindowMs: 6 * 3_600_000,
  stormWindowMs: 5 * 60_000,
  stormSize: 2,
  groupBy: ['service', 'environment'],
  whenAlertsClear: 'resolve',
  publicUrl: 'http://incidents.example',
  platforms: ['web'],
  channels: [],
};

/** A clock that a test sets; it stands still in between. */
export class SetClock {
  #ms: number;

  constructor(start = new Date('2026-03-01T08:00:00Z')) {
    this.#ms = start.getTime();
  }

  readonly now = (): Date => new Date(this.#ms);

  set(at: Date): void {
    this.#ms = at.getTime();
  }

  advance(ms: number): void {
    this.#ms += ms;
  }
}

export interface ContextOptions {
  /** Whoever acts; the program itself where nobody is named. */
  readonly actor?: Actor;
  readonly clock?: { now(): Date };
  readonly settings?: Partial<EngineSettings>;
  readonly committed?: () => void;
}

/** What a verb needs, over a database of a test. Without a clock it is now. */
export function engineContext(db: Db, options: ContextOptions = {}): Context {
  const { actor = SYSTEM, clock, settings, committed = () => {} } = options;
  return {
    db,
    actor,
    role: 'admin',
    now: () => clock?.now() ?? new Date(),
    newId: randomUUID,
    committed,
    settings: { ...SETTINGS, ...settings },
  };
}

/** Adds somebody who can act: `ana` is called Ana. */
export async function addPerson(db: Db, id: string): Promise<Actor> {
  const person: Person = {
    id: id as PersonId,
    name: id.slice(0, 1).toUpperCase() + id.slice(1),
    email: null,
    role: 'responder',
    timezone: 'UTC',
    active: true,
  };
  await savePerson(db, person, new Date('2026-01-01T00:00:00Z'));
  return actorOf(person);
}
