import { eventsOf, verifyChain } from '#src/db/events.ts';
import type { Db } from '#src/db/schema.ts';
import type { LoggedEvent } from '#src/incident/events.ts';
import type { Incident } from '#src/incident/incident.ts';
import { allIncidents, leftOver, lostEvents, timers, words } from '#test/crash/check.ts';
import type { Account } from '#test/crash/load.ts';
import type { Outside } from '#test/support/cluster-outside.ts';

import type { Span } from './faults.ts';
import { calmWithin, levelsOf, type Levels } from './levels.ts';
import { whatIsSeen } from './seen.ts';

export interface Findings {
  /** One sentence for each thing that is not as it must be. */
  readonly wrong: readonly string[];
  readonly figures: Readonly<Record<string, unknown>>;
}

/** Looks whether everything is there that was accepted, and everything was done that follows from it, once. */
export async function check(
  db: Db,
  {
    account,
    outside,
    spans,
    now,
  }: {
    readonly account: Account;
    readonly outside: Outside;
    readonly spans: readonly Span[];
    readonly now: Date;
  },
): Promise<Findings> {
  const incidents = await allIncidents(db);
  const logs = new Map<number, LoggedEvent[]>();
  for (const { number } of incidents) logs.set(number, await eventsOf(db, number));
  const fired = timers(incidents, logs, now);
  const levels = [...logs].map(([number, log]) => levelsOf(number, log, now.getTime()));
  const seen = await whatIsSeen(db, outside, { incidents: incidents.map((it) => it.number), spans });
  const wrong = [
    ...(await lostEvents(db, account)),
    ...(await homeless(db)),
    ...services(incidents, account),
    ...words(logs, account),
    ...fired.wrong,
    ...levels.flatMap((it) => it.wrong),
    ...(await sentInVain(db, levels)),
    ...openings(logs),
    ...seen.wrong,
    ...(await leftOver(db, now)),
    ...(await brokenChains(db, incidents)),
  ];
  return {
    wrong,
    figures: {
      acknowledgedEvents: account.events.size,
      incidents: incidents.length,
      comments: account.comments.size,
      acknowledgments: account.acknowledgments.size,
      timersFired: fired.fired,
      logEntries: [...logs.values()].reduce((sum, it) => sum + it.length, 0),
      levels: lateness(levels, spans),
      seen: seen.figures,
    },
  };
}

/** What fires belongs to an incident: an alert that was accepted and is in none would be told to nobody. */
async function homeless(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('alertEvents')
    .select('id')
    .where('incident', 'is', null)
    .where('state', '=', 'firing')
    .execute();
  return rows.map((it) => `The event ${it.id} fires and belongs to no incident.`);
}

/** What was taken back with the look that wrote it down reached nobody. */
async function sentInVain(db: Db, levels: readonly Levels[]): Promise<string[]> {
  const pages = levels.flatMap((it) => it.cancelled);
  if (pages.length === 0) return [];
  const rows = await db
    .selectFrom('notifications')
    .select(['id', 'channel', 'page'])
    .where('page', 'in', pages)
    .where('attempts', '>', 0)
    .execute();
  return rows.map(
    (it) => `The page ${it.page} went out by ${it.channel} though somebody had answered before.`,
  );
}

/** Each room is said to be opened once. */
function openings(logs: ReadonlyMap<number, LoggedEvent[]>): string[] {
  return [...logs].flatMap(([number, log]) => {
    const platforms = log.flatMap((it) => (it.type === 'incident.room_opened' ? [it.data.platform] : []));
    const twice = platforms.length - new Set(platforms).size;
    return twice === 0
      ? []
      : [`The log of INC-${number} says ${twice} times too often that a room was opened.`];
  });
}

/** Every service that failed has one incident, however many nodes heard of it at once. */
function services(incidents: readonly Incident[], { groups }: Account): string[] {
  const own = Map.groupBy(incidents, (it) => it.resource?.name ?? '');
  return [...groups].flatMap((it) => {
    const numbers = (own.get(it) ?? []).map(({ number }) => `INC-${number}`);
    return numbers.length === 1 ? [] : [`${it} has ${numbers.length} incidents: ${numbers.join(', ')}.`];
  });
}

async function brokenChains(db: Db, incidents: readonly Incident[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const { number } of incidents) {
    const { brokenAt } = await verifyChain(db, number);
    if (brokenAt !== null) wrong.push(`The log of INC-${number} is broken at ${brokenAt}.`);
  }
  return wrong;
}

/** How late levels were, and how much of that nothing was broken in. Milliseconds. */
function lateness(levels: readonly Levels[], spans: readonly Span[]): Readonly<Record<string, unknown>> {
  const paged = levels.flatMap((it) => it.paged);
  const overtaken = levels.flatMap((it) => it.overtaken);
  return {
    paged: paged.length,
    passedOver: levels.reduce((sum, it) => sum + it.passed, 0),
    lateMs: spread(paged.map((it) => it.at - it.due)),
    /** Of that, with nothing broken at all. */
    lateInCalmMs: spread(paged.map((it) => calmWithin(spans, it.due, it.at))),
    /** Those that were late when somebody answered, and did not come any more. */
    answeredBefore: { levels: overtaken.length, lateMs: spread(overtaken) },
  };
}

function spread(samples: readonly number[]): Readonly<Record<string, number>> {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}
