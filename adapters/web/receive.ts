import { UserError, type UserErrorCode } from '#src/errors.ts';

import type { Answering } from './call.ts';
import type { Chat, Visitor } from './chat.ts';
import { download, upload } from './files.ts';
import { commandOnMessage, menu } from './message-menu.ts';
import { markRead, page, pins, rooms, search, suggest, thread } from './reading.ts';
import { press, send, sendForm } from './sending.ts';
import { edit, openDirect, pin, react, remove } from './words.ts';

type Receive = (request: Request, who: Visitor) => Promise<Response>;

/** `*` is a room's or a message's id. */
const ROUTES: Readonly<Record<string, Readonly<Record<string, Answering>>>> = {
  rooms: { GET: rooms },
  'rooms/*/messages': { GET: page, POST: send },
  'rooms/*/files': { POST: upload },
  'files/*': { GET: download },
  'rooms/*/pins': { GET: pins },
  'rooms/*/read': { POST: markRead },
  'messages/*': { PATCH: edit, DELETE: remove },
  'messages/*/thread': { GET: thread },
  'messages/*/press': { POST: press },
  'messages/*/command': { POST: commandOnMessage },
  menu: { GET: menu },
  'messages/*/reactions': { POST: react },
  'messages/*/pin': { POST: pin },
  forms: { POST: sendForm },
  direct: { POST: openDirect },
  search: { GET: search },
  suggest: { GET: suggest },
};

const STATUS: Readonly<Record<UserErrorCode, number>> = {
  bad_arguments: 400,
  bad_payload: 400,
  bad_signature: 401,
  not_signed_in: 401,
  not_allowed: 403,
  not_found: 404,
  illegal_transition: 409,
  conflict: 409,
  too_large: 413,
  too_many: 429,
  busy: 503,
};

/**
 * The page's requests. Who asks has been made sure of before, as have the
 * request's origin and size. What the visitor did wrong is answered; a bug
 * rejects, and whoever called says so in the way of all its doors.
 */
export function makeReceive(chat: Chat): Receive {
  return async (request, who) => {
    const url = new URL(request.url);
    const match = matchPath(url.pathname);
    if (!match) return refusal(chat, 404, 'not_found', 'There is nothing at this address.');
    const answering = match.methods[request.method];
    if (!answering) return refusal(chat, 405, 'bad_arguments', `${request.method} is not possible here.`);
    try {
      const bytes = new Uint8Array(await request.arrayBuffer());
      const body = answering === upload ? undefined : bodyOf(bytes);
      const type = request.headers.get('content-type') ?? '';
      const answer = await answering({
        chat,
        who,
        param: match.param,
        query: url.searchParams,
        body,
        bytes,
        type,
      });
      if (answer instanceof Response) return answer;
      return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return refusal(chat, STATUS[error.code], error.code, error.message, error.details);
    }
  };
}

function matchPath(path: string) {
  const [, first = '', ...rest] = path.split('/');
  if (first !== 'web') return null;
  const param = rest.length > 1 ? decoded(rest[1] ?? '') : '';
  const pattern = rest.length > 1 ? rest.with(1, '*').join('/') : rest.join('/');
  const methods = Object.hasOwn(ROUTES, pattern) ? ROUTES[pattern] : undefined;
  return methods ? { methods, param } : null;
}

/** What cannot be decoded is nobody's id. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}

function bodyOf(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError('bad_payload', 'The request is not JSON.');
  }
}

function refusal(chat: Chat, status: number, error: string, message: string, details: object = {}): Response {
  return Response.json({ error, message, details, timestamp: chat.now().toISOString() }, { status });
}
