import { UserError } from '#src/errors.ts';

import { isPrivateLiteral } from './guarded.ts';

const LONGEST = 2000;

/**
 * An address of a server that somebody gave us. Names are looked at again when they
 * are connected to; see guarded.ts.
 *
 * @param allowPrivate also http, and addresses of our own network
 */
export function parseUrl(text: string, allowPrivate: boolean): string {
  const trimmed = text.trim();
  if (!URL.canParse(trimmed) || trimmed.length > LONGEST) {
    throw wrong('Write the whole address, like https://example.com/hook.');
  }
  const url = new URL(trimmed);
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:')) {
    throw wrong('The address has to begin with https://, so that nobody reads along.');
  }
  if (url.username !== '' || url.password !== '') {
    throw wrong('Leave the name and the password out of the address: what we send is signed.');
  }
  if (!allowPrivate && isLocal(url.hostname)) {
    throw wrong('That address is not on the public internet. NOTIFY_PRIVATE_ADDRESSES=on allows it.');
  }
  url.hash = '';
  return url.href;
}

/** Names that only mean something in here. */
function isLocal(host: string): boolean {
  return isPrivateLiteral(host) || /^(?:localhost|.*\.(?:localhost|local|internal))\.?$/.test(host);
}

function wrong(message: string): UserError {
  return new UserError('bad_arguments', message);
}
