import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What is signed with one secret for several purposes: bound into each signature, so that none passes for another. */
interface Signing {
  readonly secret: string;
  /** With a version, such as `acknowledge a page, 1`. */
  readonly purpose: string;
}

/** A claim that anybody can read and nobody else can make, for an address. The same claim gives the same text. */
export function signClaim(signing: Signing, claim: readonly unknown[]): string {
  const text = Buffer.from(JSON.stringify(claim)).toString('base64url');
  return `${text}.${signature(signing, text).toString('base64url')}`;
}

/** The claim, and what names it without being it; null for what was never signed. */
export function readClaim(
  signing: Signing,
  token: string,
): { readonly claim: readonly unknown[]; readonly id: string } | null {
  const [, text, signed] = /^([\w-]{1,2000})\.([\w-]{43})$/.exec(token) ?? [];
  if (text === undefined || signed === undefined) return null;
  if (!timingSafeEqual(Buffer.from(signed, 'base64url'), signature(signing, text))) return null;
  // Of the claim alone: base64url can be written in more than one way, and all of them are one token.
  const id = createHash('sha256').update(`${signing.purpose}\n${text}`).digest('hex').slice(0, 32);
  return { claim: JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[], id };
}

function signature({ secret, purpose }: Signing, text: string): Buffer {
  return createHmac('sha256', secret).update(`${purpose}\n${text}`).digest();
}
