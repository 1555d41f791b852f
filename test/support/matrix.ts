import { STATUSES, type Status } from '#src/incident/incident.ts';
import { ACTIONS, type Action } from '#src/incident/lifecycle.ts';

const NO = null;

/** Contracts 2.1, cell by cell: what each action leads to from NEW, ACKNOWLEDGED, IN_PROGRESS, ESCALATED, RESOLVED, CLOSED. */
// oxfmt-ignore
export const MATRIX: Record<Action, readonly (Status | null)[]> = {
  acknowledge: ['ACKNOWLEDGED', NO,            NO,          NO,            NO,            NO],
  start:       [NO,             'IN_PROGRESS', NO,          'IN_PROGRESS', NO,            NO],
  escalate:    ['ESCALATED',    'ESCALATED',   'ESCALATED', NO,            NO,            NO],
  // Contracts 2.1, "Conflicts": the next level of an escalated incident is no change of its status.
  raise:       [NO,             NO,            NO,          'ESCALATED',   NO,            NO],
  deescalate:  [NO,             NO,            NO,          'IN_PROGRESS', NO,            NO],
  resolve:     [NO,             NO,            'RESOLVED',  NO,            NO,            NO],
  reopen:      [NO,             NO,            NO,          NO,            'IN_PROGRESS', 'IN_PROGRESS'],
  close:       [NO,             NO,            NO,          NO,            'CLOSED',      NO],
};

/** Every cell; `to` is null where the action is refused. */
export const CELLS = ACTIONS.flatMap((action) =>
  STATUSES.map((from, column) => ({ action, from, to: MATRIX[action][column] ?? null })),
);
