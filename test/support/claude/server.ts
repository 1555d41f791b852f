import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on this machine's loopback, which can go away and come back at the same address. */
export interface Served {
  readonly url: string;
  /** Connections are refused from now on, and those that are open are cut. */
  readonly goDown: () => Promise<void>;
  readonly comeBack: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export type Handler = (incoming: IncomingMessage, response: ServerResponse) => Promise<void>;

/** @param port 0 for any */
export async function serve(handle: Handler, port = 0): Promise<Served> {
  let server: Server | null = null;
  const listen = async (at: number): Promise<number> => {
    const fresh = createServer(
      { keepAliveTimeout: 60_000 },
      (incoming, response) => void handle(incoming, response),
    );
    await new Promise<void>((resolve, reject) => {
      fresh.once('error', reject);
      fresh.listen(at, '127.0.0.1', resolve);
    });
    server = fresh;
    return (fresh.address() as AddressInfo).port;
  };
  const close = async (): Promise<void> => {
    const open = server;
    server = null;
    if (!open) return;
    open.closeAllConnections();
    await new Promise((resolve) => open.close(resolve));
  };
  const own = await listen(port);
  return {
    url: `http://127.0.0.1:${own}`,
    goDown: close,
    comeBack: async () => {
      if (!server) await listen(own);
    },
    stop: close,
  };
}

/** Null for more than this many bytes; what comes after is not read. */
export async function textOf(incoming: IncomingMessage, most: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += (chunk as Buffer).length;
    if (size <= most) chunks.push(chunk as Buffer);
  }
  return size > most ? null : Buffer.concat(chunks).toString('utf8');
}

/** Until the client goes away. */
export async function gone(response: ServerResponse): Promise<void> {
  if (response.destroyed || response.closed) return;
  await new Promise<void>((resolve) => response.once('close', resolve));
}

/** In separate writes, so that they arrive apart. */
export async function writeInPieces(response: ServerResponse, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    if (response.destroyed) return;
    response.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
