import { acknowledge } from '#src/engine/acknowledge.ts';
import { reach } from '#src/engine/act.ts';
import { UserError } from '#src/errors.ts';
import type { EventType, LoggedEvent } from '#src/incident/events.ts';
import { TAKING } from '#src/incident/holder.ts';
import { isOpen, shortName, type Incident, type Status } from '#src/incident/incident.ts';
import { LIFECYCLE, pathTo, type Action, type ActionInput } from '#src/incident/lifecycle.ts';

import type { CommandContext } from './command.ts';
import { incidentAt, timelineAt } from './look.ts';
import { bold, clock, say, type Message, type Part, type Text } from './message.ts';
import { list, nameIn, statusName, type Names } from './names.ts';

/** Either it got there, or it had been there already and `already` says who brought it, or that its page is answered now. */
export type Reached =
  | { readonly incident: Incident; readonly way: string }
  | { readonly incident: Incident; readonly already: Message };

/**
 * Brings an incident to a goal by the shortest legal path. `way` names the steps
 * taken before the last, ready to be put behind a sentence. Throws
 * `illegal_transition` where there is no way and it is not there either.
 */
export async function reachGoal(
  ctx: CommandContext,
  number: number,
  goal: Action,
  input: ActionInput,
  names: Names,
): Promise<Reached> {
  const before = await incidentAt(ctx, number);
  try {
    if (goal === 'acknowledge') {
      const { incident, isPageOnly } = await acknowledge(ctx, number, input);
      if (isPageOnly) return { incident, already: answered(ctx, incident, names) };
      return { incident, way: onTheWay(before, goal) };
    }
    const incident = await reach(ctx, number, goal, input);
    return { incident, way: onTheWay(before, goal) };
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'illegal_transition') throw error;
    const incident = await incidentAt(ctx, number);
    const already = await alreadyThere(ctx, incident, goal, names);
    if (!already) throw error;
    return { incident, already };
  }
}

function answered({ actor }: CommandContext, { number, assignee }: Incident, names: Names): Message {
  const holder =
    assignee && assignee !== actor.id ? `; ${shortName(number)} stays with ${nameIn(names, assignee)}` : '';
  return say(`You answered the page for ${shortName(number)}${holder}.`);
}

/** ` (acknowledged and started on the way)`, or nothing. */
function onTheWay(before: Pick<Incident, 'number' | 'status'>, goal: Action): string {
  const steps = pathTo(before, goal).slice(0, -1);
  return steps.length > 0 ? ` (${list(steps.map((step) => LIFECYCLE[step].past))} on the way)` : '';
}

interface Done {
  /** The states in which the goal is behind it. */
  readonly states: readonly Status[];
  /** The events that brought it there, and what the one who did it has done. */
  readonly events: readonly EventType[];
  readonly past: string;
}

const DONE: Readonly<Partial<Record<Action, Done>>> = {
  acknowledge: { states: ['ACKNOWLEDGED', 'IN_PROGRESS'], events: TAKING, past: 'acknowledged' },
  start: {
    states: ['IN_PROGRESS'],
    events: ['incident.started', 'incident.deescalated', 'incident.reopened'],
    past: 'began to work on',
  },
  resolve: { states: ['RESOLVED', 'CLOSED'], events: ['incident.resolved'], past: 'resolved' },
  close: { states: ['CLOSED'], events: ['incident.closed'], past: 'closed' },
};

/** Whoever comes second is told who was first, and since when. */
async function alreadyThere(
  ctx: CommandContext,
  incident: Incident,
  goal: Action,
  names: Names,
): Promise<Message | null> {
  const name = shortName(incident.number);
  const state = statusName(incident.status);
  if (goal === 'reopen' && isOpen(incident)) return say(`${name} is open already: ${state}.`);
  if (goal === 'deescalate' && isOpen(incident)) return say(`${name} is not escalated: it is ${state}.`);
  const done = DONE[goal];
  if (!done?.states.includes(incident.status)) return null;
  const events = await timelineAt(ctx, incident.number, done.events);
  const brought = goal === 'acknowledge' ? events[0] : events.at(-1);
  if (!brought) return null;
  return say(
    whoAndWhen(ctx, incident, { goal, past: done.past, brought, names }),
    ...takeOver(ctx, incident),
  );
}

interface Brought {
  readonly goal: Action;
  readonly past: string;
  readonly brought: LoggedEvent;
  readonly names: Names;
}

function whoAndWhen(ctx: CommandContext, incident: Incident, { goal, past, brought, names }: Brought): Text {
  const name = shortName(incident.number);
  const { assignee } = incident;
  const isMine = brought.by.id === ctx.actor.id;
  const who = bold(isMine ? 'You' : brought.by.name);
  if (goal === 'acknowledge' && assignee === brought.by.id) {
    return [who, ` ${isMine ? 'have' : 'has'} ${name} since `, clock(brought.at), '.'];
  }
  const holder = isOpen(incident) && assignee && assignee !== brought.by.id;
  const now = holder ? `; it is with ${nameIn(names, assignee)}` : '';
  return [who, ` ${past} ${name} at `, clock(brought.at), `${now}.`];
}

/** A button for those who would have it all the same. */
function takeOver({ person }: CommandContext, incident: Incident): Part[] {
  if (!person || !isOpen(incident) || incident.assignee === person.id) return [];
  const args = { incident: shortName(incident.number), to: `@${person.id}` };
  return [{ type: 'buttons', buttons: [{ label: 'Take it over', command: 'assign', args, style: 'plain' }] }];
}
