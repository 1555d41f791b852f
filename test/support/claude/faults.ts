import type { Reply } from './reply.ts';

/** What goes wrong with one request. */
export type Fault =
  /** Answered with an error; `html` in place of the API's own form. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly type?: string;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly details?: Readonly<Record<string, unknown>>;
      readonly html?: string;
    }
  /** Cut off before anything is answered. */
  | { readonly kind: 'reset' }
  /** Nothing is answered, for as long as the client waits. */
  | { readonly kind: 'silence' }
  /** A part of the answer; then nothing (`stall`), a cut connection (`cut`), or an end as if all were said (`ends`). */
  | { readonly kind: 'stall' | 'cut' | 'ends' }
  /** A stream says in its middle that the server is overloaded; without a stream the answer is that. */
  | { readonly kind: 'stream-error' }
  /** 200, with this for a body. */
  | { readonly kind: 'body'; readonly body: string; readonly contentType: string }
  /** Answered rightly, this much later. */
  | { readonly kind: 'late'; readonly ms: number }
  /** Nothing is wrong with the wire; the model says this. */
  | { readonly kind: 'reply'; readonly reply: Reply };

const HTML = '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>';
const BROKEN = '{"id":"msg_1","type":"message","content":[{"type":"text","text":"{\\"severi';

const BUSY = { kind: 'status', status: 429, type: 'rate_limit_error' } as const;

/** By the names that tests and figures use. */
export const FAULTS = {
  'rate limit, 1 s': { ...BUSY, message: 'slow down', headers: { 'retry-after': '1' } },
  'rate limit, 1 h': { ...BUSY, message: 'slow down', headers: { 'retry-after': '3600' } },
  'rate limit': { ...BUSY, message: 'slow down' },
  'spend limit': {
    ...BUSY,
    message: 'You have reached your specified API usage limits.',
    headers: { 'x-should-retry': 'false' },
    details: { error_code: 'enforced_spend_limit_reached' },
  },
  'internal error': { kind: 'status', status: 500, type: 'api_error', message: 'Internal server error' },
  overloaded: { kind: 'status', status: 529, type: 'overloaded_error', message: 'Overloaded' },
  'bad gateway': { kind: 'status', status: 502, html: HTML },
  'wrong key': { kind: 'status', status: 401, type: 'authentication_error', message: 'invalid x-api-key' },
  reset: { kind: 'reset' },
  silence: { kind: 'silence' },
  stall: { kind: 'stall' },
  cut: { kind: 'cut' },
  ends: { kind: 'ends' },
  'stream error': { kind: 'stream-error' },
  malformed: { kind: 'body', body: BROKEN, contentType: 'application/json' },
  'html for an answer': { kind: 'body', body: HTML, contentType: 'text/html' },
  'nothing for an answer': { kind: 'body', body: '', contentType: 'application/json' },
  truncated: { kind: 'reply', reply: { text: '{"severity":"se', stop: 'max_tokens' } },
  refusal: { kind: 'reply', reply: { stop: 'refusal' } },
  'refusal with words': { kind: 'reply', reply: { text: 'I cannot help with that.', stop: 'refusal' } },
} satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;

/** What the next requests meet. */
export class Faults {
  readonly #queue: (Fault | null)[] = [];
  #always: Fault | null = null;

  /** One for each of the next requests; `none` lets one through. */
  next(...faults: readonly (Fault | FaultName | 'none')[]): void {
    this.#queue.push(...faults.map((it) => faultOf(it)));
  }

  /** Every request that has none of its own, until `none`. */
  always(fault: Fault | FaultName | 'none'): void {
    this.#always = faultOf(fault);
  }

  take(): Fault | null {
    return this.#queue.length > 0 ? (this.#queue.shift() ?? null) : this.#always;
  }
}

function faultOf(fault: Fault | FaultName | 'none'): Fault | null {
  if (fault === 'none') return null;
  return typeof fault === 'string' ? FAULTS[fault] : fault;
}
