import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

import type { EventBuffer, Waiting } from './buffer.ts';
import type { SidecarLog } from './log.ts';

export interface ForwardDeps {
  readonly buffer: EventBuffer;
  readonly centre: URL;
  readonly key: string;
  readonly log: SidecarLog;
}

/** So many are read from the disk, and forgotten there, at a time. */
const BATCH = 100;
const ANSWER_MS = 30_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;
/** A sender may be asked to come back later than that, but not by the day. */
const LONGEST_ASKED_MS = 300_000;

interface Reply {
  readonly status: number;
  readonly retryAfterMs: number | null;
  readonly text: string;
}

/** What became of an event: there, never to be there, or to be sent again. */
type Fate =
  | { readonly is: 'there' }
  | { readonly is: 'refused'; readonly status: number; readonly why: string }
  | { readonly is: 'later'; readonly why: string; readonly afterMs: number | null };

/**
 * Sends what waits to the central program: in the order it came, one at a time
 * over one connection, and the next one only when the one before is there.
 * What went wrong on the way is sent again, after a pause that doubles up to
 * 30 s; the central program knows repeats by their ids.
 */
export class Forwarder {
  readonly #deps: ForwardDeps;
  readonly #agent: http.Agent;
  readonly #stopping = new AbortController();
  #wake = Promise.withResolvers<void>();
  #trouble: string | null = null;
  #failures = 0;
  #isDraining = false;
  #running: Promise<void> | undefined;

  constructor(deps: ForwardDeps) {
    this.#deps = deps;
    const options = { keepAlive: true, maxSockets: 1 };
    this.#agent = deps.centre.protocol === 'https:' ? new https.Agent(options) : new http.Agent(options);
  }

  /** Why nothing goes on now; null: it does. */
  get trouble(): string | null {
    return this.#trouble;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Something new waits. */
  wake(): void {
    this.#wake.resolve();
  }

  /** Sends on for `graceMs` if it goes, and leaves the rest on the disk for the next start. */
  async stop(graceMs: number): Promise<void> {
    this.#isDraining = true;
    this.wake();
    const end = setTimeout(() => this.#stopping.abort(), this.#trouble === null ? graceMs : 0);
    await this.#running;
    clearTimeout(end);
    this.#agent.destroy();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers();
      try {
        const batch = this.#deps.buffer.head(BATCH);
        if (batch.length > 0) await this.#sendAll(batch);
        else if (this.#isDraining) return;
        else await this.#wake.promise;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        await this.#pause(`The disk of the sidecar does not do what it should: ${why}`, null);
      }
    }
  }

  async #sendAll(batch: readonly Waiting[]): Promise<void> {
    const there: Waiting[] = [];
    try {
      for (const it of batch) {
        const fate = await this.#send(it);
        if (fate.is === 'later') {
          this.#deps.buffer.done(there.splice(0));
          return await this.#pause(fate.why, fate.afterMs);
        }
        this.#goesAgain();
        if (fate.is === 'there') there.push(it);
        else this.#setAside(it, fate.status, fate.why);
      }
    } finally {
      this.#deps.buffer.done(there.splice(0));
    }
  }

  #setAside(it: Waiting, status: number, why: string): void {
    this.#deps.buffer.setAside(it, status, why);
    this.#deps.log.error('The central program refused an event; it was put aside', {
      path: it.path,
      status,
      why,
    });
  }

  #goesAgain(): void {
    if (this.#trouble !== null) this.#deps.log.info('Events are forwarded again', {});
    this.#trouble = null;
    this.#failures = 0;
  }

  async #pause(why: string, afterMs: number | null): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    if (this.#trouble !== why) this.#deps.log.warn('Events wait', { why });
    this.#trouble = why;
    if (this.#isDraining) return this.#stopping.abort();
    const doubled = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    const ms = afterMs ?? doubled * (0.5 + Math.random() / 2);
    const woken = new AbortController();
    const end = AbortSignal.any([woken.signal, this.#stopping.signal]);
    void this.#whenDraining(woken);
    await sleep(ms, undefined, { signal: end }).catch(() => {});
  }

  /** A pause ends when the process is to stop; that something new came does not end it. */
  async #whenDraining(woken: AbortController): Promise<void> {
    await this.#wake.promise;
    if (this.#isDraining) woken.abort();
  }

  async #send(it: Waiting): Promise<Fate> {
    try {
      return fateBy(await this.#post(it));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { is: 'later', why: `The central program cannot be reached: ${why}`, afterMs: null };
    }
  }

  async #post({ path, headers, body }: Waiting): Promise<Reply> {
    const { centre, key } = this.#deps;
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const request = (centre.protocol === 'https:' ? https : http).request(
      new URL(path, centre),
      {
        method: 'POST',
        agent: this.#agent,
        headers: { ...headers, 'x-api-key': key, 'content-length': body.byteLength },
        signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(ANSWER_MS)]),
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          if (text.length < 100_000) text += part;
        });
        response.once('error', reject);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, retryAfterMs: waitOf(response), text }),
        );
      },
    );
    request.once('error', reject);
    request.end(body);
    return await promise;
  }
}

/** What a status means. A key that is wrong is the operator's to mend, so events wait for that too. */
function fateBy({ status, retryAfterMs, text }: Reply): Fate {
  if (status >= 200 && status < 300) {
    if (isOurs(text)) return { is: 'there' };
    return later(`Something answers at FORWARD_TO that is not the central program (${status})`, null);
  }
  const said = `${status}: ${messageIn(text)}`;
  if (status === 401 && isAboutSignature(text)) return { is: 'refused', status, why: messageIn(text) };
  if (status === 401 || status === 403) return later(`FORWARD_KEY is not accepted, ${said}`, LONGEST_WAIT_MS);
  const isBusy =
    status >= 500 || status === 429 || status === 408 || (status === 409 && retryAfterMs !== null);
  if (isBusy || status < 400) return later(`The central program answers ${said}`, retryAfterMs);
  // What a server says before its program sees anything; all else is the central program's own word, or nobody's.
  const isAboutBytes = status === 400 || status === 413 || status === 431;
  if (!isAboutBytes && typeof read(text).error !== 'string') {
    return later(`Something answers at FORWARD_TO that is not the central program (${status})`, null);
  }
  return { is: 'refused', status, why: messageIn(text) };
}

/** The sender's signature is about this one event; the key is about all. */
function isAboutSignature(text: string): boolean {
  const { details } = read(text);
  return typeof details === 'object' && details !== null && 'signature' in details;
}

function later(why: string, afterMs: number | null): Fate {
  return { is: 'later', why, afterMs };
}

/** A proxy's page with status 200 is no receipt. */
function isOurs(text: string): boolean {
  const { status } = read(text);
  return status === 'accepted' || status === 'duplicate';
}

function messageIn(text: string): string {
  const { message } = read(text);
  return typeof message === 'string' ? message.slice(0, 500) : 'no reason given';
}

interface Said {
  readonly status?: unknown;
  readonly message?: unknown;
  readonly error?: unknown;
  readonly details?: unknown;
}

function read(text: string): Said {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function waitOf({ headers }: http.IncomingMessage): number | null {
  const seconds = Number(headers['retry-after']);
  if (headers['retry-after'] === undefined || !Number.isFinite(seconds)) return null;
  return Math.min(LONGEST_ASKED_MS, Math.max(100, seconds * 1000));
}
