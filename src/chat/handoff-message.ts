import type { ShiftFacts, Watched } from '#src/db/handoff-facts.ts';
import { SEVERITIES, shortName, type Incident } from '#src/incident/incident.ts';
import { sayMuted } from '#src/incident/muting.ts';
import type { PersonId } from '#src/incident/person.ts';

import {
  ago,
  bold,
  clock,
  link,
  moment,
  person,
  say,
  withTone,
  type Button,
  type Inline,
  type Message,
  type Part,
  type Tone,
} from './message.ts';
import { count, list, nameIn, span, statusName, type Names } from './names.ts';

/** A hand-off as it stands, for one reader. */
export interface HandoffView {
  readonly schedule: { readonly id: string; readonly name: string };
  /** The id of the hand-off; null: it is asked for between two of them. */
  readonly handoff: string | null;
  readonly leaving: readonly PersonId[];
  readonly coming: readonly PersonId[];
  /** Everybody who is on call now. */
  readonly people: readonly PersonId[];
  /** Until when those who come are; null: with no end in sight. */
  readonly until: Date | null;
  /** Shifts that wait to be taken: by whom, and who has them until then. */
  readonly waiting: readonly { readonly person: PersonId; readonly by: PersonId }[];
  /** Shifts that were taken: by whom and when. */
  readonly taken: readonly { readonly by: PersonId; readonly at: Date }[];
  /** Since when the shift that is handed over ran. */
  readonly since: Date;
  readonly facts: ShiftFacts;
  readonly names: Names;
  readonly publicUrl: string;
  readonly now: Date;
  /** Null: a room. */
  readonly reader: PersonId | null;
}

/** Who leaves, who comes, and what they have to know; short, since it may be three in the morning. */
export function handoffMessage(view: HandoffView): Message {
  const buttons = isToPress(view) ? [{ type: 'buttons', buttons: [takeButton(view)] } as const] : [];
  const message = say(headline(view), ...shiftParts(view), ...buttons);
  return withTone(message, toneOf(view));
}

/** "I have it". */
export function takeButton({ schedule, handoff }: Pick<HandoffView, 'schedule' | 'handoff'>): Button {
  const args = { action: 'accept', schedule: schedule.id, ...(handoff === null ? {} : { id: handoff }) };
  return { label: 'I have it', command: 'handoff', args, style: 'primary' };
}

function isToPress({ waiting, reader }: HandoffView): boolean {
  return waiting.some((it) => reader === null || it.person === reader);
}

function toneOf({ people, waiting, taken }: HandoffView): Tone {
  if (people.length === 0) return 'alarm';
  if (waiting.length > 0) return 'warn';
  return taken.length > 0 ? 'good' : 'info';
}

function headline(view: HandoffView): Inline[] {
  const { schedule, reader, names, people } = view;
  const name = bold(schedule.name);
  if (reader !== null) return [name, ': ', ...ownHeadline(view, reader)];
  const called = (ids: readonly PersonId[]) => list(ids.map((it) => nameIn(names, it)));
  if (people.length === 0) {
    const gone = view.leaving.length === 0 ? '' : ` The shift of ${called(view.leaving)} is over.`;
    return [name, ': ', bold('nobody is on call now.'), gone];
  }
  const waits = view.waiting.flatMap(({ person: who, by }): Inline[] => [
    ' ',
    person(who, nameIn(names, who)),
    ` is to take over from ${nameIn(names, by)}, who has it until then.`,
  ]);
  const held = new Set(view.waiting.flatMap((it) => [it.person, it.by]));
  const coming = view.coming.filter((it) => !held.has(it));
  const leaving = view.leaving.filter((it) => !held.has(it));
  const comes = coming.flatMap((it, index): Inline[] => [
    index === 0 ? ' ' : ', ',
    view.taken.length > 0 ? nameIn(names, it) : person(it, nameIn(names, it)),
  ]);
  const from = leaving.length === 0 ? '' : ` after ${called(leaving)}`;
  const taken = view.taken.flatMap(({ at }): Inline[] => [', taken at ', clock(at)]);
  const isAre = coming.length === 1 ? ' is on call' : ' are on call';
  const on: Inline[] = comes.length === 0 ? [] : [...comes, isAre, ...until(view), from, ...taken, '.'];
  const stays = people.filter((it) => !held.has(it) && !coming.includes(it));
  const beside = stays.length === 0 ? [] : [` ${called(stays)} ${stays.length === 1 ? 'stays' : 'stay'}.`];
  const left =
    comes.length === 0 && waits.length === 0 && leaving.length > 0 ? [` ${called(leaving)} is off.`] : [];
  return drawn([name, ':', ...on, ...waits, ...left, ...beside]);
}

/** The same to one of them. */
function ownHeadline(view: HandoffView, reader: PersonId): Inline[] {
  const { names, waiting, leaving, coming, people } = view;
  const called = (ids: readonly PersonId[]) => list(ids.map((it) => nameIn(names, it)));
  const toTake = waiting.find((it) => it.person === reader);
  if (toTake) {
    return [`your shift begins. ${nameIn(names, toTake.by)} has it until you take it.`];
  }
  const kept = waiting.find((it) => it.by === reader);
  if (kept) {
    return [
      `your shift is over, but ${nameIn(names, kept.person)} has to take it first. You have it until then.`,
    ];
  }
  if (coming.includes(reader)) {
    const after = leaving.length === 0 ? '' : ` after ${called(leaving)}`;
    return drawn([bold('you are on call now'), ...until(view), `${after}.`]);
  }
  if (people.includes(reader)) {
    const next = coming.length === 0 ? 'nobody beside you' : `${called(coming)} beside you`;
    return drawn([bold('you are on call'), ...until(view), `, ${next}.`]);
  }
  const next = people.length === 0 ? 'nobody is on call now' : `${called(people)} is on call now`;
  return drawn([`your shift is over; ${next}`, ...until(view), '.']);
}

function until(view: HandoffView): Inline[] {
  return view.until === null || view.people.length === 0 ? [] : [' until ', moment(view.until)];
}

/** What is open, silent, was and may come back; one line where that is nothing. */
function shiftParts(view: HandoffView): Part[] {
  const { facts, publicUrl, since } = view;
  const parts = [
    ...openParts(view),
    ...silentParts(facts),
    ...watchParts(facts, publicUrl),
    ...shiftLine(facts, since),
  ];
  return parts.length > 0
    ? parts
    : [{ type: 'context', text: ['Nothing is open. Quiet since ', moment(since), '.'] }];
}

function openParts(view: HandoffView): Part[] {
  const { open, openInAll } = view.facts;
  if (openInAll === 0) return [];
  const more = openInAll - open.length;
  const items = open.map((it) => openLine(it, view));
  return [
    { type: 'text', text: [bold(`Open: ${openInAll}`)] },
    { type: 'list', items: more > 0 ? [...items, `and ${count(more, 'more incident')}`] : items },
  ];
}

function openLine(incident: Incident, { names, publicUrl, now }: HandoffView): Inline[] {
  const { number, severity, status, title, assignee } = incident;
  const who = assignee ? nameIn(names, assignee) : 'nobody yet';
  return [
    link(shortName(number), `${publicUrl}/incidents/${number}`),
    ` ${severity} · ${statusName(status)} · ${who} · ${title}`,
    ...promise(incident, now),
  ];
}

/** What was promised for it, and is still to be kept. */
function promise({ sla, acknowledgedAt, nextUpdateAt }: Incident, now: Date): Inline[] {
  const { acknowledgmentDeadline, resolutionDeadline } = sla;
  if (!acknowledgedAt && acknowledgmentDeadline) {
    const verb = acknowledgmentDeadline <= now ? 'was to be acknowledged by ' : 'acknowledge by ';
    return [` · ${verb}`, moment(acknowledgmentDeadline)];
  }
  const update: Inline[] = nextUpdateAt ? [' · next update ', moment(nextUpdateAt)] : [];
  if (!resolutionDeadline) return update;
  const verb = resolutionDeadline <= now ? 'was to be resolved by ' : 'resolve by ';
  return [` · ${verb}`, moment(resolutionDeadline), ...update];
}

function silentParts({ mutes, snoozed }: ShiftFacts): Part[] {
  const all = [
    ...mutes.map(({ kind, name, value, endsAt }): Inline[] => [
      sayMuted({ kind, name, value }),
      ' until ',
      moment(endsAt),
    ]),
    ...snoozed.map(({ incident, until: end }): Inline[] => [
      `${shortName(incident)} pages nobody until `,
      moment(end),
    ]),
  ];
  if (all.length === 0) return [];
  const shown = all.slice(0, MOST_SILENT).flatMap((it, index) => (index === 0 ? it : ['; ', ...it]));
  const more = all.length > MOST_SILENT ? `; and ${all.length - MOST_SILENT} more` : '';
  return [{ type: 'text', text: drawn([bold('Silent'), ': ', ...shown, `${more}.`]) }];
}

const MOST_SILENT = 5;

function watchParts({ watch }: ShiftFacts, publicUrl: string): Part[] {
  if (watch.length === 0) return [];
  const items = watch.map((it): Inline[] => [
    link(shortName(it.incident), `${publicUrl}/incidents/${it.incident}`),
    ` ${it.title}: resolved `,
    ago(it.resolvedAt),
    `, ${backWords(it)}`,
  ]);
  return [
    { type: 'text', text: [bold('May come back')] },
    { type: 'list', items },
  ];
}

function backWords({ reopened, flapped }: Watched): string {
  const times = (many: number) => (many === 1 ? 'once' : `${many} times`);
  const said = [
    ...(reopened > 0 ? [`reopened ${times(reopened)}`] : []),
    ...(flapped > 0 ? [`fired again ${times(flapped)}`] : []),
  ];
  return list(said);
}

function shiftLine({ opened, pages, meanToAcknowledge, noise }: ShiftFacts, since: Date): Part[] {
  const severities = SEVERITIES.flatMap((it) => (opened[it] ? [`${opened[it]} ${it}`] : []));
  const many = Object.values(opened).reduce((sum, it) => sum + it, 0);
  if (many + pages === 0) return [];
  const which = many === 0 ? '' : ` (${severities.join(', ')})`;
  const mean = meanToAcknowledge === null ? '' : `, acknowledged after ${span(meanToAcknowledge)} on average`;
  const most = noise.map(({ rule, pages: times }) => `${rule} (${times})`);
  const loud = most.length === 0 ? '' : ` Most pages: ${most.join(', ')}.`;
  const words = `: ${count(many, 'incident')}${which}, ${count(pages, 'page')}${mean}.${loud}`;
  return [{ type: 'context', text: ['Since ', moment(since), words] }];
}

function drawn(inlines: readonly Inline[]): Inline[] {
  return inlines.filter((it) => it !== '');
}
