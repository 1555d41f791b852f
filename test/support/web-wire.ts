import { WebSocket, type RawData } from 'ws';

import type { Push } from '#adapters/web/protocol.ts';

/** How a person's page reaches the web chat. */
export interface WebWire {
  request(person: string, method: string, path: string, body?: unknown): Promise<WebAnswer>;
  upload(person: string, path: string, bytes: Uint8Array, type: string): Promise<WebAnswer>;
  download(person: string, path: string): Promise<Uint8Array>;
  connect(person: string, pushed: (push: Push) => void): { close(): void };
}

export interface WebAnswer {
  readonly status: number;
  readonly body: unknown;
}

const JSON_TYPE = 'application/json';

/** Over HTTP and WebSocket, as a browser does it, in local mode. */
export function httpWire(url: () => string): WebWire {
  async function ask(person: string, path: string, init: RequestInit, type = JSON_TYPE): Promise<Response> {
    const headers = { 'x-act-as': person, 'sec-fetch-site': 'same-origin', 'content-type': type };
    return await fetch(`${url()}${path}`, { ...init, headers });
  }
  return {
    request: async (person, method, path, body) =>
      await read(
        await ask(person, path, {
          method,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      ),
    upload: async (person, path, bytes, type) =>
      await read(await ask(person, path, { method: 'POST', body: new Uint8Array(bytes) }, type)),
    download: async (person, path) => new Uint8Array(await (await ask(person, path, {})).arrayBuffer()),
    connect(person, pushed) {
      const open = { socket: live(url(), person, pushed), wanted: true };
      const again = () => {
        if (!open.wanted) return;
        open.socket = live(url(), person, pushed);
        open.socket.once('close', later);
      };
      const later = () => void setTimeout(again, 100).unref();
      open.socket.once('close', later);
      return {
        close() {
          open.wanted = false;
          open.socket.terminate();
        },
      };
    },
  };
}

function live(url: string, person: string, pushed: (push: Push) => void): WebSocket {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/web/live?as=${person}`, {
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  socket.on('message', (data) => pushed(JSON.parse(textOf(data)) as Push));
  socket.on('error', () => socket.terminate());
  return socket;
}

export async function read(response: Response): Promise<WebAnswer> {
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)).toString();
}
