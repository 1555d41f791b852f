import type { CoverRequest } from '#src/db/covers.ts';
import type { SwapRequest } from '#src/db/swaps.ts';
import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { Override } from '#src/oncall/schedule.ts';

import type { Context, Place } from './context.ts';

/** Who asks for a shift to change hands. @throws UserError for a key that belongs to nobody */
export function whoAsks({ actor }: Pick<Context, 'actor'>): PersonId {
  if (actor.type === 'user') return actor.id as PersonId;
  throw new UserError('bad_arguments', 'Only a person has shifts; this key belongs to nobody.');
}

/** A shift, or a part of one. */
export interface Stretch {
  readonly start: Date;
  readonly end: Date;
}

interface OfSchedule {
  /** What the schedule is called. */
  readonly name: string;
}

/** An override was made, or taken back: `coming` are on call by that, `leaving` are not any more. */
export interface OverrideNews extends OfSchedule {
  readonly kind: 'overridden' | 'override-undone';
  readonly override: Override;
  readonly coming: readonly PersonId[];
  readonly leaving: readonly PersonId[];
  /** What `coming` are called. */
  readonly names: readonly string[];
}

/** One person alone is asked, says no, or need not answer any more. */
export interface CoverNews extends OfSchedule {
  readonly kind: 'cover-offered' | 'cover-declined' | 'cover-withdrawn';
  readonly request: CoverRequest;
}

export interface CoverTakenNews extends OfSchedule {
  readonly kind: 'cover-taken';
  readonly request: CoverRequest;
  readonly override: Override;
  /** A part of it is still asked for. */
  readonly isRestOpen: boolean;
}

export interface SwapAskedNews extends OfSchedule {
  readonly kind: 'swap-asked';
  readonly request: SwapRequest;
  /** What else they could offer. */
  readonly offers: readonly Stretch[];
}

export interface SwapNews extends OfSchedule {
  readonly kind: 'swap-agreed' | 'swap-declined' | 'swap-countered' | 'swap-withdrawn' | 'swap-undone';
  readonly request: SwapRequest;
}

/** What happened to somebody's shifts. The chat has the words, and knows whom it tells. */
type DutyNews = OverrideNews | CoverNews | CoverTakenNews | SwapAskedNews | SwapNews;

/** Has those told whom it concerns, in the transaction that did it; who did it themselves is told nothing. */
export type TellDuty = (place: Place, news: DutyNews) => Promise<void>;
