import type { IncomingMessage, ServerResponse } from 'node:http';

import { refuseOtherSites } from '#src/access/visitors.ts';
import { logAccess } from '#src/db/access-log.ts';
import { UserError } from '#src/errors.ts';
import { actorOf } from '#src/incident/person.ts';

import type { HttpDeps } from './deps.ts';
import { SESSION_COOKIE } from './identify.ts';
import { sendPage } from './send.ts';

/**
 * A sign-in link shows a button, and the button signs in. So a mail scanner or a
 * chat that previews the link does not use it up.
 */
export async function showSignIn(
  { sessions }: Pick<HttpDeps, 'sessions'>,
  response: ServerResponse,
  token: string,
): Promise<void> {
  try {
    const person = await sessions.linkOf(token);
    const button = `<form method="post"><button autofocus>Sign in as ${escapeHtml(person.name)}</button></form>`;
    sendPage(response, 200, page('Sign in', button));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    sendPage(response, 404, page('This link does not work', `<p>${escapeHtml(error.message)}</p>`));
  }
}

/** The browser keeps it longer than any session lasts: the server alone decides when one is over. */
const COOKIE_S = 30 * 24 * 3600;

export async function signIn(
  deps: HttpDeps,
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
): Promise<void> {
  const { publicUrl } = deps.settings;
  try {
    refuseOtherSites(request.headers, publicUrl, true);
    const { session, person } = await deps.sessions.signIn(token);
    const details = { person: person.id };
    await logAccess(deps.db, { at: deps.now(), actor: actorOf(person), action: 'link.used', details });
    const cookie = `${SESSION_COOKIE}=${session}; ${attributes(publicUrl)}; Max-Age=${COOKIE_S}`;
    response.writeHead(303, { Location: '/', 'Set-Cookie': cookie, 'Cache-Control': 'no-store' });
    response.end();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const status = error.code === 'not_found' ? 404 : 403;
    sendPage(response, status, page('Not signed in', `<p>${escapeHtml(error.message)}</p>`));
  }
}

/** Shown to whoever opens the page and is nobody we know. */
export function sendSignInHelp(response: ServerResponse): void {
  const html = page(
    'Sign in',
    '<p>People sign in by a link that an admin makes for them. Ask an admin for yours, and open it here.</p>',
  );
  sendPage(response, 401, html);
}

export function clearedCookie(publicUrl: string): string {
  return `${SESSION_COOKIE}=; ${attributes(publicUrl)}; Max-Age=0`;
}

/** No script can read it, and no other site's form sends it; over HTTPS only where we are. */
function attributes(publicUrl: string): string {
  return `Path=/; HttpOnly; SameSite=Lax${publicUrl.startsWith('https:') ? '; Secure' : ''}`;
}

/** A page with nothing but words; `body` is HTML. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} · Incident Manager</title></head>
<body><main><h1>${title}</h1>${body}</main></body>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
