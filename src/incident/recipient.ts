/** In the place of a name where nobody wrote one, or one that nobody knows: what was written may be a key. */
export const UNKNOWN = 'unknown';

/**
 * What may be said of whoever is told, but for their name: of a webhook its host, of a room or another system what
 * stands before the first slash, since what follows may be a key to it, and what stands alone may be the key itself.
 */
export function sayableId({ kind, id }: { readonly kind: string; readonly id: string }): string {
  if (kind === 'webhook') return URL.parse(id)?.host ?? UNKNOWN;
  if (kind !== 'room' && kind !== 'external') return id;
  const at = id.indexOf('/');
  return at > 0 ? id.slice(0, at) : UNKNOWN;
}
