import type { IncomingMessage, ServerResponse } from 'node:http';

import { shiftFeed } from '#src/calendar/shifts.ts';
import { writeFeed } from '#src/calendar/write.ts';
import type { Mount } from '#src/chat/mount.ts';
import { bookOf } from '#src/engine/book.ts';
import type { Context } from '#src/engine/context.ts';
import type { PersonId } from '#src/incident/person.ts';
import { readClaim, signClaim } from '#src/notify/signed-claim.ts';

import { send } from './send.ts';

/** What a calendar is of: a schedule, or one person in it. */
export interface FeedOf {
  readonly schedule: string;
  readonly person: PersonId | null;
}

const PURPOSE = 'read a calendar of shifts, 1';
/** Calendars show what was and what comes. */
const BEFORE_MS = 30 * 86_400_000;
const AFTER_MS = 180 * 86_400_000;

/** The address of a calendar, which is also the key to it. The same one always. */
export function feedUrl(secret: string, publicUrl: string, { schedule, person }: FeedOf): string {
  return `${publicUrl}/calendar/${signClaim({ secret, purpose: PURPOSE }, [schedule, person])}.ics`;
}

/** Where calendars fetch shifts, without signing in: the address is the secret. */
export function feedMount({ system, secret }: { readonly system: Context; readonly secret: string }): Mount {
  return {
    path: '/calendar/:feed',
    handle(request: IncomingMessage, response: ServerResponse) {
      answer(system, secret, request, response).catch(() => {
        send(response, {
          status: 503,
          body: 'The shifts cannot be read now.',
          headers: { 'Retry-After': '60' },
        });
      });
    },
  };
}

async function answer(
  system: Context,
  secret: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = (request.url ?? '').split('?')[0]?.split('/').at(-1) ?? '';
  const of = readToken(secret, name.replace(/\.ics$/, ''));
  const { schedules, setup } = await bookOf(system, system.db);
  const compiled = of && schedules.get(of.schedule);
  if (!of || !compiled) return send(response, { status: 404, body: 'There is no such calendar any more.' });
  const now = system.now();
  const names = new Map(setup.people.map((it) => [it.id, it.name]));
  const feed = shiftFeed(compiled, {
    from: new Date(now.getTime() - BEFORE_MS),
    to: new Date(now.getTime() + AFTER_MS),
    person: of.person,
    changedAt: now,
    nameOf: (id) => names.get(id) ?? id,
  });
  send(response, {
    status: 200,
    body: writeFeed(feed),
    headers: { 'Content-Type': 'text/calendar; charset=utf-8' },
  });
}

/** Null for what we never signed. */
function readToken(secret: string, token: string): FeedOf | null {
  const read = readClaim({ secret, purpose: PURPOSE }, token);
  if (!read) return null;
  const [schedule, person] = read.claim as [string, PersonId | null];
  return { schedule, person };
}
