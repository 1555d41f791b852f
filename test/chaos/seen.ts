import type { Db } from '#src/db/schema.ts';
import { CHATS, type Chat, type Outside } from '#test/support/cluster-outside.ts';
import type { FakePlatform, SeenMessage } from '#test/support/fake-platform.ts';

import { PHONES, TOPIC } from './cast.ts';
import type { Span } from './faults.ts';

/** What is there twice, and may not be; what may be, and how often it is. */
export interface Seen {
  readonly wrong: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/**
 * Where a repeat cannot be told from a first order: Teams cannot be asked what was posted, a call that rang cannot be
 * taken back, and texts are looked for before they are repeated, but where that look fails too once more is better
 * than never. Each must have a fault to show for it.
 */
const AT_LEAST_ONCE: ReadonlySet<string> = new Set(['teams', 'voice', 'sms']);
/** A fault may be felt so much later, until all that was begun under it has ended. */
const AFTERMATH_MS = 45_000;

interface Order {
  readonly id: string;
  readonly channel: string;
  readonly incident: number;
  readonly recipient: string;
  readonly state: string;
  readonly attempts: number;
  readonly triedAt: Date | null;
  readonly sentAt: Date | null;
}

/** Looks with the eyes of everybody outside: rooms and cards of each incident, and every order of each page. */
export async function whatIsSeen(
  db: Db,
  outside: Outside,
  { incidents, spans }: { readonly incidents: readonly number[]; readonly spans: readonly Span[] },
): Promise<Seen> {
  const rooms = CHATS.map((chat) => roomsOn(outside.chats[chat], chat, incidents));
  const pages = await pagesSeen(db, outside, spans);
  const web = await webRooms(db, incidents);
  const all = [...rooms, pages, web];
  return {
    wrong: all.flatMap((it) => it.wrong),
    figures: Object.assign({}, ...all.map((it) => it.figures)) as Seen['figures'],
  };
}

function roomsOn(fake: FakePlatform, chat: Chat, incidents: readonly number[]): Seen {
  const wrong: string[] = [];
  const figures = { [`${chat}Rooms`]: 0, [`${chat}CardsTwice`]: 0 };
  const byNumber = Map.groupBy(fake.rooms(fake.people.ana), ({ name }) => numberIn(name));
  for (const number of incidents) {
    const rooms = byNumber.get(number) ?? [];
    if (rooms.length > 1) wrong.push(`INC-${number} has ${rooms.length} rooms on ${chat}.`);
    figures[`${chat}Rooms`] = (figures[`${chat}Rooms`] ?? 0) + rooms.length;
    for (const { id } of rooms) {
      const cards = fake.messages(fake.people.ana, id).filter(isCard).length;
      if (cards === 1) continue;
      const isTwice = cards > 1 && AT_LEAST_ONCE.has(chat);
      if (isTwice) figures[`${chat}CardsTwice`] = (figures[`${chat}CardsTwice`] ?? 0) + 1;
      else wrong.push(`INC-${number} has ${cards} cards on ${chat}.`);
    }
  }
  return { wrong, figures };
}

function numberIn(name: string): number {
  return Number(/^inc-(\d+)(?:-|$)/i.exec(name)?.[1] ?? 0);
}

function isCard({ author, text }: SeenMessage): boolean {
  return author === 'bot' && /Severity/.test(text) && /Status/.test(text);
}

/** The built-in chat, which everybody has: one room, and one card in it, for every incident. */
async function webRooms(db: Db, incidents: readonly number[]): Promise<Seen> {
  const rooms = await db.selectFrom('chatRooms').select(['id', 'name']).where('kind', '=', 'room').execute();
  const pinned = await db
    .selectFrom('chatMessages')
    .select(['roomId'])
    .where('author', 'is', null)
    .where('pinnedAt', 'is not', null)
    .execute();
  const byNumber = Map.groupBy(rooms, ({ name }) => numberIn(name));
  const cards = Map.groupBy(pinned, (it) => it.roomId);
  const wrong = incidents.flatMap((number) => {
    const own = byNumber.get(number) ?? [];
    if (own.length !== 1) return [`INC-${number} has ${own.length} rooms on the web.`];
    const there = own.flatMap(({ id }) => cards.get(id) ?? []).length;
    return there === 1 ? [] : [`INC-${number} has ${there} cards on the web.`];
  });
  return { wrong, figures: { webRooms: rooms.length } };
}

async function pagesSeen(db: Db, outside: Outside, spans: readonly Span[]): Promise<Seen> {
  const orders = (await db
    .selectFrom('notifications')
    .innerJoin('pages', 'pages.id', 'notifications.page')
    .select([
      'notifications.id',
      'notifications.channel',
      'notifications.state',
      'notifications.attempts',
      'notifications.triedAt',
      'notifications.sentAt',
      'pages.incident',
      'pages.recipient',
    ])
    .where('pages.incident', 'is not', null)
    .execute()) as readonly Order[];
  const taken = await takenBy(outside);
  const wrong = orders
    .filter((it) => it.state === 'waiting')
    .map((it) => `A page for INC-${it.incident} by ${it.channel} waits without end.`);
  const figures: Record<string, number> = { orders: orders.length };
  for (const [channel, own] of Map.groupBy(orders, (it) => it.channel)) {
    const counted = taken[channel];
    figures[`${channel}Sent`] = own.filter((it) => it.state === 'sent').length;
    if (!counted) continue;
    let again = 0;
    for (const [incident, some] of Map.groupBy(own, (it) => it.incident)) {
      const seen = counted.get(incident) ?? 0;
      const sent = some.filter((it) => it.state === 'sent').length;
      const tried = some.filter((it) => it.attempts > 0).length;
      const counts = `INC-${incident}: of ${tried} pages by ${channel} ${sent} count as sent, and ${seen} came.`;
      if (seen < sent) wrong.push(counts);
      if (seen <= tried) continue;
      again += seen - tried;
      if (AT_LEAST_ONCE.has(channel) && some.some((it) => hasReason(it, spans))) continue;
      wrong.push(counts);
    }
    figures[`${channel}Twice`] = again;
  }
  return { wrong, figures: { ...figures, ...(await markedRepeats(outside)) } };
}

/** Whether something was broken while it was under way. */
function hasReason({ triedAt, sentAt }: Order, spans: readonly Span[]): boolean {
  const from = triedAt?.getTime() ?? 0;
  const until = sentAt?.getTime() ?? Infinity;
  return spans.some((it) => it.from <= until && it.until + AFTERMATH_MS >= from);
}

type Counted = ReadonlyMap<number, number>;

/** By channel and incident, how many pages people have before them. */
async function takenBy(outside: Outside): Promise<Readonly<Record<string, Counted>>> {
  const { twilio, pagerduty, ntfy, webhook, smtp } = outside;
  const mails = new Map((await smtp.mails()).map((it) => [it.messageId, it.subject]));
  const texts = (all: readonly { readonly text: string }[]) => count(all.map((it) => it.text));
  const chats = CHATS.map((chat) => {
    const { people } = outside.chats[chat];
    const told = [people.bo, people.cy].flatMap((who) => outside.chats[chat].direct(who));
    return [chat, texts(told.filter((it) => it.author === 'bot'))] as const;
  });
  return {
    ...Object.fromEntries(chats),
    sms: texts(twilio.texts(PHONES.bo)),
    voice: texts(twilio.heard(PHONES.cy)),
    email: count([...mails.values()]),
    ntfy: texts(ntfy.shown(TOPIC)),
    pagerduty: texts(pagerduty.alerts()),
    webhook: texts(webhook.deliveries()),
  };
}

/** What was sent twice under one mark, by which whoever gets it tells that it is one. */
async function markedRepeats({ smtp, webhook, pagerduty }: Outside): Promise<Record<string, number>> {
  const mails = await smtp.mails();
  const ids = webhook.requests.map((it) => String(it.headers['webhook-id']));
  return {
    emailMarked: mails.length - new Set(mails.map((it) => it.messageId)).size,
    webhookMarked: ids.length - new Set(ids).size,
    pagerdutyMarked: pagerduty.alerts().reduce((sum, it) => sum + it.events - 1, 0),
  };
}

function count(texts: readonly string[]): Counted {
  const numbers = texts.map((it) => Number(/(?:INC-|\bI N C |incident )(\d+)/i.exec(it)?.[1] ?? 0));
  return new Map([...Map.groupBy(numbers, (it) => it)].map(([number, all]) => [number, all.length]));
}
