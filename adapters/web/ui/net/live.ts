import type { Push, Sent } from '#adapters/web/protocol.ts';

import { waitBefore } from './backoff.ts';

export interface Live {
  send(sent: Sent): void;
  /** Tries at once instead of waiting, for instance because the browser says that it is online again. */
  hurry(): void;
  /** The browser says that it is offline: what looks like a connection is none. */
  drop(): void;
  stop(): void;
}

interface Hearing {
  heard(push: Push): void;
  /** Not connected; `attempt` counts the failures since the last connection, from 1. */
  lost(attempt: number): void;
}

const PING_EVERY = 20_000;
const PONG_WITHIN = 10_000;

/**
 * Keeps one WebSocket open. What arrives is told to `hearing`; a lost
 * connection is made again with back-off. The first thing the server pushes is
 * `hello`, and only that means connected.
 */
export function connectLive(url: string, hearing: Hearing): Live {
  let socket: WebSocket | null = null;
  let attempt = 0;
  let stopped = false;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const pulse = makePulse(ping, drop);

  function open(): void {
    clearTimeout(waiting);
    if (stopped || socket) return;
    const opened = new WebSocket(url);
    socket = opened;
    opened.addEventListener('message', ({ data }) => {
      if (socket !== opened || typeof data !== 'string') return;
      const push = JSON.parse(data) as Push;
      if (push.type === 'hello') attempt = 0;
      pulse.felt(push.type === 'pong');
      hearing.heard(push);
    });
    opened.addEventListener('close', () => socket === opened && drop());
  }

  function drop(): void {
    const closed = socket;
    socket = null;
    closed?.close();
    pulse.rest();
    if (stopped) return;
    clearTimeout(waiting);
    waiting = setTimeout(open, waitBefore(attempt, Math.random()));
    attempt += 1;
    hearing.lost(attempt);
  }

  function send(sent: Sent): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(sent));
  }
  function ping(): void {
    send({ type: 'ping' });
  }
  function stop(): void {
    stopped = true;
    clearTimeout(waiting);
    drop();
  }

  open();
  return { send, hurry: open, drop, stop };
}

/**
 * A network can vanish without a word, and then only silence tells. Silence
 * counts once the server has shown that it answers pings.
 */
function makePulse(ping: () => void, dead: () => void) {
  let answers = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  function felt(pong: boolean): void {
    answers ||= pong;
    clearTimeout(timer);
    timer = setTimeout(ask, PING_EVERY);
  }
  function ask(): void {
    ping();
    timer = setTimeout(answers ? dead : ask, answers ? PONG_WITHIN : PING_EVERY);
  }
  return { felt, rest: () => clearTimeout(timer) };
}
