import { isOpen, shortName, type Incident, type IncidentNumber } from '#src/incident/incident.ts';
import { actionsFrom, type Action } from '#src/incident/lifecycle.ts';
import { cleanLine, shorten } from '#src/incident/text.ts';

import type { View } from './card-view.ts';
import {
  ago,
  bold,
  clock,
  link,
  moment,
  type Button,
  type Inline,
  type Message,
  type Part,
  type Text,
  type Tone,
} from './message.ts';
import { count, nameIn, severityName, statusName, titleOf } from './names.ts';
import { likeWords } from './similar.ts';

/**
 * An incident as one message that is edited in place. The same incident gives
 * the same card: nothing in it moves with the clock, so one that did not change
 * is not edited. Its buttons are what the lifecycle allows, and no others.
 */
export function card(view: View): Message {
  const { incident } = view;
  const { severity, status } = incident;
  return {
    parts: [
      { type: 'heading', text: titleOf(incident) },
      ...paragraphs(incident),
      { type: 'fields', fields: fieldsOf(view) },
      ...alertLines(view),
      ...lastUpdate(incident),
      { type: 'context', text: smallPrint(view) },
      { type: 'buttons', buttons: buttonsFor(incident) },
    ],
    summary: `${titleOf(incident)} (${severity}, ${statusName(status)})`,
    tone: toneOf(incident),
  };
}

/** How urgent it looks: alarm while nobody has it or a promise is broken, calmer as it is taken and done. */
export function toneOf({ severity, status, sla }: Pick<Incident, 'severity' | 'status' | 'sla'>): Tone {
  if (status === 'CLOSED') return 'quiet';
  if (status === 'RESOLVED') return 'good';
  const isUrgent = severity === 'P0' || severity === 'P1';
  const isLate = sla.acknowledgmentBreached || sla.resolutionBreached;
  if (status === 'ESCALATED' || (isUrgent && (status === 'NEW' || isLate))) return 'alarm';
  if (isUrgent || isLate || (severity === 'P2' && status === 'NEW')) return 'warn';
  return 'info';
}

interface Offer {
  readonly label: string;
  readonly command: string;
  readonly confirm?: (name: string) => string;
}

/** The button of each action; the first of those that are legal is the one most people want. */
const OFFERS: Readonly<Record<Action, Offer>> = {
  acknowledge: { label: 'Acknowledge', command: 'ack' },
  start: { label: 'Start', command: 'start' },
  resolve: {
    label: 'Resolve',
    command: 'resolve',
    confirm: (name) => `Is ${name} over? Its room will be told.`,
  },
  escalate: { label: 'Escalate', command: 'escalate' },
  raise: { label: 'Escalate further', command: 'escalate' },
  deescalate: { label: 'De-escalate', command: 'deescalate' },
  close: {
    label: 'Close',
    command: 'close',
    confirm: (name) => `Close ${name}? Nothing more is owed to it.`,
  },
  reopen: { label: 'Reopen', command: 'reopen' },
};
const ORDER = Object.keys(OFFERS) as Action[];

/** Buttons that open a form, while people still work on it. */
const FORMS: readonly Offer[] = [
  { label: 'Assign', command: 'assign' },
  { label: 'Update', command: 'update' },
  { label: 'Severity', command: 'severity' },
];

/** What may be done now. Resolving is a goal: from any open state there is a way to it. */
export function buttonsFor(incident: Pick<Incident, 'number' | 'status'>): Button[] {
  const legal = new Set<Action>(actionsFrom(incident.status));
  if (isOpen(incident)) legal.add('resolve');
  const actions = ORDER.filter((action) => legal.has(action)).map((action) => OFFERS[action]);
  const offers = isOpen(incident) ? [...actions, ...FORMS] : actions;
  const args = { incident: shortName(incident.number) };
  return offers.map(({ label, command, confirm }, index) => ({
    label,
    command,
    args,
    style: index === 0 ? 'primary' : 'plain',
    ...(confirm ? { confirm: confirm(shortName(incident.number)) } : {}),
  }));
}

function paragraphs({ impact, description, title }: Incident): Part[] {
  const about = cleanLine(description, 500);
  return [
    ...(about !== '' && about !== title ? [{ type: 'text', text: about } as const] : []),
    ...(impact === '' ? [] : [{ type: 'text', text: [bold('Impact: '), shorten(impact, 500)] } as const]),
  ];
}

interface Field {
  readonly label: string;
  readonly value: Text;
}

function fieldsOf(view: View): Field[] {
  const { incident, names } = view;
  const { assignee, team, escalationLevel, duplicateOf, related } = incident;
  const fields: (Field | null)[] = [
    { label: 'Severity', value: severityName(incident.severity) },
    { label: 'Status', value: statusLine(incident) },
    { label: 'Assigned to', value: assignee ? nameIn(names, assignee) : 'Nobody yet' },
    team && { label: 'Team', value: nameIn(names, team) },
    ...Object.entries(incident.roles).map(([role, person]) => ({
      label: capital(role),
      value: nameIn(names, person),
    })),
    incident.resource && { label: capital(incident.resource.type), value: incident.resource.name },
    { label: 'Environment', value: incident.environment },
    incident.isPrivate ? { label: 'Private', value: 'For those who are in it, and admins' } : null,
    escalationLevel > 1 ? { label: 'Escalation level', value: String(escalationLevel) } : null,
    view.mutedUntil && { label: 'Alerts muted until', value: [moment(view.mutedUntil)] },
    promiseField(incident),
    nextUpdateField(incident),
    duplicateOf && { label: 'Duplicate of', value: [incidentLink(view, duplicateOf)] },
    view.like && isOpen(incident) ? { label: 'Like', value: likeWords(view.like) } : null,
    related.length > 0
      ? { label: 'Related', value: spaced(related.map((it) => incidentLink(view, it))) }
      : null,
    tagsField(incident),
  ];
  return fields.filter((it) => it !== null);
}

function statusLine({ status, resolution, duplicateOf }: Incident): string {
  const name = capital(statusName(status));
  if (duplicateOf) return `${name} as a duplicate`;
  return status === 'RESOLVED' && resolution?.resolvedBy ? `${name} by ${resolution.resolvedBy}` : name;
}

/** The promise that counts now: to acknowledge it until somebody has, then to resolve it. */
function promiseField(incident: Incident): Field | null {
  const { sla, acknowledgedAt } = incident;
  if (!isOpen(incident)) return null;
  const isWaiting = acknowledgedAt === null;
  const label = isWaiting ? 'Acknowledge by' : 'Resolve by';
  const deadline = isWaiting ? sla.acknowledgmentDeadline : sla.resolutionDeadline;
  const isLate = isWaiting ? sla.acknowledgmentBreached : sla.resolutionBreached;
  return deadline && { label, value: isLate ? [clock(deadline), ', which has passed'] : [clock(deadline)] };
}

function nextUpdateField({ nextUpdateAt }: Incident): Field | null {
  return nextUpdateAt && { label: 'Next update by', value: [clock(nextUpdateAt)] };
}

function tagsField({ tags }: Incident): Field | null {
  const all = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  return all.length > 0 ? { label: 'Tags', value: shorten(all.join(', '), 300) } : null;
}

/** A storm is a number here, never a list. */
function alertLines({ alerts }: View): Part[] {
  if (alerts.total === 0) return [];
  const { firing, total, times, titles } = alerts;
  const text = `${count(total, 'alert')}, ${firing.toLocaleString('en')} firing, seen ${count(times, 'time')}`;
  const shown = titles.slice(0, 3).map((it) => shorten(it, 100));
  const more = titles.length - shown.length;
  const named =
    total === 1 || shown.length === 0 ? '' : `: ${shown.join('; ')}${more > 0 ? '; and others' : ''}`;
  return [{ type: 'text', text: [bold(text), named] }];
}

function lastUpdate({ lastUpdate: text }: Incident): Part[] {
  return text ? [{ type: 'text', text: [bold('Last update: '), shorten(text, 500)] }] : [];
}

function smallPrint(view: View): Text {
  const { incident, alerts, publicUrl, rooms } = view;
  const links = [
    link(incident.id, `${publicUrl}/incidents/${incident.number}`),
    ...rooms.map(({ name, url }) => link(`#${name}`, url)),
    ...alerts.links.slice(0, 5).map(({ label, url }) => link(label, url)),
    ...(incident.postMortemUrl ? [link('Post-mortem', incident.postMortemUrl)] : []),
  ];
  return [
    ...spaced(links),
    // Where there are no relative times it is the date and the time.
    ` · opened by ${incident.source}, `,
    ago(incident.createdAt),
  ];
}

function incidentLink({ publicUrl }: View, number: IncidentNumber): Inline {
  return link(shortName(number), `${publicUrl}/incidents/${number}`);
}

function spaced(pieces: readonly Inline[]): Inline[] {
  return pieces.flatMap((piece, index) => (index === 0 ? [piece] : [' · ', piece]));
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
