import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way between two parts of a system on which everything can happen that happens to networks. */
export interface Wire {
  readonly port: number;
  /** What stands is broken off, and nobody gets through any more. */
  cut(): void;
  /** Nothing passes and nothing is refused: neither side is told. */
  hang(): void;
  /** Everything comes so many milliseconds later, in both directions. */
  delay(ms: number): void;
  /** All is well again. What was held up goes on. */
  mend(): void;
  stop(): Promise<void>;
}

/** Where it leads: a port of this machine, or the path of a socket. */
export type Target = { readonly port: number } | { readonly path: string };

/** Opens one, on a port of this machine. */
export async function startWire(target: Target): Promise<Wire> {
  const sockets = new Set<Socket>();
  let state: 'well' | 'cut' | 'hung' = 'well';
  let delayMs = 0;
  const pass = (from: Socket, to: Socket) => {
    from.on('data', (chunk: Buffer) => {
      if (delayMs > 0) setTimeout(() => to.write(chunk), delayMs);
      else to.write(chunk);
    });
    // What was said last still has to arrive.
    from.on('end', () => setTimeout(() => to.end(), delayMs));
    from.on('close', () => setTimeout(() => to.destroy(), delayMs));
    from.on('error', () => from.destroy());
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    if (state === 'cut') return void near.destroy();
    const far = 'path' in target ? connect(target.path) : connect(target.port, '127.0.0.1');
    for (const it of [near, far]) {
      it.setNoDelay(true);
      sockets.add(it);
      it.on('close', () => sockets.delete(it));
      if (state === 'hung') it.pause();
    }
    pass(near, far);
    pass(far, near);
    if (state === 'hung') for (const it of [near, far]) it.pause();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      state = 'cut';
      for (const it of sockets) it.destroy();
    },
    hang() {
      state = 'hung';
      for (const it of sockets) it.pause();
    },
    delay: (ms) => void (delayMs = ms),
    mend() {
      state = 'well';
      delayMs = 0;
      for (const it of sockets) it.resume();
    },
    async stop() {
      for (const it of sockets) it.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
