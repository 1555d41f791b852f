import { UserError } from '#src/errors.ts';

import { decided, event, type Deciding, type Decision } from './decision.ts';
import type { FieldChange } from './events.ts';
import { isOpen, shortName, type Incident, type IncidentNumber, type Severity } from './incident.ts';
import type { PersonId, TeamId } from './person.ts';
import { SLA, slaFrom } from './sla.ts';

/**
 * Every change that is not a step along the lifecycle. Each is pure: the
 * incident as it is, in; the incident as it shall be and what happened, out. A
 * change that changes nothing leaves no event.
 */

/** Gives it to a person, a team, or both; null takes the name off, undefined leaves it. */
export function assign(
  before: Incident,
  to: { readonly person?: PersonId | null | undefined; readonly team?: TeamId | null | undefined },
  who: Deciding,
): Decision {
  const assignee = to.person === undefined ? before.assignee : to.person;
  const team = to.team === undefined ? before.team : to.team;
  if (assignee === before.assignee && team === before.team) return unchanged(before);
  const after = { ...before, assignee, team };
  return decided(after, [event(before, 'incident.assigned', { person: assignee, team }, who)], who);
}

/** Moves the promises with the severity, counted from when they were made; those kept or broken already stay as they are. */
export function setSeverity(
  before: Incident,
  severity: Severity,
  reason: string | null,
  who: Deciding,
): Decision {
  if (severity === before.severity) return unchanged(before);
  const { acknowledgedAt, resolvedAt, sla: old } = before;
  const acknowledgment = slaFrom(severity, before.createdAt).acknowledgmentDeadline;
  const resolution = slaFrom(severity, resolutionPromisedAt(before)).resolutionDeadline;
  const sla = {
    ...old,
    acknowledgmentDeadline:
      acknowledgedAt || old.acknowledgmentBreached ? old.acknowledgmentDeadline : acknowledgment,
    resolutionDeadline: resolvedAt || old.resolutionBreached ? old.resolutionDeadline : resolution,
  };
  const said = event(
    before,
    'incident.severity_changed',
    { from: before.severity, to: severity, reason },
    who,
  );
  return decided({ ...before, severity, sla }, [said], who);
}

/** From its opening, or from when it was last reopened. */
function resolutionPromisedAt({ severity, createdAt, sla }: Incident): Date {
  const { resolve } = SLA[severity];
  if (resolve === null || sla.resolutionDeadline === null) return createdAt;
  return new Date(sla.resolutionDeadline.getTime() - resolve);
}

/** The fields people may rewrite freely. */
export type Edit = Partial<
  Pick<Incident, 'title' | 'description' | 'impact' | 'category' | 'environment' | 'labels' | 'postMortemUrl'>
> & {
  /** By its name. */
  readonly service?: string | undefined;
};

/** Fields that are left out, or undefined, stay as they are. */
export function edit(before: Incident, { service, ...fields }: Edit, who: Deciding): Decision {
  const changes: FieldChange[] = [];
  const { resource } = before;
  const moved =
    service === undefined || service === resource?.name
      ? resource
      : { type: 'service', id: service, name: service, metadata: {} };
  if (moved !== resource) changes.push({ field: 'service', from: resource?.name ?? null, to: service });
  for (const [field, to] of Object.entries(fields)) {
    const from = before[field as keyof typeof fields];
    if (to !== undefined && JSON.stringify(from) !== JSON.stringify(to)) changes.push({ field, from, to });
  }
  if (changes.length === 0) return unchanged(before);
  const changed = Object.fromEntries(
    changes.filter(({ field }) => field !== 'service').map(({ field, to }) => [field, to]),
  );
  return decided(
    { ...before, ...changed, resource: moved },
    [event(before, 'incident.edited', { changes }, who)],
    who,
  );
}

/** A comment for the timeline. `comment` is its id, chosen by the caller. */
export function note(before: Incident, comment: string, content: string, who: Deciding): Decision {
  return decided(before, [event(before, 'incident.noted', { comment, content }, who)], who);
}

/** What people outside the room are told, and when they will hear again. */
export function postUpdate(
  before: Incident,
  text: string,
  nextUpdateAt: Date | null,
  who: Deciding,
): Decision {
  if (!isOpen(before) && nextUpdateAt) {
    throw new UserError(
      'conflict',
      `${shortName(before.number)} is over; leave out when the next update comes.`,
    );
  }
  const said = event(
    before,
    'incident.update_posted',
    { text, nextUpdateAt: nextUpdateAt?.toISOString() ?? null },
    who,
  );
  return decided({ ...before, lastUpdate: text, nextUpdateAt }, [said], who);
}

/** The promised time of the next update has come and nobody wrote one. Asked again it changes nothing. */
export function missUpdate(before: Incident, who: Deciding): Decision {
  const promised = before.nextUpdateAt;
  if (!promised || promised > who.at || !isOpen(before)) return unchanged(before);
  const said = event(before, 'incident.update_overdue', { promisedAt: promised.toISOString() }, who);
  return decided({ ...before, nextUpdateAt: null }, [said], who);
}

/** A promise is broken when its deadline has passed and it was not kept. Asked again it changes nothing. */
export function breach(before: Incident, promise: 'acknowledgment' | 'resolution', who: Deciding): Decision {
  const { sla } = before;
  const ack = promise === 'acknowledgment';
  const deadline = ack ? sla.acknowledgmentDeadline : sla.resolutionDeadline;
  const kept = ack ? before.acknowledgedAt : before.resolvedAt;
  const broken = ack ? sla.acknowledgmentBreached : sla.resolutionBreached;
  if (!deadline || kept || broken || deadline > who.at || !isOpen(before)) return unchanged(before);
  const after = { ...before, sla: { ...sla, [ack ? 'acknowledgmentBreached' : 'resolutionBreached']: true } };
  const said = event(before, 'incident.sla_breached', { promise, deadline: deadline.toISOString() }, who);
  return decided(after, [said], who);
}

export function setRole(before: Incident, role: string, person: PersonId | null, who: Deciding): Decision {
  const holder = Object.hasOwn(before.roles, role) ? before.roles[role] : null;
  if (holder === person) return unchanged(before);
  const { [role]: _, ...others } = before.roles;
  const roles = person ? { ...others, [role]: person } : others;
  return decided({ ...before, roles }, [event(before, 'incident.role_set', { role, person }, who)], who);
}

export function invite(before: Incident, person: PersonId, who: Deciding): Decision {
  if (before.insiders.includes(person)) return unchanged(before);
  const insiders = [...before.insiders, person];
  return decided({ ...before, insiders }, [event(before, 'incident.invited', { person }, who)], who);
}

export function tag(
  before: Incident,
  added: Readonly<Record<string, string>>,
  removed: readonly string[],
  who: Deciding,
): Decision {
  const fresh = Object.entries(added).filter(([key, value]) => before.tags[key] !== value);
  const gone = [...new Set(removed)].filter(
    (key) => Object.hasOwn(before.tags, key) && !Object.hasOwn(added, key),
  );
  if (fresh.length === 0 && gone.length === 0) return unchanged(before);
  const kept = Object.entries(before.tags).filter(([key]) => !gone.includes(key));
  const tags = Object.fromEntries([...kept, ...fresh]);
  const said = event(before, 'incident.tagged', { added: Object.fromEntries(fresh), removed: gone }, who);
  return decided({ ...before, tags }, [said], who);
}

/** One side of a link; the verb writes both. */
export function link(before: Incident, to: IncidentNumber, who: Deciding): Decision {
  if (to === before.number) throw new UserError('bad_arguments', 'An incident cannot be linked to itself.');
  if (before.related.includes(to)) return unchanged(before);
  const related = [...before.related, to];
  return decided({ ...before, related }, [event(before, 'incident.linked', { to }, who)], who);
}

export function unlink(before: Incident, to: IncidentNumber, who: Deciding): Decision {
  if (!before.related.includes(to)) return unchanged(before);
  const related = before.related.filter((it) => it !== to);
  return decided({ ...before, related }, [event(before, 'incident.unlinked', { to }, who)], who);
}

export function unchanged(before: Incident): Decision {
  return { incident: before, events: [], timers: [] };
}
