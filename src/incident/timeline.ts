import type { EventType, FieldChange, LoggedEvent } from './events.ts';
import { shortName } from './incident.ts';
import { sayableId } from './recipient.ts';
import { cleanLine } from './text.ts';

/** The words of contracts 1.7 for what happened, as the REST timeline and the resolution log say them. */
export const LOG_KINDS = [
  'incident_created',
  'incident_updated',
  'state_changed',
  'assigned',
  'acknowledged',
  'escalated',
  'resolved',
  'closed',
  'reopened',
  'comment_added',
  'action_executed',
  'notification_sent',
  'sla_breached',
] as const;
export type LogKind = (typeof LOG_KINDS)[number];

/** Each event under the nearest of those words; the event itself says more. */
const KINDS: Readonly<Record<EventType, LogKind>> = {
  'incident.declared': 'incident_created',
  'incident.acknowledged': 'acknowledged',
  'incident.started': 'state_changed',
  'incident.escalated': 'escalated',
  'incident.level_raised': 'escalated',
  'incident.deescalated': 'state_changed',
  'incident.resolved': 'resolved',
  'incident.closed': 'closed',
  'incident.reopened': 'reopened',
  'incident.assigned': 'assigned',
  'incident.severity_changed': 'incident_updated',
  'incident.edited': 'incident_updated',
  'incident.noted': 'comment_added',
  'incident.update_posted': 'incident_updated',
  'incident.update_overdue': 'incident_updated',
  'incident.merged': 'incident_updated',
  'incident.duplicate_suggested': 'incident_updated',
  'incident.lesson_learned': 'incident_updated',
  'incident.duplicate_absorbed': 'incident_updated',
  'incident.linked': 'incident_updated',
  'incident.unlinked': 'incident_updated',
  'incident.role_set': 'assigned',
  'incident.invited': 'incident_updated',
  'incident.tagged': 'incident_updated',
  'incident.alerts_joined': 'incident_updated',
  'incident.alerts_refired': 'incident_updated',
  'incident.alerts_cleared': 'incident_updated',
  'incident.muted': 'incident_updated',
  'incident.unmuted': 'incident_updated',
  'incident.alerts_unmuted': 'incident_updated',
  'incident.sla_breached': 'sla_breached',
  'incident.said': 'comment_added',
  'incident.room_opened': 'action_executed',
  'incident.paged': 'notification_sent',
  'incident.page_answered': 'acknowledged',
  'incident.page_failed': 'notification_sent',
  'incident.investigated': 'action_executed',
  'incident.escalation_noted': 'escalated',
};

/**
 * The word for an event. One that is not known here is of a newer version of the program, which works on the
 * same database while this one is replaced.
 */
export function kindOf(type: string): LogKind {
  return Object.hasOwn(KINDS, type) ? KINDS[type as EventType] : 'action_executed';
}

/** The name of a person or team, by id. */
export type NameOf = (id: string) => string;

/**
 * What happened, as one plain sentence that says who. Times in it are UTC. What
 * people wrote stands in it as they wrote it, on one line of at most 500
 * characters: text to be escaped where it is drawn, as any other.
 */
export function describe(event: LoggedEvent, nameOf: NameOf = (id) => `@${id}`): string {
  // As with `kindOf`.
  if (!Object.hasOwn(SENTENCES, event.type)) return `${event.by.name}: ${line(event.type)}.`;
  const tell = SENTENCES[event.type] as (event: LoggedEvent, nameOf: NameOf) => string;
  return tell(event, nameOf);
}

type Sentences = { readonly [K in EventType]: (event: LoggedEvent<K>, nameOf: NameOf) => string };

const SENTENCES: Sentences = {
  'incident.declared': ({ by, data }) =>
    `${by.name} opened it as ${data.severity}${triaged(data.triage)}${data.rule ? ` (rule ${line(data.rule)})` : ''}: ${line(data.title)}.`,
  'incident.acknowledged': ({ by, data }) => `${by.name} acknowledged it${because(data.notes)}.`,
  'incident.started': ({ by, data }) => `${by.name} began to work on it${because(data.notes)}.`,
  'incident.escalated': ({ by, data }) =>
    `${by.name} escalated it to level ${data.level}${target(data.target)}${because(data.reason)}.`,
  'incident.level_raised': ({ by, data }) =>
    `${by.name} raised it to level ${data.level}${target(data.target)}${because(data.reason)}.`,
  'incident.deescalated': ({ by, data }) => `${by.name} de-escalated it${because(data.reason)}.`,
  'incident.resolved': ({ by, data }) =>
    `${by.name} resolved it${because(data.notes)}${data.rootCause ? `; root cause: ${line(data.rootCause)}` : ''}.`,
  'incident.closed': ({ by, data }) => `${by.name} closed it${because(data.notes)}.`,
  'incident.reopened': ({ by, data }) => `${by.name} reopened it${because(data.reason)}.`,
  'incident.assigned': assigned,
  'incident.severity_changed': ({ by, data }) =>
    `${by.name} changed the severity from ${data.from} to ${data.to}${because(data.reason)}.`,
  'incident.edited': ({ by, data }) => `${by.name} changed ${changed(data.changes)}.`,
  'incident.noted': ({ by, data }) => `${by.name} noted: ${line(data.content)}`,
  'incident.update_posted': ({ by, data }) =>
    `${by.name} posted an update: ${line(data.text)}${data.nextUpdateAt ? ` (the next one by ${utc(data.nextUpdateAt)})` : ''}`,
  'incident.update_overdue': ({ data }) => `The update promised for ${utc(data.promisedAt)} did not come.`,
  'incident.merged': ({ by, data }) =>
    `${by.name} marked it as a duplicate of ${shortName(data.into)}${because(data.reason)}.`,
  'incident.duplicate_suggested': ({ data }) =>
    `It may be ${data.isSame ? 'a duplicate of' : 'related to'} ${shortName(data.of)}${because(data.reason)}.`,
  'incident.lesson_learned': ({ data }) =>
    `Alerts of the rule ${line(data.rule)} open with ${line(data.field)} ${line(data.value)} from now on${because(data.reason)}.`,
  'incident.duplicate_absorbed': ({ by, data }) =>
    `${by.name} merged ${shortName(data.duplicate)} into it${data.alerts > 0 ? `, with ${count(data.alerts, 'alert')}` : ''}.`,
  'incident.linked': ({ by, data }) => `${by.name} linked it to ${shortName(data.to)}.`,
  'incident.unlinked': ({ by, data }) => `${by.name} removed its link to ${shortName(data.to)}.`,
  'incident.role_set': roleSet,
  'incident.invited': ({ by, data }, nameOf) => `${by.name} invited ${nameOf(data.person)}.`,
  'incident.tagged': tagged,
  'incident.alerts_joined': ({ data }) =>
    `${count(data.count, 'more alert')} joined${titles(data.count, data.titles)}.${swept(data)}`,
  'incident.alerts_refired': ({ data }) =>
    `${count(data.count, 'alert')} fired again${titles(data.count, data.titles)}.`,
  'incident.alerts_cleared': () => 'All of its alerts are resolved.',
  'incident.muted': ({ by, data }) =>
    `${by.name} muted its alerts until ${utc(data.until)}${data.evenCritical ? ', critical ones too' : ''}${because(data.reason)}.`,
  'incident.unmuted': ({ by }) =>
    by.type === 'user'
      ? `${by.name} unmuted its alerts.`
      : 'The time for which its alerts were muted is over.',
  'incident.alerts_unmuted': ({ data }) =>
    `${count(data.count, 'alert')} of it fired while ${line(data.what)} was muted, and still fired when that ended.`,
  'incident.sla_breached': ({ data }) =>
    `It was not ${data.promise === 'acknowledgment' ? 'acknowledged' : 'resolved'} by ${utc(data.deadline)}, as was promised.`,
  'incident.said': ({ by }) => `${by.name} spoke in a room.`,
  'incident.room_opened': ({ data }) => `Its room ${line(data.name)} opened on ${data.platform}.`,
  'incident.paged': paged,
  'incident.page_answered': ({ by, data }) => `${by.name} answered its page${because(data.notes)}.`,
  'incident.page_failed': ({ data }, nameOf) =>
    `The page to ${recipient(data.to, nameOf)} reached nobody: ${line(data.why).replace(/\.$/, '')}.`,
  'incident.investigated': investigated,
  'incident.escalation_noted': ({ data }) => line(data.text),
};

function investigated({ by, data: { what, text } }: LoggedEvent<'incident.investigated'>): string {
  const said = text === null ? '' : `: ${line(text)}`;
  const sentences: Readonly<Record<typeof what, string>> = {
    asked: `${by.name} had its cause looked into${said}.`,
    steered: `${by.name} asked to look somewhere else${said}.`,
    stopped: `${by.name} stopped looking for its cause.`,
    ended: `The look for its cause ended${said}.`,
    judged: `${by.name} judged what was taken for its cause${said}.`,
  };
  return sentences[what];
}

function paged({ by, data }: LoggedEvent<'incident.paged'>, nameOf: NameOf): string {
  const who = data.pages.map(({ to }) => recipient(to, nameOf)).join(', ');
  if (data.policy === null) return `${by.name} paged ${who}${because(data.why)}.`;
  return `Level ${data.level} of the escalation policy ${line(data.policy)} paged ${who}.`;
}

function recipient(to: { readonly kind: string; readonly id: string }, nameOf: NameOf): string {
  return to.kind === 'person' ? nameOf(to.id) : `${to.kind} ${line(sayableId(to))}`;
}

function assigned({ by, data }: LoggedEvent<'incident.assigned'>, nameOf: NameOf): string {
  const { person, team } = data;
  if (!person && !team) return `${by.name} took every name off it.`;
  if (person && person === by.id && !team) return `${by.name} took it.`;
  const names = [person && nameOf(person), team && `the team ${nameOf(team)}`].filter(Boolean);
  return `${by.name} assigned it to ${names.join(' and ')}.`;
}

function roleSet({ by, data }: LoggedEvent<'incident.role_set'>, nameOf: NameOf): string {
  if (!data.person) return `${by.name} left the role of ${data.role} open.`;
  if (data.person === by.id) return `${by.name} is its ${data.role} now.`;
  return `${by.name} made ${nameOf(data.person)} its ${data.role}.`;
}

function tagged({ by, data }: LoggedEvent<'incident.tagged'>): string {
  const added = Object.entries(data.added).map(([key, value]) => `${key}=${value}`);
  const said = [
    added.length > 0 ? `tagged it ${line(added.join(', '))}` : '',
    data.removed.length > 0 ? `removed the tag ${line(data.removed.join(', '))}` : '',
  ].filter(Boolean);
  return `${by.name} ${said.join(' and ')}.`;
}

const FIELDS: Readonly<Record<string, string>> = { postMortemUrl: 'post-mortem link' };

function changed(changes: readonly FieldChange[]): string {
  const [only] = changes;
  const names = changes.map(({ field }) => FIELDS[field] ?? field);
  const last = names.at(-1) ?? '';
  if (changes.length !== 1 || !only) return `the ${names.slice(0, -1).join(', the ')} and the ${last}`;
  const isSaid = typeof only.to === 'string' && only.to !== '';
  return isSaid ? `the ${last} to "${line(only.to)}"` : `the ${last}`;
}

/** The first three titles; the rest as a number. */
function swept({ count: all, storm = 0 }: { count: number; storm?: number }): string {
  if (storm === 0) return '';
  const which = storm < all ? `${storm} of them` : all === 1 ? 'It' : 'They';
  return ` ${which} came from elsewhere within minutes of its opening, and may be signs of the same fault.`;
}

function titles(total: number, known: readonly string[]): string {
  const shown = known.slice(0, 3).map(line);
  if (shown.length === 0) return '';
  const more = total - shown.length;
  return `: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function because(text: string | null): string {
  return text ? `: ${line(text).replace(/\.$/, '')}` : '';
}

function target(name: string | null): string {
  return name ? `, to ${line(name)}` : '';
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function line(text: string): string {
  return cleanLine(text, 500);
}

function utc(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

/** People are told when a severity is a guess, and whose. */
function triaged(why: string | undefined): string {
  return why === undefined ? '' : `, by rules: ${line(why)}`;
}
