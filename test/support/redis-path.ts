import { randomUUID } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The way of one process to Redis, which can be cut while others keep theirs. */
export interface RedisPath {
  readonly url: string;
  /** Nothing gets through any more, and new connections are refused. */
  cut(): void;
}

/** A way to a Redis on this machine. */
export function redisPath(port: number): RedisPath {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const it of [near, far]) {
      open.add(it);
      it.setNoDelay(true);
      it.on('error', () => {});
      it.on('close', () => {
        open.delete(it);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  // By a name and no port: so it is there at once.
  const socket = join(tmpdir(), `incident-test-${randomUUID().slice(0, 13)}.sock`);
  server.listen(socket).unref();
  return {
    url: socket,
    cut() {
      server.close();
      for (const it of open) it.destroy();
    },
  };
}
