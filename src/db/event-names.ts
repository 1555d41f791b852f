import { hash } from 'node:crypto';

/** What a sender calls its message. */
export interface EventName {
  readonly source: string;
  readonly externalId: string;
}

/**
 * Under which key a sender's id is kept: the first 16 bytes of its hash, since senders' ids are long and this is one
 * number for the index. To find two ids with the same key takes some 2^64 tries.
 * Migration 0024 makes the same.
 */
export function eventKey({ source, externalId }: EventName): string {
  const hex = hash('sha256', `${Buffer.byteLength(source)}:${source}${externalId}`, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
