import { sql } from 'kysely';

import { eventsOf } from '#src/db/events.ts';
import { findIncident } from '#src/db/incidents.ts';
import { readSetup } from '#src/db/on-call.ts';
import { receiptsOf, type Receipt } from '#src/db/pages.ts';
import type { Db } from '#src/db/schema.ts';
import { makeBook } from '#src/engine/book.ts';
import type { LoggedEvent } from '#src/incident/events.ts';
import { chainOf } from '#src/paging/policy.ts';
import type { World } from '#src/paging/run.ts';

import type { Span } from './faults.ts';
import { checkLevels, said, type Group, type Levels } from './levels.ts';
import type { Played } from './play.ts';
import type { Run, Script } from './script.ts';
import { checkSent } from './sent.ts';
import type { Handed } from './wire.ts';

/** Whatever else happens at that instant, a page is no later than this (milliseconds). */
const ON_TIME_MS = 1000;

export interface Wrong {
  readonly run: number;
  readonly what: string;
  /** What happened in the run, in order, in short. */
  readonly history: readonly string[];
}

export interface Found {
  readonly wrong: readonly Wrong[];
  readonly levels: number;
  readonly pages: number;
  readonly taken: number;
  readonly repeats: readonly number[];
  /** Of the levels that no fault kept waiting. */
  readonly latestMs: number;
  /** Of those that one did. */
  readonly excused: number;
}

/** Looks at a play that is over: what had to be sent, what was, and when. */
export async function check(db: Db, script: Script, played: Played): Promise<Found> {
  const setup = await readSetup(db, new Date(0));
  const { resolve } = makeBook(setup);
  const handed = Map.groupBy(played.wire.handed, (it) => it.key);
  const all: {
    wrong: Wrong[];
    levels: number;
    pages: number;
    taken: number;
    repeats: number[];
    latestMs: number;
    excused: number;
  } = { wrong: [], levels: 0, pages: 0, taken: 0, repeats: [], latestMs: 0, excused: 0 };
  for (const run of script.runs) {
    const number = played.incidents.get(run.number);
    if (number === undefined) {
      all.wrong.push({ run: run.number, what: 'lost: the incident was never opened', history: [] });
      continue;
    }
    const events = await eventsOf(db, number);
    const receipts = await receiptsOf(db, { incident: number, limit: 1000 });
    const groups = groupsOf(receipts);
    const levels = checkLevels({
      incident: await findIncident(db, number),
      severity: run.severity,
      plan: chainOf(run.policies[0], run.policies),
      world: { resolve } satisfies World,
      events,
      groups,
      snoozedUntil: (at) => played.snoozes.get(`${number} ${at}`),
      latest: (due) => latestOf(played.faults.spans, due, ''),
      end: played.end,
    });
    const complaints = levels.wrong === null ? [] : [levels.wrong];
    for (const { due, at, isExcused } of levels.late) {
      all.levels += 1;
      if (isExcused) all.excused += 1;
      else all.latestMs = Math.max(all.latestMs, at - due);
    }
    for (const receipt of receipts) {
      all.pages += 1;
      const told = checkSent({
        ...receipt,
        handed,
        until: wantedUntil(receipt, events, levels, played.end),
        isOvertaken: levels.overtaken.includes(nameOf(receipt)),
        spans: played.faults.spans,
        latest: (due, channel) => latestOf(played.faults.spans, due, channel),
        isSaid: events.some((it) => it.type === 'incident.page_failed' && it.data.page === receipt.page.id),
      });
      all.taken += told.taken;
      all.repeats.push(...told.repeats);
      complaints.push(...told.wrong);
    }
    if (complaints.length === 0) continue;
    const history = historyOf(run, events, receipts, handed, played);
    all.wrong.push(...complaints.map((what) => ({ run: run.number, what, history })));
  }
  all.wrong.push(
    ...played.complaints.map((what) => ({ run: script.runs[0]?.number ?? 0, what, history: [] })),
    ...(await leftOver(db)).map((what) => ({ run: script.runs[0]?.number ?? 0, what, history: [] })),
  );
  return all;
}

/**
 * The latest time at which something due then must have been done: a second after it, or after the faults
 * that kept the program from it, each with what it takes to get over it.
 */
function latestOf(spans: readonly Span[], due: number, channel: string): number {
  let end = due;
  for (let isMoving = true; isMoving;) {
    isMoving = false;
    for (const it of spans) {
      const concerns = it.kind !== 'breaker' || it.channel === channel;
      const over = it.until + it.settlesIn;
      if (!concerns || it.from > end + ON_TIME_MS || over <= end) continue;
      end = over;
      isMoving = true;
    }
  }
  return end + ON_TIME_MS;
}

function groupsOf(receipts: readonly Receipt[]): Group[] {
  const byTime = Map.groupBy(receipts, ({ page }) => page.requestedAt.getTime());
  return [...byTime]
    .map(([at, all]) => ({
      at,
      pages: all.map(nameOf),
    }))
    .toSorted((a, b) => a.at - b.at);
}

/** As `levels.ts` calls it. */
function nameOf({ page }: Receipt): string {
  return `${page.cycle}.${page.level}.${page.recipientKind}:${page.recipient} ${page.urgency}`;
}

/** Until somebody has it, or this person has answered. */
function wantedUntil(
  receipt: Receipt,
  events: readonly LoggedEvent[],
  { quiet, late, overtaken }: Levels,
  end: number,
): number {
  const { page } = receipt;
  const at = page.requestedAt.getTime();
  if (overtaken.includes(nameOf(receipt))) return at;
  // What was paged late may have been answered before that: somebody took it while the program was away.
  const due = Math.min(at, ...late.filter((it) => it.at === at).map((it) => it.due));
  const own = events.filter(({ by }) => by.type === 'user' && by.id === page.recipient);
  const ends = [
    ...quiet.filter((it) => it.from >= due || it.until > at).map(({ from }) => from),
    ...own.map((it) => it.at.getTime()).filter((it) => it >= due),
  ];
  return Math.min(end, ...ends);
}

/** At the end nothing waits: no event to be dispatched, no job, no page. */
async function leftOver(db: Db): Promise<string[]> {
  const { rows } = await sql<{ events: number; jobs: number }>`
    select (select count(*) from incident_events where dispatched_at is null) as events,
      (select count(*) from jobs) as jobs`.execute(db);
  const { events = 0, jobs = 0 } = rows[0] ?? {};
  return [
    ...(events > 0 ? [`${events} events were never dispatched`] : []),
    ...(jobs > 0 ? [`${jobs} jobs are left`] : []),
  ];
}

function historyOf(
  run: Run,
  events: readonly LoggedEvent[],
  receipts: readonly Receipt[],
  handed: ReadonlyMap<string, readonly Handed[]>,
  { faults, end }: Played,
): string[] {
  const lines: { at: number; text: string }[] = [
    ...events.map((it) => ({ at: it.at.getTime(), text: `${it.type} by ${it.by.id} ${short(it.data)}` })),
    ...receipts.flatMap(({ page, notifications }) => [
      { at: page.requestedAt.getTime(), text: `page ${page.key} ${page.urgency}` },
      ...notifications.flatMap((row) => [
        {
          at: row.dueAt?.getTime() ?? 0,
          text: `due: ${row.channel} of ${page.key}: ${row.state} ${row.detail ?? ''}`,
        },
        ...(handed.get(row.id) ?? []).map((it) => ({
          at: it.at,
          text: `to ${it.channel} of ${page.key}: ${it.answer}${it.takenAt === null ? '' : ', taken'}`,
        })),
      ]),
    ]),
    ...faults.spans.map((it) => ({
      at: it.from,
      text: `${it.kind} ${it.channel ?? ''} until ${said(Math.min(end, it.until))}`,
    })),
  ];
  const policies = run.policies.map(({ name, levels, repeat, stopOnAck, unackAfterMs }) =>
    JSON.stringify({
      name,
      levels: levels.map((it) => ({ ...it, targets: it.targets.map((t) => t.id) })),
      repeat,
      stopOnAck,
      unackAfterMs,
    }),
  );
  const inOrder = lines.toSorted((a, b) => a.at - b.at).map(({ at, text }) => `${said(at)} ${text}`);
  return [...policies, ...inOrder];
}

function short(data: object): string {
  return JSON.stringify(data).slice(0, 120);
}
