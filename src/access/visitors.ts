import { UserError } from '#src/errors.ts';

/** The headers of a request, as Node gives them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * True for a browser or program on this very machine that also asked for this
 * machine by name. The second half matters: a web page anywhere can have its
 * own name point at 127.0.0.1 and then read what local visitors may (DNS
 * rebinding), but it cannot change the Host header. What came through a proxy
 * is from elsewhere, whatever its address says.
 */
export function isLocalVisitor(remoteAddress: string | undefined, headers: Headers): boolean {
  return (
    remoteAddress !== undefined &&
    /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/.test(remoteAddress) &&
    isLoopbackHost(first(headers.host)) &&
    PROXY_HEADERS.every((name) => headers[name] === undefined)
  );
}

/**
 * False for a page that was opened under another host's name: then something
 * on the way rewrites Host, and whoever looks at it sits elsewhere.
 */
export function isFromHere(headers: Headers): boolean {
  const page = first(headers.origin) ?? first(headers.referer);
  return page === undefined || isLoopbackHost(URL.parse(page)?.host);
}

const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/** `localhost`, 127.0.0.1 or [::1], with any port. */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i.test(host);
}

/**
 * Refuses a request that another site's page made with this visitor's rights.
 * Browsers say where a request comes from, in Sec-Fetch-Site and, over plain
 * HTTP only, in Origin; no page can change either. Programs say nothing; they
 * pass where `mustSay` is false. Throws `not_allowed`.
 */
export function refuseOtherSites(headers: Headers, publicUrl: string, mustSay: boolean): void {
  const site = first(headers['sec-fetch-site']);
  const origin = first(headers.origin);
  if (site !== undefined) {
    if (site === 'same-origin' || site === 'none') return;
    throw otherSite(origin ?? site);
  }
  if (origin !== undefined) {
    const from = URL.parse(origin);
    const host = first(headers.host)?.toLowerCase();
    if (from !== null && (from.host === host || from.origin === URL.parse(publicUrl)?.origin)) return;
    throw otherSite(origin);
  }
  if (!mustSay) return;
  throw new UserError(
    'not_allowed',
    'This request does not say which page it comes from (Origin). Programs should use an API key, not a cookie.',
  );
}

function otherSite(from: string): UserError {
  return new UserError(
    'not_allowed',
    `This request comes from another site (${from.slice(0, 100)}) and was refused. If that is your own address of this server, set PUBLIC_URL to it.`,
  );
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value[0];
}
