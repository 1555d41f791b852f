import { UserError } from '#src/errors.ts';

import { breach, unchanged } from './changes.ts';
import { decided, event, type Deciding, type Decision } from './decision.ts';
import type { EventType, Whom } from './events.ts';
import { shortName, type Incident, type Status } from './incident.ts';
import type { PersonId } from './person.ts';
import { slaFrom } from './sla.ts';

interface Row {
  readonly from: readonly Status[];
  readonly to: Status;
  readonly event: EventType;
  /** As in "it cannot be ...". */
  readonly past: string;
}

/**
 * The whole life of an incident (contracts 2.1): one row per action, one state
 * it leads to, one event it leaves behind. Buttons, the API's errors and the
 * README's diagram are read from this table, so none can disagree with it.
 * `raise` moves an escalated incident to its next level and keeps its status.
 */
// oxfmt-ignore
export const LIFECYCLE = {
  acknowledge: { from: ['NEW'],                                to: 'ACKNOWLEDGED', event: 'incident.acknowledged', past: 'acknowledged' },
  start:       { from: ['ACKNOWLEDGED', 'ESCALATED'],          to: 'IN_PROGRESS',  event: 'incident.started',      past: 'started' },
  escalate:    { from: ['NEW', 'ACKNOWLEDGED', 'IN_PROGRESS'], to: 'ESCALATED',    event: 'incident.escalated',    past: 'escalated' },
  raise:       { from: ['ESCALATED'],                          to: 'ESCALATED',    event: 'incident.level_raised', past: 'raised a level' },
  deescalate:  { from: ['ESCALATED'],                          to: 'IN_PROGRESS',  event: 'incident.deescalated',  past: 'de-escalated' },
  resolve:     { from: ['IN_PROGRESS'],                        to: 'RESOLVED',     event: 'incident.resolved',     past: 'resolved' },
  close:       { from: ['RESOLVED'],                           to: 'CLOSED',       event: 'incident.closed',       past: 'closed' },
  reopen:      { from: ['RESOLVED', 'CLOSED'],                 to: 'IN_PROGRESS',  event: 'incident.reopened',     past: 'reopened' },
} as const satisfies Record<string, Row>;

export type Action = keyof typeof LIFECYCLE;
export const ACTIONS = Object.keys(LIFECYCLE) as Action[];

/** The first line of responders is level 1; contracts 2.5 ends at 5. */
export const MAX_LEVEL = 5;

/** What a person may say along with an action; what does not fit the action is not read. */
export interface ActionInput {
  readonly notes?: string | undefined;
  readonly reason?: string | undefined;
  /** Who it is escalated to, in the words of the one who did it. */
  readonly target?: string | undefined;
  /** The same, where it is somebody that we know. */
  readonly whom?: Whom | undefined;
  /** 2 to 5; the next one when left out. */
  readonly level?: number | undefined;
  readonly rootCause?: string | undefined;
  readonly playbookUsed?: string | undefined;
  readonly postMortemUrl?: string | undefined;
}

/** What may be done to an incident in this state: the buttons on its card. */
export function actionsFrom(status: Status): Action[] {
  return ACTIONS.filter((action) => isLegal(status, action));
}

export function isLegal(status: Status, action: Action): boolean {
  return (LIFECYCLE[action].from as readonly Status[]).includes(status);
}

/** The way from opening to closing. */
const FORWARD: readonly Action[] = ['acknowledge', 'start', 'resolve', 'close'];

/**
 * The shortest legal way to a goal a person names: `resolve` on a NEW incident
 * acknowledges, starts and resolves. Only steps forward count as a way, and only
 * to a goal forward: nothing is resolved in order to be reopened. An escalated
 * incident is past acknowledging, so there `acknowledge` means taking it,
 * `start`, and `escalate` means the next level, `raise`. Throws
 * `illegal_transition` when there is no way.
 */
export function pathTo(incident: Pick<Incident, 'number' | 'status'>, goal: Action): Action[] {
  if (incident.status === 'ESCALATED' && goal === 'acknowledge') return ['start'];
  if (incident.status === 'ESCALATED' && goal === 'escalate') return ['raise'];
  if (isLegal(incident.status, goal)) return [goal];
  const path: Action[] = [];
  let status: Status = incident.status;
  for (const step of FORWARD) {
    if (!isLegal(status, step)) continue;
    path.push(step);
    if (step === goal) return path;
    status = LIFECYCLE[step].to;
  }
  throw refusal(incident, goal);
}

/**
 * Applies one action, or throws `illegal_transition` with the actions that are
 * allowed. Touches nothing else. A promise that the action keeps too late is
 * broken, also where the timer that should have said so has not fired.
 */
export function decide(asked: Incident, action: Action, input: ActionInput, who: Deciding): Decision {
  if (!isLegal(asked.status, action)) throw refusal(asked, action);
  const promise = KEEPS[action];
  const { incident: before, events: broken } = promise ? breach(asked, promise, who) : unchanged(asked);
  const { to, event: type } = LIFECYCLE[action];
  const incident = { ...before, ...CHANGES[action](before, input, who), status: to };
  const level = incident.escalationLevel;
  const said = {
    from: before.status,
    to,
    level,
    notes: input.notes ?? null,
    reason: input.reason ?? null,
    target: input.target ?? null,
    whom: input.whom,
    rootCause: input.rootCause ?? null,
    playbookUsed: input.playbookUsed ?? null,
    postMortemUrl: input.postMortemUrl ?? null,
  };
  return decided(incident, [...broken, event(before, type, pick(said, SAYS[action]), who)], who);
}

/** Which promise an action keeps, if it was not kept before. */
const KEEPS: Partial<Record<Action, 'acknowledgment' | 'resolution'>> = {
  acknowledge: 'acknowledgment',
  start: 'acknowledgment',
  deescalate: 'acknowledgment',
  resolve: 'resolution',
};

type Change = (before: Incident, input: ActionInput, who: Deciding) => Partial<Incident>;

const CHANGES: Record<Action, Change> = {
  acknowledge: (before, _, who) => taken(before, who),
  start: (before, _, who) => taken(before, who),
  escalate: (before, { level }) => ({
    escalationLevel: higher(before, level ?? Math.min(MAX_LEVEL, before.escalationLevel + 1), 0),
  }),
  raise: (before, { level, whom }) => {
    // Whoever is called by name comes also where there is no higher level.
    const isCall = whom !== undefined && level === undefined && before.escalationLevel === MAX_LEVEL;
    return isCall ? {} : { escalationLevel: higher(before, level ?? before.escalationLevel + 1, 1) };
  },
  deescalate: (before, _, who) => ({ ...taken(before, who), escalationLevel: 1 }),
  resolve: (_, input, { by, at }) => ({
    resolvedAt: at,
    nextUpdateAt: null,
    resolution: {
      rootCause: input.rootCause ?? null,
      notes: input.notes ?? null,
      resolvedBy: by.name,
      playbookUsed: input.playbookUsed ?? null,
    },
  }),
  close: (before, input, { at }) => ({
    closedAt: at,
    postMortemUrl: input.postMortemUrl ?? before.postMortemUrl,
  }),
  reopen: (before, _, { at }) => ({
    resolvedAt: null,
    closedAt: null,
    resolution: null,
    duplicateOf: null,
    escalationLevel: 1,
    sla: {
      ...before.sla,
      resolutionDeadline: slaFrom(before.severity, at).resolutionDeadline,
      resolutionBreached: false,
    },
  }),
};

/** What each action's event says; the fields of `EventData`. */
const SAYS: Record<Action, readonly string[]> = {
  acknowledge: ['from', 'to', 'notes'],
  start: ['from', 'to', 'notes'],
  escalate: ['from', 'to', 'level', 'reason', 'target', 'whom'],
  raise: ['level', 'reason', 'target', 'whom'],
  deescalate: ['from', 'to', 'reason'],
  resolve: ['from', 'to', 'rootCause', 'notes', 'playbookUsed'],
  close: ['from', 'to', 'notes', 'postMortemUrl'],
  reopen: ['from', 'to', 'reason'],
};

/** The first person to work on it is the one who acknowledged it, and it gets their name unless it has one. */
function taken(before: Incident, { by, at }: Deciding): Partial<Incident> {
  const assignee = before.assignee ?? (by.type === 'user' ? (by.id as PersonId) : null);
  return { acknowledgedAt: before.acknowledgedAt ?? at, assignee };
}

/** `next`, which must lie `by` levels or more above the one it has. */
function higher({ number, escalationLevel }: Incident, next: number, by: 0 | 1): number {
  if (escalationLevel + by > MAX_LEVEL) {
    throw new UserError('illegal_transition', `${shortName(number)} is at level ${MAX_LEVEL}, the highest.`);
  }
  if (!Number.isInteger(next) || next < 2 || next > MAX_LEVEL) {
    throw new UserError('bad_arguments', `An incident is escalated to a level from 2 to ${MAX_LEVEL}.`);
  }
  if (next < escalationLevel + by) {
    throw new UserError(
      'illegal_transition',
      `${shortName(number)} is at level ${escalationLevel} already; name a higher one or de-escalate it.`,
    );
  }
  return next;
}

function refusal({ number, status }: Pick<Incident, 'number' | 'status'>, action: Action): UserError {
  const allowed = actionsFrom(status);
  const state = status.toLowerCase().replace('_', ' ');
  return new UserError(
    'illegal_transition',
    `${shortName(number)} is ${state}; it cannot be ${LIFECYCLE[action].past}. What it can take now: ${allowed.join(', ')}.`,
    { status, action, allowed_actions: allowed },
  );
}

function pick(from: Readonly<Record<string, unknown>>, fields: readonly string[]): never {
  const said = fields.map((field) => [field, from[field]] as const);
  return Object.fromEntries(said.filter(([, value]) => value !== undefined)) as never;
}
