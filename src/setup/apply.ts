import { logAccess } from '#src/db/access-log.ts';
import { planHandoffs } from '#src/db/handoff-timers.ts';
import { lockSetup } from '#src/db/on-call.ts';
import type { Db } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import { allows, SYSTEM, type Actor, type PersonId } from '#src/incident/person.ts';

import { readFile } from './document.ts';
import { digestOf, exportFile } from './export.ts';
import { planOf, type SetupPlan } from './plan.ts';
import { readState } from './read.ts';
import { save } from './save.ts';
import type { SetupState } from './state.ts';
import { wantedFrom } from './wanted.ts';

export interface SetupBy {
  readonly actor: Actor;
  /** Null: a program; it cannot lock itself out. */
  readonly person: PersonId | null;
}

export interface AppliedSetup extends SetupPlan {
  /** False: all was so already, and nothing was written. */
  readonly isApplied: boolean;
  /** People who were active and are not any more; their sessions must end. */
  readonly switchedOff: readonly PersonId[];
}

interface Asked {
  readonly db: Db;
  readonly file: string;
  /** Nothing is removed: what the file does not name stays as it is. */
  readonly merge?: boolean;
  readonly by: SetupBy;
  readonly now: Date;
}

/** The setup as a file, and its digest. */
export async function exportSetup(db: Db, now: Date): Promise<{ file: string; digest: string }> {
  const state = await look(db, now);
  return { file: exportFile(state), digest: digestOf(state) };
}

/** What the file would change, without a change. @throws UserError that names every fault with its line */
export async function planSetup({ db, file, merge, by, now }: Asked): Promise<SetupPlan> {
  const read = readFile(file);
  const current = await look(db, now);
  const wanted = wantedFrom(read, current, makerOf(by), merge);
  refuseLockout(current, wanted, by);
  return planOf(current, wanted, now);
}

/**
 * Makes the setup what the file says: all of it or, where anything is refused,
 * nothing. Writes only what changed, and one entry of the access log.
 * @param digest of the plan that was agreed to; another setup than that was made for is refused
 * @throws UserError as `planSetup`; `conflict` for a digest that is old
 */
export async function applySetup({
  db,
  file,
  merge,
  by,
  now,
  digest,
  newId,
}: Asked & { readonly digest?: string | undefined; readonly newId: () => string }): Promise<AppliedSetup> {
  const read = readFile(file);
  return await db.transaction().execute(async (tx) => {
    await lockSetup(tx);
    const current = await readState(tx, now);
    if (digest !== undefined && digest !== digestOf(current)) {
      throw new UserError(
        'conflict',
        'The setup was changed since this plan was made. Look at a new plan, then apply that.',
      );
    }
    const wanted = wantedFrom(read, current, makerOf(by), merge);
    refuseLockout(current, wanted, by);
    const plan = planOf(current, wanted, now);
    if (plan.changes.length === 0) return { ...plan, isApplied: false, switchedOff: [] };
    await save(tx, current, wanted, { now, newId });
    await planHandoffs(tx, now);
    const changes = plan.changes.map((it) => it.text);
    await logAccess(tx, { at: now, actor: by.actor, action: 'setup.applied', details: { changes } });
    return {
      ...plan,
      isApplied: true,
      digest: digestOf(await readState(tx, now)),
      switchedOff: switchedOff(current, wanted),
    };
  });
}

/** All of it as it was at one moment, whatever is written meanwhile. */
async function look(db: Db, now: Date): Promise<SetupState> {
  const reading = db.transaction().setIsolationLevel('repeatable read');
  return await reading.execute((tx) => readState(tx, now));
}

/** Who applies a file must be able to take it back. */
function refuseLockout(current: SetupState, wanted: SetupState, { person }: SetupBy): void {
  const isAdmin = ({ people }: SetupState) =>
    people.some((it) => it.id === person && it.active && allows(it.role, 'admin'));
  if (person === null || !isAdmin(current) || isAdmin(wanted)) return;
  throw new UserError(
    'bad_arguments',
    `With this file you would be no admin any more: let it say "${person}: {role: admin}" among the people, or let somebody else apply it.`,
  );
}

function switchedOff(current: SetupState, wanted: SetupState): PersonId[] {
  const off = new Set(wanted.people.filter((it) => !it.active).map((it) => it.id));
  return current.people.filter((it) => it.active && off.has(it.id)).map((it) => it.id);
}

function makerOf({ person, actor }: SetupBy): PersonId {
  return person ?? ((actor.type === 'user' ? actor.id : SYSTEM.id) as PersonId);
}
