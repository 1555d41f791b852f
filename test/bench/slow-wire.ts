import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A way to PostgreSQL on which the server's answers can be held up. */
export interface SlowWire {
  /** The same database, by this way. */
  readonly url: string;
  /** From now on everything the server says arrives so many milliseconds later. */
  delayAnswers(ms: number): void;
  stop(): Promise<void>;
}

/** What the server says stays in its order; what it is told goes through at once. */
export async function startSlowWire(databaseUrl: string): Promise<SlowWire> {
  const target = new URL(databaseUrl);
  const folder = target.searchParams.get('host');
  const port = Number(target.port || 5432);
  let delayMs = 0;
  const sockets = new Set<Socket>();
  const wire = createServer((client) => {
    const server = folder ? connect(`${folder}/.s.PGSQL.${port}`) : connect(port, target.hostname);
    for (const socket of [client, server]) {
      sockets.add(socket);
      // A side that breaks off is closed, and the pipe or the end below closes the other one.
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    client.pipe(server);
    client.on('close', () => server.destroy());
    let last = Promise.resolve();
    const inTurn = (pass: () => void) => {
      const due = performance.now() + delayMs;
      last = afterwards(last, async () => {
        const wait = due - performance.now();
        if (wait > 0) await sleep(wait);
        if (!client.destroyed) pass();
      });
    };
    server.on('data', (said) => inTurn(() => client.write(said)));
    server.on('close', () => inTurn(() => client.end()));
  });
  await new Promise<void>((resolve) => {
    wire.listen(0, '127.0.0.1', resolve);
  });
  const here = new URL(databaseUrl);
  here.searchParams.delete('host');
  here.hostname = '127.0.0.1';
  here.port = String((wire.address() as AddressInfo).port);
  return {
    url: here.href,
    delayAnswers: (ms) => void (delayMs = ms),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        wire.close(resolve);
      });
    },
  };
}

async function afterwards(before: Promise<void>, run: () => Promise<void>): Promise<void> {
  await before;
  await run();
}
