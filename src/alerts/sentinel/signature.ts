import { createHmac, timingSafeEqual } from 'node:crypto';

import { UserError } from '#src/errors.ts';

const HEADER = 'x-sentinel-signature';
/** How the body ends when it carries its own signature: the last key, 64 lower-case hex digits. */
const TRAILER = /,"signature":"([0-9a-f]{64})"\}\s*$/;

/**
 * Checks the HMAC-SHA256 that Sentinel computes over its JSON text before it
 * adds the signature as the last key. Only the raw bytes tell: numbers such as
 * `5400.0` would not survive parsing. The header counts where there is one,
 * else the body's own signature. Throws UserError('bad_signature').
 */
export function verifySignature(
  raw: Buffer,
  headers: Readonly<Record<string, string>>,
  secret: string,
): void {
  // One byte is one character in latin1, so a place in the text is a place in the bytes.
  const tail = raw.subarray(Math.max(0, raw.length - 200)).toString('latin1');
  const own = TRAILER.exec(tail);
  const cut = own ? raw.length - tail.length + own.index : raw.length;
  const signed = own ? [raw.subarray(0, cut), Buffer.from('}')] : [raw];
  const given = headerOf(headers) ?? own?.[1];
  if (given === undefined) {
    throw new UserError('bad_signature', 'The request is not signed: X-Sentinel-Signature is missing.', {
      signature: 'missing',
    });
  }
  const hmac = createHmac('sha256', secret);
  for (const part of signed) hmac.update(part);
  if (!isSame(given.trim().toLowerCase(), hmac.digest('hex'))) {
    throw new UserError(
      'bad_signature',
      'The signature does not match the body; check the secret on both sides.',
      { signature: 'wrong' },
    );
  }
}

function headerOf(headers: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === HEADER)?.[1];
}

/** In the same time wherever they differ. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
