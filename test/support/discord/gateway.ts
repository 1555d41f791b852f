import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

import {
  GatewayCloseCodes as Close,
  GatewayDispatchEvents as Events,
  GatewayIntentBits as Intents,
  GatewayOpcodes as Op,
} from 'discord-api-types/v10';
import { WebSocketServer, type WebSocket } from 'ws';

import { allowed, redacted, type Event } from './events.ts';
import { guildJson } from './guild-view.ts';
import type { Measured } from './measured.ts';
import type { Rates } from './rates.ts';
import type { Troubles } from './trouble.ts';
import { userJson } from './views.ts';
import type { World } from './world.ts';

export interface GatewayDeps {
  readonly world: World;
  readonly token: string;
  readonly troubles: Troubles;
  readonly measured: Measured;
  readonly rates: Rates;
  /** Intents that the application may not have, though it asks. */
  readonly forbidden: { intents: number };
  readonly heartbeatMs: number;
  readonly url: () => string;
}

interface Session {
  readonly id: string;
  readonly intents: number;
  readonly sent: { readonly t: string; readonly d: object; readonly s: number }[];
  seq: number;
  socket: WebSocket | null;
}

interface Payload {
  readonly op: Op;
  readonly d: unknown;
}

/** So many messages a client may send in a minute. */
const SENDS = { name: 'gateway', rate: { limit: 120, perMs: 60_000 } };

const PRIVILEGED = Intents.GuildMembers | Intents.GuildPresences | Intents.MessageContent;
const KNOWN = Object.values(Intents).reduce<number>(
  (all, it) => (typeof it === 'number' ? all | it : all),
  0,
);

/** Discord's gateway: sessions that outlive their sockets, and events for those who asked for them. */
export class Gateway {
  readonly #deps: GatewayDeps;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #sessions = new Map<string, Session>();
  /** Whoever wants to listen gets no answer, and is held. */
  isSilent = false;
  readonly held: Duplex[] = [];
  /** How often somebody has identified; 1000 times a day are allowed. */
  identified = 0;
  /** How often a session was taken up again. */
  resumed = 0;
  /** Every session that is taken up again is ended at once. */
  endsWhatResumes = false;

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
  }

  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (this.#deps.troubles.isDown) return void socket.destroy();
      if (this.isSilent) return void this.held.push(socket);
      this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#opened(opened, request));
    });
  }

  /** Sends an event to every session that may have it; what a session misses it gets when it resumes. */
  dispatch(event: Event): void {
    if (this.#deps.troubles.isOut) return;
    for (const session of this.#sessions.values()) {
      if (allowed(this.#deps.world, event, session.intents)) this.#send(session, event, session.intents);
    }
  }

  /** The bot is taken out of the guild, and hears nothing more of it; or it is invited again. */
  membership(isIn: boolean): void {
    const { troubles, world } = this.#deps;
    if (!isIn) this.dispatch({ t: Events.GuildDelete, d: { id: world.guildId } });
    troubles.isOut = !isIn;
    if (!isIn) return;
    for (const session of this.#sessions.values()) {
      this.#send(session, { t: Events.GuildCreate, d: guildJson(world, session.intents) });
    }
  }

  /** Whether anybody listens, or may come back to hear. */
  get isHeard(): boolean {
    return this.#sessions.size > 0;
  }

  get connected(): number {
    return [...this.#sessions.values()].filter((it) => it.socket !== null).length;
  }

  /** Every connection breaks off; sessions can be resumed. */
  drop(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  /** Asks every client to connect again and resume. */
  askToReconnect(): void {
    for (const { socket } of this.#sessions.values()) {
      if (socket) write(socket, { op: Op.Reconnect, d: null });
    }
  }

  /** Tells every client that its session is no more; `resumable`: that it may be tried again. */
  invalidate(resumable: boolean): void {
    for (const session of this.#sessions.values()) {
      if (session.socket) write(session.socket, { op: Op.InvalidSession, d: resumable });
      if (!resumable) this.#sessions.delete(session.id);
    }
  }

  /** Forgets every session: who comes back has to identify anew. */
  forget(): void {
    this.#sessions.clear();
  }

  closeAll(code: Close): void {
    this.#sessions.clear();
    for (const socket of this.#sockets.clients) socket.close(code);
  }

  stop(): void {
    this.drop();
    this.#sockets.close();
  }

  #opened(socket: WebSocket, request: IncomingMessage): void {
    const query = new URL(request.url ?? '/', 'http://discord').searchParams;
    if (query.get('v') !== '10' || query.get('encoding') !== 'json') {
      return socket.close(Close.InvalidAPIVersion);
    }
    const { heartbeatMs } = this.#deps;
    const state: { session: Session | null } = { session: null };
    const pulse = setTimeout(() => socket.close(Close.SessionTimedOut), heartbeatMs * 2);
    write(socket, { op: Op.Hello, d: { heartbeat_interval: heartbeatMs, _trace: ['gateway'] } });
    socket.on('message', (data: Buffer) => {
      if (socket.readyState !== socket.OPEN) return;
      const payload = read(data);
      if (!payload) return socket.close(Close.DecodeError);
      if (this.#deps.rates.take(SENDS, [], false).refused) {
        this.#deps.measured.exceeded('gateway');
        return socket.close(Close.RateLimited);
      }
      if (payload.op === Op.Heartbeat) pulse.refresh();
      this.#received(socket, state, payload);
    });
    socket.on('close', (code) => {
      clearTimeout(pulse);
      if (state.session?.socket !== socket) return;
      state.session.socket = null;
      // A client that says goodbye properly gives its session up.
      if (code === 1000 || code === 1001) this.#sessions.delete(state.session.id);
    });
    socket.on('error', () => {});
  }

  #received(socket: WebSocket, state: { session: Session | null }, { op, d }: Payload): void {
    if (op === Op.Heartbeat) return write(socket, { op: Op.HeartbeatAck, d: null });
    if (op === Op.Identify) {
      if (state.session) return socket.close(Close.AlreadyAuthenticated);
      state.session = this.#identify(socket, d as Identify);
      return;
    }
    if (op === Op.Resume) {
      state.session = this.#resume(socket, d as Resume);
      return;
    }
    if (!state.session) return socket.close(Close.NotAuthenticated);
    if (op === Op.RequestGuildMembers) return this.#members(state.session, d as { nonce?: string });
    if (op !== Op.PresenceUpdate && op !== Op.VoiceStateUpdate) socket.close(Close.UnknownOpcode);
  }

  #identify(socket: WebSocket, { token, intents, properties }: Identify): Session | null {
    const { troubles, world, url } = this.#deps;
    const refuse = (code: Close): null => {
      this.#deps.measured.refuse(`gateway: ${Close[code]}`);
      socket.close(code);
      return null;
    };
    if (troubles.isRevoked || token.replace(/^Bot /, '') !== this.#deps.token) {
      return refuse(Close.AuthenticationFailed);
    }
    if (!Number.isInteger(intents) || (intents & ~KNOWN) !== 0) return refuse(Close.InvalidIntents);
    if (intents & this.#deps.forbidden.intents & PRIVILEGED) return refuse(Close.DisallowedIntents);
    if (!properties?.os) return refuse(Close.DecodeError);
    this.identified += 1;
    const session: Session = { id: randomBytes(16).toString('hex'), intents, sent: [], seq: 0, socket };
    this.#sessions.set(session.id, session);
    const bot = world.users.get(world.botId);
    this.#send(session, {
      t: Events.Ready,
      d: {
        v: 10,
        user: { ...(bot ? userJson(bot) : {}), verified: true, mfa_enabled: true, email: null },
        guilds: troubles.isOut ? [] : [{ id: world.guildId, unavailable: true }],
        session_id: session.id,
        session_type: 'normal',
        resume_gateway_url: url(),
        shard: [0, 1],
        application: { id: world.appId, flags: 0 },
        private_channels: [],
        relationships: [],
        _trace: ['gateway'],
      },
    });
    if (intents & Intents.Guilds && !troubles.isOut) {
      this.#send(session, { t: Events.GuildCreate, d: guildJson(world, intents) });
    }
    return session;
  }

  #resume(socket: WebSocket, { token, session_id: id, seq }: Resume): Session | null {
    const session = this.#sessions.get(id);
    if (this.#deps.troubles.isRevoked || token.replace(/^Bot /, '') !== this.#deps.token) {
      socket.close(Close.AuthenticationFailed);
      return null;
    }
    if (!session || seq > session.seq) {
      write(socket, { op: Op.InvalidSession, d: false });
      return null;
    }
    session.socket?.terminate();
    session.socket = socket;
    this.resumed += 1;
    for (const missed of session.sent.filter(({ s }) => s > seq)) {
      write(socket, { op: Op.Dispatch, ...missed });
    }
    this.#send(session, { t: Events.Resumed, d: { _trace: ['gateway'] } });
    if (this.endsWhatResumes) this.invalidate(false);
    return session;
  }

  #members(session: Session, { nonce }: { readonly nonce?: string }): void {
    if (!(session.intents & Intents.GuildMembers)) return session.socket?.close(Close.DisallowedIntents);
    const { world } = this.#deps;
    const { members } = guildJson(world, session.intents) as { members: readonly object[] };
    const chunk = { guild_id: world.guildId, members, chunk_index: 0, chunk_count: 1, not_found: [] };
    this.#send(session, { t: Events.GuildMembersChunk, d: { ...chunk, ...(nonce ? { nonce } : null) } });
  }

  #send(session: Session, event: Event, intents = session.intents): void {
    session.seq += 1;
    const sent = { t: event.t, d: redacted(this.#deps.world, event, intents), s: session.seq };
    session.sent.push(sent);
    if (session.socket) write(session.socket, { op: Op.Dispatch, ...sent });
  }
}

interface Identify {
  readonly token: string;
  readonly intents: number;
  readonly properties?: { readonly os?: string };
}

interface Resume {
  readonly token: string;
  readonly session_id: string;
  readonly seq: number;
}

function read(data: Buffer): Payload | null {
  try {
    return JSON.parse(data.toString()) as Payload;
  } catch {
    return null;
  }
}

function write(socket: WebSocket, payload: object): void {
  socket.send(JSON.stringify({ s: null, t: null, ...payload }));
}
