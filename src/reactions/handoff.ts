import { tellGaps, tellWeek } from '#src/chat/handoff-ahead.ts';
import { tellHandoff } from '#src/chat/handoff-tell.ts';
import { lookAhead, remindOfShifts, warnOfGaps } from '#src/engine/handoff-ahead.ts';
import { missedShift } from '#src/engine/handoff-take.ts';
import { settleHandoff } from '#src/engine/handoff.ts';

import type { Deps } from './deps.ts';
import { PRIORITY, type Errand } from './reaction.ts';

/** Everything that is told around the hand-offs of a schedule, each at its time. */
export const handoffErrands: readonly Errand<Deps>[] = [
  {
    name: 'handoff',
    kinds: ['handoff'],
    priority: PRIORITY.paging,
    run: async ({ subject }, { system }) => await settleHandoff(system, subject, tellHandoff),
  },
  {
    name: 'handoff-grace',
    kinds: ['handoff-grace'],
    priority: PRIORITY.paging,
    run: async ({ subject }, { system }) => await missedShift(system, subject, tellHandoff),
  },
  {
    name: 'shift-reminder',
    kinds: ['shift-reminder'],
    run: async ({ subject }, { system }) => await remindOfShifts(system, subject),
  },
  {
    name: 'look-ahead',
    kinds: ['look-ahead'],
    run: async ({ subject }, { system }) => await lookAhead(system, subject, tellWeek),
  },
  {
    name: 'coverage',
    kinds: ['coverage'],
    run: async ({ subject }, { system }) => await warnOfGaps(system, subject, tellGaps),
  },
];
