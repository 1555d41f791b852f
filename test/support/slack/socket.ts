import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';

import { WebSocketServer, type WebSocket } from 'ws';

import type { Again, Answer, Carrier, Delivery } from './deliveries.ts';
import { isObject, objectOf, parsed, textOf, type Json } from './json.ts';
import type { Measured } from './measured.ts';
import type { Patience } from './patience.ts';
import { APP_ID } from './world.ts';

/** Slack allows an app so many at once. */
const MOST_SOCKETS = 10;
const PING_MS = 2000;
/** Nobody may be listening for a moment, as after a dropped connection. */
const NOBODY_MS = 30_000;

/** What came of an envelope: it was acknowledged, it was not in time, or its connection went. */
type Outcome = { readonly body: Json } | 'late' | 'gone';

interface Pending {
  readonly socket: WebSocket;
  readonly takesPayload: boolean;
  readonly done: (outcome: Outcome) => void;
}

/** Socket Mode: the program opens a connection, and what happens comes in envelopes that it acknowledges. */
export class Sockets implements Carrier {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  readonly #open = new Set<WebSocket>();
  readonly #pending = new Map<string, Pending>();
  readonly #gone = new Set<string>();
  readonly #waiting = new Set<() => void>();
  readonly #measured: Measured;
  readonly #patience: Patience;
  #turn = 0;
  #stopped = false;
  isDown = false;

  constructor(measured: Measured, patience: Patience) {
    this.#measured = measured;
    this.#patience = patience;
  }

  get connections(): number {
    return this.#open.size;
  }

  /** For one connection, once. */
  ticket(): string {
    const ticket = randomUUID();
    this.#tickets.add(ticket);
    return ticket;
  }

  attach(http: Server): void {
    http.on('upgrade', (request, socket, head) => {
      const url = new URL(request.url ?? '/', 'http://slack');
      const isKnown = url.pathname === '/link' && this.#tickets.delete(url.searchParams.get('ticket') ?? '');
      if (this.isDown || !isKnown || this.#open.size >= MOST_SOCKETS) {
        socket.end('HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n');
        return;
      }
      this.#server.handleUpgrade(request, socket, head, (it) => this.#welcome(it));
    });
  }

  async send(delivery: Delivery, again: Again | null): Promise<Answer | null> {
    for (;;) {
      const socket = await this.#somebody();
      if (!socket) return null;
      const started = performance.now();
      const outcome = await this.#envelope(socket, delivery, again);
      if (this.#stopped || outcome === 'late') return null;
      if (outcome !== 'gone') return { ...outcome, tookMs: performance.now() - started };
    }
  }

  /** As when a network fails: no goodbye. */
  drop(): void {
    for (const socket of this.#open) socket.terminate();
  }

  /** Slack renews its own side every few hours: it says so, and closes a little later. */
  refresh(): void {
    for (const socket of this.#open) {
      this.#leave(socket);
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'warning', debug_info: { host: 'fake' } }));
      socket.send(
        JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'fake' } }),
      );
      setTimeout(() => socket.close(), 500).unref();
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const { done } of this.#pending.values()) done('late');
    for (const wake of this.#waiting) wake();
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }

  #welcome(socket: WebSocket): void {
    this.#open.add(socket);
    socket.on('message', (data) => this.#heard(socket, (data as Buffer).toString()));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#leave(socket));
    const ping = setInterval(() => socket.ping('from the server'), PING_MS).unref();
    socket.on('close', () => clearInterval(ping));
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.#open.size,
        debug_info: { host: 'fake', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: APP_ID },
      }),
    );
    for (const wake of this.#waiting) wake();
  }

  #leave(socket: WebSocket): void {
    this.#open.delete(socket);
    if (socket.readyState === socket.OPEN) return;
    for (const { socket: its, done } of this.#pending.values()) if (its === socket) done('gone');
  }

  async #somebody(): Promise<WebSocket | null> {
    const deadline = performance.now() + NOBODY_MS;
    while (this.#open.size === 0 && !this.#stopped && performance.now() < deadline) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, deadline - performance.now()).unref();
      this.#waiting.add(resolve);
      await promise;
      clearTimeout(timer);
      this.#waiting.delete(resolve);
    }
    const open = [...this.#open];
    this.#turn += 1;
    return this.#stopped ? null : (open[this.#turn % open.length] ?? null);
  }

  async #envelope(socket: WebSocket, { kind, payload }: Delivery, again: Again | null): Promise<Outcome> {
    const id = randomUUID();
    const takesPayload = kind !== 'events_api';
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const timer = setTimeout(() => resolve('late'), this.#patience.ackMs).unref();
    this.#pending.set(id, { socket, takesPayload, done: resolve });
    const retry =
      kind === 'events_api' ? { retry_attempt: again?.num ?? 0, retry_reason: again?.reason ?? '' } : {};
    socket.send(
      JSON.stringify({
        envelope_id: id,
        payload,
        type: kind,
        accepts_response_payload: takesPayload,
        ...retry,
      }),
    );
    const outcome = await promise;
    clearTimeout(timer);
    this.#pending.delete(id);
    this.#gone.add(id);
    return outcome;
  }

  #heard(socket: WebSocket, text: string): void {
    const message = parsed(text);
    const id = textOf(objectOf(message)['envelope_id']);
    const pending = this.#pending.get(id);
    if (!isObject(message) || (!pending && !this.#gone.has(id))) {
      this.#measured.refused.push(`socket: this acknowledges nothing: ${text.slice(0, 200)}`);
      return;
    }
    // Late, or on another connection: it counts for nothing, and is no mistake.
    if (!pending || pending.socket !== socket) return;
    const body = objectOf(message['payload']);
    if (!pending.takesPayload && Object.keys(body).length > 0) {
      this.#measured.refused.push('socket: an event is acknowledged without a payload');
    }
    pending.done({ body });
  }
}
