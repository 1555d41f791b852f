import type { LoggedEvent } from '#src/incident/events.ts';
import { isOpen, shortName, type Incident } from '#src/incident/incident.ts';
import { cleanLine } from '#src/incident/text.ts';
import type { Answer } from '#src/llm/door.ts';
import type { Summary } from '#src/llm/tasks/summary.ts';
import type { Point } from '#src/llm/tasks/told.ts';

import { byWhom, RULES_ALONE } from './by-whom.ts';
import type { View } from './card-view.ts';
import { toneOf } from './card.ts';
import { bold, clock, marked, moment, type Inline, type Message, type Part, type Text } from './message.ts';
import { count, list, nameIn, severityName, span, statusName, titleOf } from './names.ts';
import { isTelling, shortStory } from './story.ts';

/** The most lines of the timeline in a summary. */
const LINES = 10;

/** What a model wrote, and the last event that it knew of. */
export type Written = Omit<Answer<Summary>, 'call'> & { readonly upTo: number };

/**
 * Where an incident stands: state, impact, what happened, who, what next. From facts alone, but
 * for what happened where a model wrote that; what is newer is put below it.
 */
export function summary(view: View, events: readonly LoggedEvent[], written?: Written): Message {
  const { incident, names } = view;
  const state = stateOf(view, events);
  return {
    parts: [
      { type: 'heading', text: titleOf(incident) },
      { type: 'text', text: state },
      { type: 'fields', fields: facts(view) },
      { type: 'text', text: [bold('What happened')] },
      ...(written
        ? happened(view, events, written)
        : [{ type: 'list', items: shortStory(events.filter(isTelling), names, LINES) } as const]),
      ...whatNext(view),
      { type: 'context', text: byWhom(written ?? RULES_ALONE) },
    ],
    summary: `${shortName(incident.number)}: ${state}`,
    tone: toneOf(incident),
  };
}

/** Lines that came after it was written. */
const LINES_SINCE = 5;

function happened({ names }: View, events: readonly LoggedEvent[], { value, upTo }: Written): Part[] {
  const since = events.filter((event) => isTelling(event) && event.seq > upTo);
  return [
    { type: 'text', text: value.headline },
    ...listed(pointLines(value.points, events)),
    ...(since.length === 0
      ? []
      : [
          { type: 'text', text: [bold('Since then')] } as const,
          { type: 'list', items: shortStory(since, names, LINES_SINCE) } as const,
        ]),
  ];
}

/** Each with the time of the first line that it rests on. */
export function pointLines(points: readonly Point[], events: readonly LoggedEvent[]): Text[] {
  return points.map(({ text, of }) => {
    const first = events.find(({ seq }) => of.includes(seq));
    return first ? [moment(first.at), ' ', text] : text;
  });
}

export function listed(items: readonly Text[]): Part[] {
  return items.length === 0 ? [] : [{ type: 'list', items }];
}

/** One sentence: how bad, how far, for how long, with whom. */
export function stateOf({ incident, names, now }: View, events: readonly LoggedEvent[]): string {
  const { severity, status, assignee, team } = incident;
  const since = events.findLast(({ data }) => 'to' in data && data.to === status)?.at ?? incident.createdAt;
  const length = span(now.getTime() - since.getTime());
  const holders = [assignee && nameIn(names, assignee), team && `team ${nameIn(names, team)}`].filter(
    (it) => it !== null,
  );
  const state = `${severityName(severity)}, ${statusName(status)} for ${length}`;
  if (!isOpen(incident)) return `${state}.`;
  return `${state}, ${holders.length > 0 ? `with ${holders.join(', ')}` : 'with nobody yet'}.`;
}

interface Field {
  readonly label: string;
  readonly value: Text;
}

function facts(view: View): Field[] {
  const { incident, alerts, names } = view;
  const { resolution } = incident;
  const who = Object.entries(incident.roles).map(([role, person]) => `${nameIn(names, person)} (${role})`);
  const holder = incident.assignee ? [`${nameIn(names, incident.assignee)} (assigned)`] : [];
  const found: (Field | null)[] = [
    { label: 'Impact', value: incident.impact === '' ? 'Nobody has said' : cleanLine(incident.impact, 500) },
    { label: 'Who', value: list([...holder, ...who]) || 'Nobody yet' },
    alerts.total > 0
      ? { label: 'Alerts', value: `${count(alerts.total, 'alert')}, ${alerts.firing} firing` }
      : null,
    incident.lastUpdate ? { label: 'Last update', value: cleanLine(incident.lastUpdate, 500) } : null,
    resolution?.rootCause ? { label: 'Root cause', value: cleanLine(resolution.rootCause, 500) } : null,
    resolution?.notes ? { label: 'Resolution', value: cleanLine(resolution.notes, 500) } : null,
  ];
  return found.filter((it) => it !== null);
}

function whatNext(view: View): Part[] {
  const steps = nextSteps(view);
  return [
    { type: 'text', text: [bold('What next')] },
    { type: 'list', items: steps },
  ];
}

/** What is owed now, most urgent first; never empty. */
export function nextSteps(view: View): Text[] {
  const { incident, alerts } = view;
  if (!isOpen(incident)) return afterwards(incident);
  const steps: (Text | null)[] = [
    ...STEPS[incident.status as OpenStatus](view),
    updateStep(view),
    incident.impact === '' ? 'Say what it does to people: `edit --impact ...`.' : null,
    alerts.total > 0 && alerts.firing === 0 ? 'Every alert of it is resolved: see whether it is over.' : null,
  ];
  return steps.filter((it) => it !== null).map(drawn);
}

function drawn(step: Text): Text {
  return typeof step === 'string' ? marked(step) : step;
}

type OpenStatus = 'NEW' | 'ACKNOWLEDGED' | 'IN_PROGRESS' | 'ESCALATED';

const STEPS: Readonly<Record<OpenStatus, (view: View) => (Text | null)[]>> = {
  NEW: ({ incident: { sla } }) => [
    due('Somebody acknowledges it', sla.acknowledgmentDeadline, sla.acknowledgmentBreached),
  ],
  ACKNOWLEDGED: (view) => [`${nameOfHolder(view)} starts to work on it.`, resolveBy(view)],
  IN_PROGRESS: (view) => [resolveBy(view)],
  ESCALATED: (view) => [
    `Level ${view.incident.escalationLevel} takes it over (\`start\`), or it is de-escalated.`,
    resolveBy(view),
  ],
};

function nameOfHolder({ incident, names }: View): string {
  return incident.assignee ? nameIn(names, incident.assignee) : 'Somebody';
}

function resolveBy({ incident: { sla } }: View): Text {
  return due('It is resolved', sla.resolutionDeadline, sla.resolutionBreached);
}

function due(what: string, deadline: Date | null, isLate: boolean): Text {
  if (!deadline) return `${what}.`;
  const pieces: Inline[] = [`${what} by `, clock(deadline)];
  return isLate ? [...pieces, ': that time has passed.'] : [...pieces, '.'];
}

function updateStep({ incident, now }: View): Text | null {
  const { nextUpdateAt, lastUpdate, severity } = incident;
  if (nextUpdateAt) {
    return [
      nextUpdateAt > now ? 'The next update is promised for ' : 'The update is due since ',
      clock(nextUpdateAt),
      '.',
    ];
  }
  if (severity !== 'P0' && severity !== 'P1') return null;
  return lastUpdate
    ? 'Nobody has promised a next update.'
    : 'Nobody has posted an update yet: `update ... next 30m` does.';
}

function afterwards({ status, duplicateOf, severity, postMortemUrl }: Incident): Text[] {
  if (duplicateOf) return [`Go on in ${shortName(duplicateOf)}; this one is its duplicate.`];
  const isLarge = severity === 'P0' || severity === 'P1';
  const review =
    isLarge && !postMortemUrl
      ? 'Write the post-mortem and put its link here: `edit --postmortem ...`.'
      : null;
  const first = status === 'RESOLVED' ? 'See that it stays well, then close it.' : null;
  const steps = [first, review].filter((it) => it !== null);
  return steps.length > 0 ? steps.map(drawn) : ['Nothing: it is closed.'];
}

/** One line for somebody who has ten seconds. */
export function statusLine(view: View, events: readonly LoggedEvent[]): Text {
  const { incident } = view;
  const next = isOpen(incident) && incident.nextUpdateAt;
  const update = incident.lastUpdate ? ` ${cleanLine(incident.lastUpdate, 200)}` : '';
  return [
    bold(titleOf(incident)),
    `: ${stateOf(view, events)}${update}`,
    ...(next ? [' Next update by ', clock(next), '.'] : []),
  ];
}
