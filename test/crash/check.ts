import { verifyChain, eventsOf } from '#src/db/events.ts';
import { listIncidents } from '#src/db/incident-list.ts';
import { countJobs, deadJobs } from '#src/db/jobs.ts';
import { undispatched } from '#src/db/outbox.ts';
import type { Db } from '#src/db/schema.ts';
import type { LoggedEvent } from '#src/incident/events.ts';
import { isOpen, type Incident } from '#src/incident/incident.ts';

import type { Account } from './load.ts';

export interface Findings {
  /** One sentence for each thing that is not as it must be. */
  readonly wrong: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** A second is enough for a timer to have fired that was due while the program ran. */
const TIMER_MS = 1000;

/** Looks whether everything is there that was accepted, and everything was done that follows from it, once. */
export async function check(db: Db, account: Account, now: Date): Promise<Findings> {
  const wrong: string[] = [];
  const incidents = await allIncidents(db);
  const logs = new Map<number, LoggedEvent[]>();
  for (const { number } of incidents) logs.set(number, await eventsOf(db, number));

  wrong.push(...(await lostEvents(db, account)));
  wrong.push(...groups(incidents, account));
  wrong.push(...(await rooms(db, incidents)));
  wrong.push(...openings(logs));
  wrong.push(...words(logs, account));
  const { fired, wrong: timersWrong } = timers(incidents, logs, now);
  wrong.push(...timersWrong);
  wrong.push(...(await leftOver(db, now)));
  for (const { number } of incidents) {
    const { brokenAt } = await verifyChain(db, number);
    if (brokenAt !== null) wrong.push(`The log of INC-${number} is broken at ${brokenAt}.`);
  }
  const events = [...logs.values()].reduce((sum, it) => sum + it.length, 0);
  return {
    wrong,
    figures: {
      acknowledgedEvents: account.events.size,
      incidents: incidents.length,
      groups: account.groups.size,
      comments: account.comments.size,
      acknowledgments: account.acknowledgments.size,
      promises: account.promises.size,
      timersFired: fired,
      logEntries: events,
    },
  };
}

export async function allIncidents(db: Db): Promise<Incident[]> {
  const all: Incident[] = [];
  for (;;) {
    const { incidents } = await listIncidents(db, { limit: 500, offset: all.length });
    all.push(...incidents);
    if (incidents.length < 500) return all;
  }
}

export async function lostEvents(db: Db, { events }: Account): Promise<string[]> {
  const rows = await db.selectFrom('alertEvents').select(['id', 'externalId']).execute();
  const ids = new Set(rows.map((it) => it.id));
  const wrong = [...events.keys()]
    .filter((it) => !ids.has(it))
    .map((it) => `Event ${it} was accepted and is lost.`);
  const times = Map.groupBy(rows, (it) => it.externalId);
  for (const external of new Set(events.values())) {
    const count = times.get(external)?.length ?? 0;
    if (external !== null && count !== 1) wrong.push(`The event ${external} is there ${count} times.`);
  }
  return wrong;
}

/** Every service fired once more at the end: it has one incident that is open, no more and no less. */
function groups(incidents: readonly Incident[], account: Account): string[] {
  const open = Map.groupBy(
    incidents.filter((it) => isOpen(it)),
    (it) => it.resource?.name ?? '',
  );
  const services = new Set([...open.keys(), ...account.groups]);
  return [...services].flatMap((it) => {
    const numbers = (open.get(it) ?? []).map(({ number }) => `INC-${number}`);
    const isRight = numbers.length === 1 || (numbers.length === 0 && !account.groups.has(it));
    return isRight ? [] : [`${it} has ${numbers.length} open incidents: ${numbers.join(', ')}.`];
  });
}

/** One room on each platform, one card in it, pinned, and one line in the room that everybody is in. */
async function rooms(db: Db, incidents: readonly Incident[]): Promise<string[]> {
  const remembered = await db.selectFrom('rooms').select(['incident', 'room', 'card']).execute();
  const chatRooms = await db
    .selectFrom('chatRooms')
    .select(['id', 'name'])
    .where('kind', '=', 'room')
    .execute();
  const posted = await db
    .selectFrom('chatMessages')
    .select(['id', 'roomId', 'key', 'pinnedAt'])
    .where('author', 'is', null)
    .execute();
  const byIncident = Map.groupBy(remembered, (it) => it.incident);
  const byNumber = Map.groupBy(chatRooms, (it) => Number(/^inc-(\d+)(?:-|$)/.exec(it.name)?.[1] ?? 0));
  const inRoom = Map.groupBy(posted, (it) => it.roomId);
  const lines = new Set(posted.map((it) => it.key));

  return incidents.flatMap(({ number }) => {
    const own = byIncident.get(number) ?? [];
    const [room] = own;
    if (own.length !== 1 || !room) return [`INC-${number} has ${own.length} rooms.`];
    const wrong: string[] = [];
    const opened = byNumber.get(number)?.length ?? 0;
    if (opened !== 1) wrong.push(`The chat has ${opened} rooms for INC-${number}.`);
    const pinned = (inRoom.get(room.room) ?? []).filter((it) => it.pinnedAt !== null);
    if (pinned.length !== 1) wrong.push(`INC-${number} has ${pinned.length} cards in its room.`);
    if (String(pinned[0]?.id) !== room.card) wrong.push(`INC-${number} does not know its card.`);
    if (!lines.has(`bot:announce-${number}`)) wrong.push(`INC-${number} was not announced.`);
    return wrong;
  });
}

/** Every incident has one room here, and its log says so once. */
function openings(logs: ReadonlyMap<number, LoggedEvent[]>): string[] {
  return [...logs].flatMap(([number, log]) => {
    const count = log.filter((it) => it.type === 'incident.room_opened').length;
    return count === 1 ? [] : [`The log of INC-${number} says ${count} times that its room was opened.`];
  });
}

/** What people said and did is in the log exactly once. */
export function words(logs: ReadonlyMap<number, LoggedEvent[]>, account: Account): string[] {
  const said = new Map<string, number>();
  for (const event of [...logs.values()].flat()) {
    const text = textOf(event);
    if (text !== null) said.set(text, (said.get(text) ?? 0) + 1);
  }
  const twice = [...said]
    .filter(([, times]) => times > 1)
    .map(([text, times]) => `"${text}" is in the log ${times} times.`);
  const lost = [...account.comments, ...account.acknowledgments, ...account.promises]
    .filter((it) => !said.has(it))
    .map((it) => `"${it}" was answered and is lost.`);
  return [...twice, ...lost];
}

function textOf(event: LoggedEvent): string | null {
  if (event.type === 'incident.noted') return event.data.content;
  if (event.type === 'incident.update_posted') return event.data.text;
  const notes = event.type === 'incident.acknowledged' ? event.data.notes : null;
  return notes?.startsWith('acknowledged by') ? notes : null;
}

/** Every promise that was not replaced was found broken, once, when its time had come. */
export function timers(
  incidents: readonly Incident[],
  logs: ReadonlyMap<number, LoggedEvent[]>,
  now: Date,
): { fired: number; wrong: string[] } {
  const wrong: string[] = [];
  let fired = 0;
  for (const incident of incidents) {
    let promised: string | null = null;
    for (const event of logs.get(incident.number) ?? []) {
      if (event.type === 'incident.update_posted') promised = event.data.nextUpdateAt;
      // What is over owes no update; reopened, it owes one when it is promised again.
      if (event.type === 'incident.resolved') promised = null;
      if (event.type !== 'incident.update_overdue') continue;
      fired += 1;
      const { promisedAt } = event.data;
      const timer = `The timer of INC-${incident.number} for ${promisedAt}`;
      if (promisedAt !== promised) wrong.push(`${timer} fired twice or for nothing.`);
      if (event.at < new Date(promisedAt)) wrong.push(`${timer} fired too early.`);
      promised = null;
    }
    const isOverdue = promised !== null && new Date(promised).getTime() < now.getTime() - TIMER_MS;
    const text = `The timer of INC-${incident.number} for ${promised} never fired.`;
    if (isOverdue && isOpen(incident)) wrong.push(text);
  }
  return { fired, wrong };
}

/** Nothing waits that could have been done. */
export async function leftOver(db: Db, now: Date): Promise<string[]> {
  const waiting = await undispatched(db);
  const { ready, delayed, running, dead } = await countJobs(db, now);
  const due = await db
    .selectFrom('timers')
    .select('key')
    .where('dueAt', '<', new Date(now.getTime() - TIMER_MS))
    .execute();
  const errors = (await deadJobs(db, 5)).map((it) => `${it.id}: ${it.lastError}`);
  return [
    ...(waiting > 0 ? [`${waiting} events were not dispatched.`] : []),
    ...(ready + delayed + running > 0
      ? [`${ready} jobs are ready, ${delayed} delayed, ${running} running.`]
      : []),
    ...(dead > 0 ? [`${dead} jobs were given up: ${errors.join('; ')}`] : []),
    ...due.map((it) => `The timer ${it.key} is due and did not fire.`),
  ];
}
