import { UserError } from '#src/errors.ts';
import type { SetupState } from '#src/setup/state.ts';

import { readAnswers, type Answer, type ExportFile } from './answers.ts';
import type { Imported, Note } from './carried.ts';
import { equalityOf, type ScheduleEquality } from './equality.ts';
import { importGrafana } from './grafana/import.ts';
import { importOpsgenie } from './opsgenie/import.ts';
import { importPagerDuty } from './pagerduty/import.ts';

export const VENDORS = ['pagerduty', 'opsgenie', 'grafana'] as const;
export type Vendor = (typeof VENDORS)[number];

export interface ImportOptions {
  /** Where the comparison begins; null: where the export's own account of who was on call begins. */
  readonly from?: Date | null;
  /** How many days are compared; 90 unless told otherwise. */
  readonly days?: number;
}

export interface ImportResult {
  /** As a setup is written in a file. */
  readonly setup: SetupState;
  /** What could not be carried over as it was, and what to do about each. */
  readonly notes: readonly Note[];
  /** For each schedule of the setup whether the same people are on call as there. */
  readonly equality: readonly ScheduleEquality[];
}

const IMPORT: Record<Vendor, (answers: readonly Answer[]) => Imported> = {
  pagerduty: importPagerDuty,
  opsgenie: importOpsgenie,
  grafana: importGrafana,
};

/** The comparison that the product promises. */
export const DAYS_COMPARED = 90;
/** A comparison of more is one of a guess. */
const MOST_DAYS = 400;

/**
 * People, teams, schedules and policies out of what another system's interface
 * answered, with the proof that the same people are on call.
 * @throws UserError that names the file and the field that cannot be read
 */
export function importFrom(
  vendor: Vendor,
  files: readonly ExportFile[],
  { from = null, days = DAYS_COMPARED }: ImportOptions = {},
): ImportResult {
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS) {
    throw new UserError('bad_arguments', `Compare a whole number of days from 1 to ${MOST_DAYS}.`);
  }
  const { setup, schedules, notes } = IMPORT[vendor](readAnswers(files));
  const asked = { from: from?.getTime() ?? null, days };
  return {
    setup,
    notes: onceEach([...notes, ...general(setup, notes.length === 0)]),
    equality: schedules.map((it) => equalityOf(it, asked)),
  };
}

function general({ policies, people, schedules }: SetupState, isQuiet: boolean): Note[] {
  const notes: Note[] = [];
  if (isQuiet && schedules.length + policies.length + people.length === 0) {
    throw new UserError(
      'bad_payload',
      'No schedules, policies or users are in these files. Name each file as its address is, such as schedules.json or users.json, and check that they are of this system.',
    );
  }
  if (policies.length > 0) {
    notes.push({
      about: 'policies',
      says: 'None has conditions, so each would be for every incident: which service used which is not imported.',
      todo: 'Give them conditions or write routes that name them, before you apply the file.',
    });
  }
  if (people.some(({ contacts }) => contacts.some(({ kind }) => kind === 'sms' || kind === 'voice'))) {
    notes.push({
      about: 'telephone numbers',
      says: 'They are used only when their owners have proved that they are theirs.',
      todo: 'Ask everybody to verify their number here.',
    });
  }
  return notes;
}

function onceEach(notes: readonly Note[]): Note[] {
  return [...new Map(notes.map((it) => [`${it.about}\n${it.says}`, it])).values()];
}
