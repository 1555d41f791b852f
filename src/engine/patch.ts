import { findPerson, findTeam } from '#src/db/people.ts';
import type { Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import * as changes from '#src/incident/changes.ts';
import type { Deciding, Decision } from '#src/incident/decision.ts';
import { shortName, type Incident, type Severity, type Status } from '#src/incident/incident.ts';
import { ACTIONS, actionsFrom, decide, isLegal, LIFECYCLE } from '#src/incident/lifecycle.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';

import { change } from './change.ts';
import type { Context } from './context.ts';

/** What a program may change of an incident at once; what is left out stays. */
export interface Patch extends changes.Edit {
  readonly severity?: Severity | undefined;
  /** Exactly one legal step away. */
  readonly status?: Status | undefined;
  /** Null takes the name off. */
  readonly assignee?: PersonId | null | undefined;
  readonly team?: TeamId | null | undefined;
  /** The tags it shall have: others go. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** All of it or nothing. Throws `illegal_transition`, and `not_found` for people and teams that are not there. */
export async function patch(ctx: Context, number: number, wish: Patch): Promise<Incident> {
  return await change(ctx, number, async (before, who, tx) => {
    await mustBeHere(tx, wish);
    const { severity, status, assignee, team, tags, ...fields } = wish;
    let all = changes.unchanged(before);
    all = followed(all, (it) => toStatus(it, status, who));
    all = followed(all, (it) => changes.edit(it, fields, who));
    if (severity) all = followed(all, (it) => changes.setSeverity(it, severity, null, who));
    all = followed(all, (it) => changes.assign(it, { person: assignee, team }, who));
    if (tags) {
      const gone = Object.keys(before.tags).filter((key) => !(key in tags));
      all = followed(all, (it) => changes.tag(it, tags, gone, who));
    }
    return all;
  });
}

/** One decision after another, saved together. */
function followed(first: Decision, next: (incident: Incident) => Decision): Decision {
  const second = next(first.incident);
  if (second.events.length === 0) return first;
  return { ...second, events: [...first.events, ...second.events] };
}

function toStatus(before: Incident, wanted: Status | undefined, who: Deciding): Decision {
  if (wanted === undefined || wanted === before.status) return changes.unchanged(before);
  const action = ACTIONS.find((it) => isLegal(before.status, it) && LIFECYCLE[it].to === wanted);
  if (action) return decide(before, action, {}, who);
  const next = [...new Set(actionsFrom(before.status).map((it) => LIFECYCLE[it].to))];
  throw new UserError(
    'illegal_transition',
    `${shortName(before.number)} is ${before.status}; no single step leads to ${wanted}. The next it can be: ${next.join(', ')}.`,
    { status: before.status, wanted, allowed_statuses: next },
  );
}

async function mustBeHere(tx: Tx, { assignee, team }: Patch): Promise<void> {
  if (assignee && !(await findPerson(tx, assignee))) {
    throw new UserError('not_found', `There is no person called ${assignee}.`);
  }
  if (team && !(await findTeam(tx, team))) {
    throw new UserError('not_found', `There is no team called ${team}.`);
  }
}
