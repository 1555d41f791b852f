import type { IncomingMessage } from 'node:http';

import { isFromHere, isLocalVisitor, refuseOtherSites } from '#src/access/visitors.ts';
import type { Who } from '#src/access/who.ts';
import { UserError } from '#src/errors.ts';

import type { HttpDeps } from './deps.ts';

export const SESSION_COOKIE = 'im_session';

export interface Asking {
  /** A key that came in the address. */
  readonly keyInPath?: string | undefined;
  /** Whom a visitor in local mode wants to act as; the header X-Act-As where it is not given. */
  readonly actAs?: string | undefined;
  /** The request can change something, or opens a socket: another site's page must not make it. */
  readonly unsafe: boolean;
}

/**
 * Who sends a request: the owner of a key, somebody who signed in, or, in local
 * mode, a visitor at this machine. Throws `not_signed_in`, and `not_allowed`
 * for what another site's page sends with a visitor's rights. At once where a sender says again what it said a moment ago.
 */
export function identify(
  request: IncomingMessage,
  deps: Pick<HttpDeps, 'keys' | 'sessions' | 'settings'>,
  asking: Asking,
): Who | Promise<Who> {
  const key = asking.keyInPath ?? keyOf(request);
  const sure = key === undefined ? null : deps.keys.sureOf(key, request.socket);
  return sure ?? lookUp(request, deps, asking, key);
}

async function lookUp(
  request: IncomingMessage,
  { keys, sessions, settings }: Pick<HttpDeps, 'keys' | 'sessions' | 'settings'>,
  asking: Asking,
  key: string | undefined,
): Promise<Who> {
  if (key !== undefined) {
    const who = await keys.find(key, request.socket);
    if (!who) throw new UserError('not_signed_in', 'This key is wrong or was revoked.');
    return who;
  }
  const { headers } = request;
  const cookie = cookieOf(headers.cookie, SESSION_COOKIE);
  const signedIn = cookie === undefined ? null : await sessions.find(cookie);
  if (signedIn) {
    if (asking.unsafe) refuseOtherSites(headers, settings.publicUrl, true);
    return signedIn;
  }
  if (settings.local && isLocalVisitor(request.socket.remoteAddress, headers)) {
    if (asking.unsafe) refuseOtherSites(headers, settings.publicUrl, false);
    const header = headers['x-act-as'];
    const actAs = asking.actAs ?? (typeof header === 'string' ? header : undefined);
    if (isFromHere(headers)) return await sessions.local(actAs);
  }
  throw new UserError(
    'not_signed_in',
    'Who are you? Programs send an API key in X-API-Key or Authorization: Bearer; people open the sign-in link an admin made for them.',
  );
}

function keyOf({ headers }: IncomingMessage): string | undefined {
  const given = headers['x-api-key'];
  if (typeof given === 'string' && given !== '') return given.trim();
  return /^Bearer +(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];
}

/** The value of one cookie; undefined when it is not there. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
