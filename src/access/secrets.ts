import { hash as digest, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Keys, session tokens and sign-in links are 32 random bytes. The database has
 * only their SHA-256: enough to recognise one, useless to whoever reads it, and
 * quick, which is right because nobody can guess 256 bits however fast.
 */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function hashSecret(secret: string): string {
  return digest('sha256', secret, 'hex');
}

/** Compares without telling by its time how much was right. */
export function isSameAs(known: Buffer, text: string): boolean {
  const given = Buffer.from(text);
  return given.length === known.length && timingSafeEqual(given, known);
}

/** Compares as `isSameAs` does. */
export function fitsHash(secret: string, hash: string): boolean {
  return isSameAs(Buffer.from(hash), hashSecret(secret));
}

export interface KeyText {
  readonly id: string;
  readonly secret: string;
}

/** A new key's two halves: the id is public and names it, the secret proves it. */
export function newKey(): KeyText {
  return { id: randomBytes(6).toString('hex'), secret: newSecret() };
}

/** `im_<id>_<secret>`, what people copy. */
export function writeKey({ id, secret }: KeyText): string {
  return `im_${id}_${secret}`;
}

/** Null for what was never a key of ours. */
export function readKey(text: string): KeyText | null {
  const [, id, secret] = /^im_([0-9a-f]{12})_([\w-]{43})$/.exec(text) ?? [];
  return id && secret ? { id, secret } : null;
}
