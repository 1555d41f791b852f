import type { Place } from './state.ts';

/** The address of the home page and of each room; people share these. */
export function addressOf(place: Place, message: number | null = null): string {
  if (place.type === 'home') return '/';
  if (place.type === 'me') return '/me';
  if (place.type === 'on-call') return `/on-call${place.path}`;
  const room = `/rooms/${encodeURIComponent(place.room)}`;
  return message === null ? room : `${room}?message=${message}`;
}

/** What an address of this page shows; home, when it is none that we know. */
export function placeAt(href: string): Place {
  if (isAt(href, '/me')) return { type: 'me' };
  const onCall = /^\/on-call(\/.*)?$/.exec(URL.parse(href)?.pathname ?? '');
  if (onCall) return { type: 'on-call', path: onCall[1] ?? '' };
  const room = roomIn(href);
  return room === null ? { type: 'home' } : { type: 'room', room };
}

/** The message an address points at. */
export function messageAt(href: string): number | null {
  const id = Number(URL.parse(href)?.searchParams.get('message') ?? Number.NaN);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

/**
 * Where a link leads on this very page; null when it leads elsewhere. An
 * incident's address leads to its room; `roomOf` knows that of those it knows.
 */
export function placeOfLink(
  href: string,
  origin: string,
  roomOf: (incident: string) => string | undefined,
): Place | null {
  const url = URL.parse(href);
  if (!url || !isSame(url, new URL(origin))) return null;
  const place = placeAt(href);
  if (place.type === 'on-call') return place;
  const incident = /^\/incidents\/([\w-]+)$/.exec(url.pathname)?.[1];
  const room = incident === undefined ? roomIn(href) : roomOf(incident);
  return room === undefined || room === null ? null : { type: 'room', room };
}

/** A machine reached as `localhost` and as `127.0.0.1` is the same one. */
function isSame(a: URL, b: URL): boolean {
  const isHere = ({ hostname }: URL) =>
    hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  return a.origin === b.origin || (isHere(a) && isHere(b) && a.port === b.port && a.protocol === b.protocol);
}

function isAt(href: string, path: string): boolean {
  return URL.parse(href)?.pathname.replace(/\/$/, '') === path;
}

function roomIn(href: string): string | null {
  const found = /^\/rooms\/([^/]+)\/?$/.exec(URL.parse(href)?.pathname ?? '')?.[1];
  if (found === undefined) return null;
  try {
    return decodeURIComponent(found);
  } catch {
    return null;
  }
}
