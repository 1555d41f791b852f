import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

import { WebSocket, WebSocketServer, type RawData } from 'ws';

import { demand } from '#src/access/who.ts';
import { UserError } from '#src/errors.ts';
import type { Person } from '#src/incident/person.ts';

import type { HttpDeps } from './deps.ts';
import { refusalFor } from './errors.ts';
import { identify } from './identify.ts';
import { personOf } from './routes/page.ts';

/** The page says little; what it says is small. */
const MESSAGE_MAX = 64 * 1024;
/** A page that lets so much pile up has gone to sleep: it is cut off, and catches up when it comes back. */
const BUFFERED_MAX = 1024 * 1024;
const HEARTBEAT_MS = 30_000;
/** Messages one page may send in a second (contracts 3.3). */
const MESSAGES_PER_S = 100;
/** Pages one person may have open. */
const SOCKETS_MAX = 100;

/** What a socket is closed with: going away, policy, came to an error, try again later. */
const CLOSED = { away: 1001, policy: 1008, error: 1011, later: 1013 } as const;

interface Connected {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly person: string;
  alive: boolean;
}

/** The live connections of pages, at /web/live. */
export class Realtime {
  readonly #deps: HttpDeps;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_MAX,
    perMessageDeflate: false,
  });
  readonly #connected = new Set<Connected>();
  readonly #heartbeat: NodeJS.Timeout;
  #stopping = false;

  constructor(deps: HttpDeps) {
    this.#deps = deps;
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /** Answers the upgrade requests of a server. */
  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      this.#upgrade(request, socket, head).catch((error: unknown) => this.#refuse(socket, error));
    });
  }

  /** Tells every page that it should come back, and lets no new one in. */
  stop(): void {
    this.#stopping = true;
    clearInterval(this.#heartbeat);
    for (const { socket } of this.#connected) socket.close(CLOSED.away, 'the server stops');
  }

  /** For pages that did not answer when they were told. */
  cutOff(): void {
    for (const { socket } of this.#connected) socket.terminate();
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = URL.parse(`http://server${request.url ?? ''}`);
    if (url?.pathname !== '/web/live') throw new UserError('not_found', 'There is no socket here.');
    if (this.#stopping) throw new UserError('busy', 'The server stops.');
    const person = await this.#admit(request);
    const open = [...this.#connected].filter((it) => it.person === person.id).length;
    if (open >= SOCKETS_MAX) throw new UserError('too_many', 'You have too many pages open.');
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#welcome(ws, request, person));
  }

  /** As for any request that can change something: another site's page must not listen in. */
  async #admit(request: IncomingMessage): Promise<Person> {
    const actAs = URL.parse(`http://server${request.url ?? ''}`)?.searchParams.get('as') ?? undefined;
    const who = await identify(request, this.#deps, { unsafe: true, actAs });
    demand(who, 'incidents:read');
    return personOf(who);
  }

  #welcome(socket: WebSocket, request: IncomingMessage, person: Person): void {
    const { web, log, metrics } = this.#deps;
    const connected: Connected = { socket, request, person: person.id, alive: true };
    this.#connected.add(connected);
    metrics.sockets(this.#connected.size);
    const connection = web.connect(person, (push) => this.#send(socket, push));
    const mayReceive = perSecond(MESSAGES_PER_S);

    socket.on('pong', () => (connected.alive = true));
    socket.on('error', (error) => log.debug({ err: error }, 'a page sent what is no message'));
    socket.on('close', () => {
      this.#connected.delete(connected);
      metrics.sockets(this.#connected.size);
      connection.closed();
    });
    socket.on('message', (data, isBinary) => {
      connected.alive = true;
      if (isBinary || !mayReceive()) return socket.close(CLOSED.policy, 'too much, or not text');
      try {
        connection.received(JSON.parse(textOf(data)));
      } catch (error) {
        if (!(error instanceof SyntaxError || error instanceof UserError)) {
          log.error({ err: error }, 'a message of a page failed');
        }
        socket.close(CLOSED.policy, 'not understood');
      }
    });
  }

  /** False when the page takes no more. */
  #send(socket: WebSocket, push: object): boolean {
    if (socket.readyState !== WebSocket.OPEN) return false;
    if (socket.bufferedAmount > BUFFERED_MAX) {
      socket.terminate();
      return false;
    }
    socket.send(JSON.stringify(push));
    return true;
  }

  /** Ends connections that do not answer, and those of people who may not be here any more. */
  #beat(): void {
    for (const connected of this.#connected) {
      if (!connected.alive) {
        connected.socket.terminate();
        continue;
      }
      connected.alive = false;
      connected.socket.ping();
      this.#admit(connected.request).catch(() => connected.socket.close(CLOSED.policy, 'sign in again'));
    }
  }

  #refuse(socket: Duplex, error: unknown): void {
    const id = this.#deps.newId().slice(0, 8);
    const { status, bug, message } = refusalFor(error, id);
    if (bug) this.#deps.log.error({ err: error, id }, 'a page could not connect');
    const reason = Buffer.from(message);
    socket.end(
      `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${reason.length}\r\n\r\n${message}`,
    );
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.from(data as Buffer).toString('utf8');
}

/** True while no more than `limit` calls were made within the last full second. */
function perSecond(limit: number): () => boolean {
  let since = -Infinity;
  let count = 0;
  return () => {
    const now = performance.now();
    if (now - since >= 1000) {
      since = now;
      count = 0;
    }
    count += 1;
    return count <= limit;
  };
}
