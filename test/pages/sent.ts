import type { PageRow, NotificationRow } from '#src/db/schema-people.ts';
import type { PersonId } from '#src/incident/person.ts';
import { planNotifications } from '#src/paging/plan.ts';
import type { ContactMethod } from '#src/paging/rules.ts';

import { contactsOf, PEOPLE, rulesOf, type Name } from './cast.ts';
import type { Span } from './faults.ts';
import { said } from './levels.ts';
import { CHAT, type Handed } from './wire.ts';

export interface Told {
  readonly page: PageRow;
  readonly notifications: readonly NotificationRow[];
  /** What reached the providers, by notification. */
  readonly handed: ReadonlyMap<string, readonly Handed[]>;
  /** When it was wanted no more. */
  readonly until: number;
  /** It was answered before it was written down, and must not be sent at all. */
  readonly isOvertaken: boolean;
  readonly spans: readonly Span[];
  readonly latest: (due: number, channel: string) => number;
  /** Whether the room was told that it reached nobody. */
  readonly isSaid: boolean;
}

export interface SentFigures {
  readonly wrong: string[];
  taken: number;
  /** The same order once more, since nobody knew how the first one ended: after how many milliseconds. */
  readonly repeats: number[];
}

/** Whether a page went each way of its person at its time, once, or took the next way where that failed. */
export function checkSent(told: Told): SentFigures {
  const { page, notifications, handed } = told;
  const figures: SentFigures = { wrong: [], taken: 0, repeats: [] };
  const name = `${page.key} (${said(page.requestedAt.getTime())})`;
  const complain = (text: string) => void figures.wrong.push(`page ${name}: ${text}`);
  const expected = expectedOf(page);
  const planned = notifications.map((it) => `${it.channel} ${it.address}`).join(', ');
  const wanted = expected.map((it) => `${it.channel} ${it.address}`).join(', ');
  if (planned !== wanted) complain(`it goes by ${planned}, and should by ${wanted}`);
  for (const [index, row] of notifications.entries()) {
    const due = expected[index]?.due ?? null;
    const sends = handed.get(row.id) ?? [];
    figures.taken += sends.filter((it) => it.takenAt !== null).length;
    figures.repeats.push(...checkRepeats(row, sends, told, complain));
    checkEnd(row, sends, complain);
    if (told.isOvertaken && sends.length > 0) complain(`${row.channel} was sent although nobody was wanted`);
    if (due !== null) checkTime(row, sends, due, told, complain);
  }
  checkNextWay(told, expected, complain);
  checkWord(told, complain);
  return figures;
}

interface Way {
  readonly channel: string;
  readonly address: string;
  /** Null: refused. */
  readonly due: number | null;
}

function expectedOf({ recipientKind, recipient, urgency, severity, requestedAt }: PageRow): Way[] {
  if (recipientKind !== 'person') {
    return [{ channel: CHAT, address: recipient.split('/')[1] ?? '', due: requestedAt.getTime() }];
  }
  const name = recipient as Name;
  const chat: ContactMethod = {
    id: `chat:${name}`,
    kind: 'chat',
    address: '',
    verifiedAt: null,
    enabled: true,
  };
  const contacts = [chat, ...contactsOf(name)];
  const { steps } = planNotifications({
    person: recipient as PersonId,
    urgency,
    severity,
    at: requestedAt,
    contacts,
    rules: rulesOf(name),
    quiet: null,
    recent: [],
  });
  return steps.map(({ contact, kind, at }) => ({
    channel: kind === 'chat' ? CHAT : (kind ?? ''),
    address: kind === 'chat' ? name : (contacts.find((it) => it.id === contact)?.address ?? ''),
    due: at?.getTime() ?? null,
  }));
}

/** The same order again only where nobody knew how the first one had ended. */
function checkRepeats(
  row: NotificationRow,
  sends: readonly Handed[],
  { spans }: Told,
  complain: (text: string) => void,
): number[] {
  const repeats: number[] = [];
  const taken = sends.filter((it) => it.takenAt !== null);
  for (const [index, again] of taken.entries()) {
    const before = taken[index - 1];
    if (!before) continue;
    const from = before.takenAt ?? before.at;
    const isUnknown = before.answer === 'lost' || before.answer === 'silent';
    const isCut = spans.some((it) => it.kind === 'kill' && it.from >= before.at && it.from <= again.at);
    const ms = Math.max(0, again.at - from);
    if (isUnknown || isCut) repeats.push(ms);
    else complain(`twice: ${row.channel} was given it at ${said(from)} and again at ${said(again.at)}`);
  }
  return repeats;
}

function checkEnd(row: NotificationRow, sends: readonly Handed[], complain: (text: string) => void): void {
  const { state, channel } = row;
  const isTaken = sends.some((it) => it.takenAt !== null);
  if (state === 'waiting') complain(`${channel} waits without end`);
  if (state === 'sent' && !isTaken) complain(`lost: ${channel} counts as sent, and nobody was given it`);
  if (state === 'refused' && sends.length > 0) complain(`${channel} was refused and sent all the same`);
}

function checkTime(
  row: NotificationRow,
  sends: readonly Handed[],
  due: number,
  { until, latest, notifications, handed, spans }: Told,
  complain: (text: string) => void,
): void {
  const [first] = sends;
  const end = latest(due, row.channel);
  if (!first) {
    const state = `${row.state}: ${row.detail}`;
    if (until > end) complain(`lost: ${row.channel} due at ${said(due)} was never sent (${state})`);
    return;
  }
  if (first.at > end && until > end) {
    complain(
      `late: ${row.channel} due at ${said(due)} was sent at ${said(first.at)}, and ${said(end)} was the latest`,
    );
  }
  const isHastened = notifications.some(
    (it) =>
      it.step < row.step &&
      it.state !== 'refused' &&
      (isLeftAloneAt(spans, it.channel, first.at) || isTrouble(handed.get(it.id) ?? [], it, first.at)),
  );
  if (first.at >= due - 1000 || isHastened) return;
  complain(`early: ${row.channel} due at ${said(due)} was sent at ${said(first.at)}`);
}

/** Whether it had not gone by then, as far as the program could know. */
function isTrouble(sends: readonly Handed[], row: NotificationRow, by: number): boolean {
  const bad = sends.some((it) => it.at <= by && it.answer !== 'ok' && it.answer !== 'slow');
  return bad || (row.detail !== null && sends.every((it) => it.at > by));
}

/** Where a way fails the next one does not wait for its time. */
function checkNextWay(
  { notifications, handed, latest, until, spans }: Told,
  expected: readonly Way[],
  complain: (text: string) => void,
): void {
  for (const [index, row] of notifications.entries()) {
    const planned = expected[index]?.due;
    if (planned === undefined || planned === null) continue;
    // One that did not wait for its time, since the way before it failed, was due then.
    const due = Math.min(planned, row.dueAt?.getTime() ?? planned);
    const failed = (handed.get(row.id) ?? []).find(
      (it) => it.takenAt === null && it.answer !== 'hang' && wasTold(it, spans),
    );
    const isLeftAlone = isLeftAloneAt(spans, row.channel, due - 1) && firstOf(handed, row) > due;
    const at = isLeftAlone ? due : failed?.answeredAt;
    if (at === undefined || at === null || at > until) continue;
    const later = notifications.filter(
      (it, place) => place > index && firstOf(handed, it) >= at && it.state !== 'refused',
    );
    const waiting = later.filter((it) => (expected[notifications.indexOf(it)]?.due ?? 0) > at);
    const [next] = waiting;
    if (!next) continue;
    const end = Math.max(...waiting.map((it) => latest(at, it.channel)));
    const soonest = Math.min(...later.map((it) => firstOf(handed, it)));
    const areLeftAlone = waiting.every((it) => isLeftAloneAt(spans, it.channel, at));
    // A fault kept it from being written down, and then it went all the same.
    const isMended =
      end > at + 1000 &&
      (handed.get(row.id) ?? []).some((it) => (it.takenAt ?? 0) >= at && (it.takenAt ?? 0) <= end);
    if (soonest <= end || until <= end || areLeftAlone || isMended) continue;
    const why = isLeftAlone ? 'was left alone' : 'failed';
    const then = soonest === Infinity ? 'at all' : `before ${said(soonest)}`;
    complain(`${row.channel} ${why} at ${said(at)}, and ${next.channel} was not tried ${then}`);
  }
}

/** Whether the program that gave the order lived to hear how it ended. */
function wasTold({ at, answeredAt }: Handed, spans: readonly Span[]): boolean {
  if (answeredAt === null) return false;
  return !spans.some((it) => it.kind === 'kill' && it.from >= at && it.from <= answeredAt);
}

function isLeftAloneAt(spans: readonly Span[], channel: string, at: number): boolean {
  return spans.some(
    (it) => it.kind === 'breaker' && it.channel === channel && it.from <= at && it.until > at,
  );
}

function firstOf(handed: Told['handed'], { id }: NotificationRow): number {
  return handed.get(id)?.[0]?.at ?? Infinity;
}

/** Where every way failed, somebody is told. */
function checkWord(
  { page, notifications, isSaid, until, latest }: Told,
  complain: (text: string) => void,
): void {
  const tried = notifications.filter((it) => it.state !== 'refused');
  if (tried.length === 0 || page.recipientKind !== 'person' || !(page.recipient in PEOPLE)) return;
  const isNowhere = tried.every((it) => it.state === 'failed');
  const isWanted = until > latest(page.requestedAt.getTime() + 600_000, '');
  if (isNowhere && isWanted && !isSaid) complain('nobody was told that it reached nobody');
}
