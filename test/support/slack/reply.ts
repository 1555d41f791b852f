import type { Json } from './json.ts';

/** What the fake's web server answers. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Json | string | Uint8Array;
}
