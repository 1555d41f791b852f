import { UserError } from '#src/errors.ts';
import type { Schedule } from '#src/oncall/schedule.ts';
import { validateSchedule } from '#src/oncall/validate.ts';
import type { SetupState } from '#src/setup/state.ts';

import type { Duty, Span } from './spans.ts';
import { asManyAsMayBe } from './temporaries.ts';

/** What could not be carried over as it is, and what to do about it. */
export interface Note {
  /** `schedule Payments, layer 2` */
  readonly about: string;
  readonly says: string;
  readonly todo: string;
}

/** Who was on call by the other system's own account, without a hole: where no duty is, nobody was. */
export interface Rendered extends Span {
  readonly duties: readonly Duty[];
}

/** Why ours may differ from theirs in a stretch. */
export interface Reason extends Span {
  readonly why: string;
}

export interface CarriedSchedule {
  readonly schedule: Schedule;
  /**
   * By rules that go on for ever; or shift by shift until the export ends, from
   * a calendar, or copied from what is compared, which proves nothing.
   */
  readonly as: 'rules' | 'calendar' | 'copied';
  readonly rendered: Rendered | null;
  readonly reasons: readonly Reason[];
}

export interface Imported {
  readonly setup: SetupState;
  readonly schedules: readonly CarriedSchedule[];
  readonly notes: readonly Note[];
}

/** The stretch of time that is asked for, as far as it was said. */
export interface Asked {
  readonly from: number | null;
  readonly days: number;
}

/**
 * The schedule without the layers that cannot be, each with a note; null, with
 * a note, where it cannot be as a whole.
 */
export function whatHolds(schedule: Schedule, notes: Note[]): Schedule | null {
  const bare = { ...schedule, temporaries: [] };
  const { kept: temporaries, leftOut } = asManyAsMayBe(schedule.temporaries);
  if (leftOut > 0) {
    notes.push({
      about: `schedule ${schedule.name}`,
      says: `${leftOut} of its overrides, the latest, are left out: it has more than a schedule may have.`,
      todo: 'Import again when the first are over, or make them by hand.',
    });
  }
  const layers = schedule.layers.filter((layer) => {
    const fault = faultOf({ ...bare, layers: [layer] });
    if (fault !== null) {
      notes.push({
        about: `schedule ${schedule.name}, ${layer.name}`,
        says: `The layer is left out. ${fault}`,
        todo: 'Correct it where it comes from and export again, or write it in the file by hand.',
      });
    }
    return fault === null;
  });
  const kept = {
    ...schedule,
    layers,
    temporaries: temporaries.map((it) => ({
      ...it,
      layers: it.layers.filter((layer) => layers.includes(layer) || !schedule.layers.includes(layer)),
    })),
  };
  const fault = faultOf(kept);
  if (fault === null) return kept;
  notes.push({
    about: `schedule ${schedule.name}`,
    says: `It is left out. ${fault}`,
    todo: 'Correct it where it comes from and export again, or write it in the file by hand.',
  });
  return null;
}

function faultOf(schedule: Schedule): string | null {
  try {
    validateSchedule(schedule);
    return null;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** What is made of a schedule; null, with a note, where its zone cannot be read. */
export function whereZoned<T>(name: string, notes: Note[], make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    notes.push({
      about: `schedule ${name}`,
      says: `It is left out. ${error.message}`,
      todo: 'Correct it where it comes from and export again, or write it in the file by hand.',
    });
    return null;
  }
}
