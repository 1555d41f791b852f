import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';

import { readSidecarSettings, type SidecarSettings } from '#src/config-sidecar.ts';
import { UserError } from '#src/errors.ts';
import { realClock } from '#src/jobs/clock.ts';

import { EventBuffer } from './buffer.ts';
import { Forwarder } from './forward.ts';
import { makeSidecarLog } from './log.ts';
import { receiver } from './receive.ts';

/** For what is still on its way when it is told to stop; the rest stays on the disk. */
const GRACE_MS = 10_000;
/** A sender that needs longer holds a connection for nothing. */
const REQUEST_MS = 30_000;
const CONNECTIONS = 256;

/** Takes events beside an application and forwards them; see README.md. */
async function start(settings: SidecarSettings): Promise<{ url: string; stop(): Promise<void> }> {
  const now = () => realClock.now();
  const log = makeSidecarLog(now, (line) => process.stdout.write(line));
  const buffer = new EventBuffer(settings.dataDir, settings);
  const forwarder = new Forwarder({ buffer, centre: settings.centre, key: settings.key, log });
  const server = createServer(receiver({ buffer, forwarder, log, now }));
  server.requestTimeout = REQUEST_MS;
  server.maxConnections = CONNECTIONS;
  server.listen(settings.port, settings.host);
  await once(server, 'listening').catch((error: unknown) => {
    buffer.close();
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError('conflict', `The address cannot be used: ${why}. Set PORT or HOST to another one.`);
  });
  forwarder.start();
  return {
    url: `http://${settings.host}:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const end = setTimeout(() => server.closeAllConnections(), GRACE_MS / 2);
      await closed;
      clearTimeout(end);
      await forwarder.stop(GRACE_MS);
      buffer.close();
    },
  };
}

try {
  const sidecar = await start(readSidecarSettings(process.env));
  process.stdout.write(`The sidecar is ready: ${sidecar.url}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void sidecar.stop().then(() => process.exit(0)));
  }
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
