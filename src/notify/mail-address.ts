import { domainToASCII } from 'node:url';

import { UserError } from '#src/errors.ts';

/** Nothing that has a meaning in a header, and no quoted parts, which nobody has. RFC 5321: 64 and 254 characters. */
const LOCAL = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** One e-mail address, bare; the domain in lower case and in ASCII. */
export function parseEmail(text: string): string {
  const address = text.trim().replace(/^mailto:/i, '');
  const at = address.lastIndexOf('@');
  const local = address.slice(0, Math.max(0, at));
  const written = address.slice(at + 1);
  const domain = /^[\p{L}\p{M}\p{N}.-]+$/u.test(written) ? domainToASCII(written).toLowerCase() : '';
  if (local.length <= 64 && LOCAL.test(local) && DOMAIN.test(domain) && local.length + domain.length < 254) {
    return `${local}@${domain}`;
  }
  throw new UserError('bad_arguments', 'Write one e-mail address and nothing else, like ana@example.com.');
}
