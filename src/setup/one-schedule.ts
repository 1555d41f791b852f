import { stringify } from 'yaml';

import type { Db } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';

import { applySetup, planSetup, type AppliedSetup, type SetupBy } from './apply.ts';
import { digestOf, sectionsOf } from './export.ts';
import type { SetupPlan } from './plan.ts';
import { readState } from './read.ts';
import { whole, type Fields } from './state.ts';

interface Asked {
  readonly db: Db;
  /** The id of the schedule; it need not be there yet. */
  readonly id: string;
  /** What it shall be, in the words of the file; what is left out stays as it is. */
  readonly entry: Fields;
  readonly by: SetupBy;
  readonly now: Date;
}

/**
 * What one schedule would change, without a change.
 * @throws UserError that names every fault; `details.fields` has each one's field, such as `layers.1.people.2`
 */
export async function planSchedule({ db, id, entry, by, now }: Asked): Promise<SetupPlan> {
  const { file } = await fileWith(db, id, entry, now);
  return await atFields(id, () => planSetup({ db, file, by, now }));
}

/**
 * Makes one schedule so; everything else stays as it is.
 * @param digest of the plan that was agreed to
 * @throws UserError as `planSchedule`; `conflict` where the setup was changed since the plan
 */
export async function applySchedule({
  digest,
  newId,
  ...asked
}: Asked & { readonly digest: string; readonly newId: () => string }): Promise<AppliedSetup> {
  const { db, id, entry, by, now } = asked;
  const made = await fileWith(db, id, entry, now);
  // Of another setup than the plan's it would say what the others were.
  if (made.digest !== digest) {
    throw new UserError(
      'conflict',
      'The setup was changed since this was looked at. Look at what would change now, then apply that.',
    );
  }
  return await atFields(id, () => applySetup({ db, file: made.file, by, now, digest, newId }));
}

/** A file of all schedules as they are, with this one as it shall be. */
async function fileWith(
  db: Db,
  id: string,
  entry: Fields,
  now: Date,
): Promise<{ readonly file: string; readonly digest: string }> {
  const reading = db.transaction().setIsolationLevel('repeatable read');
  const state = await reading.execute((tx) => readState(tx, now));
  const schedules = sectionsOf(state, whole)['schedules'] ?? {};
  const before = Object.hasOwn(schedules, id) ? (schedules[id] as Fields) : {};
  const all = { ...schedules, [id]: { ...before, ...entry } };
  const file = stringify({ version: 1, schedules: all }, { lineWidth: 0, aliasDuplicateObjects: false });
  return { file, digest: digestOf(state) };
}

interface Fault {
  readonly path: string;
  readonly says: string;
}

/** Nobody sees the file, so its lines say nothing: each fault is told of its field instead. */
async function atFields<T>(id: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const faults = error instanceof UserError ? (error.details['faults'] as Fault[] | undefined) : undefined;
    if (!(error instanceof UserError) || !faults) throw error;
    const own = `schedules.${id}`;
    const fields = faults.map(({ path, says }) => ({
      field: path.startsWith(`${own}.`) ? path.slice(own.length + 1) : path === own ? '' : path,
      message: sentence(says),
    }));
    const message = fields.map(({ field, message: text }) => (field === '' ? text : `${field}: ${text}`));
    throw new UserError(error.code, message.join('\n'), { fields });
  }
}

function sentence(says: string): string {
  const text = says.slice(0, 1).toUpperCase() + says.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
