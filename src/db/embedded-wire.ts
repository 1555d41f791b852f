/**
 * What the program and the thread of the embedded database say to each other.
 * Questions and answers are PostgreSQL's own wire protocol, so that the same
 * client reads both databases, and types and errors cannot differ.
 */
export type ToEmbedded = Uint8Array<ArrayBuffer> | { readonly close: true };

export type FromEmbedded = Uint8Array<ArrayBuffer> | { readonly ready: true } | { readonly failed: string };

export interface EmbeddedStart {
  readonly folder: string;
}
