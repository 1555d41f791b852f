import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Settings } from './config.ts';
import { UserError } from './errors.ts';

/** Takes the address before anything else, so that a second program stops here; until all is built it asks to wait. */
export async function listen(settings: Settings): Promise<{ server: Server; url: string }> {
  const server = createServer((_, response) => {
    response.writeHead(503, { 'Retry-After': '1', 'Content-Type': 'application/json' });
    response.end(
      JSON.stringify({ error: 'SERVICE_UNAVAILABLE', message: 'Starting. Try again in a second.' }),
    );
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(settings.port, settings.host, resolve);
  await promise.catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError('conflict', `The address cannot be used: ${why}. Set PORT or HOST to another one.`);
  });
  const { port } = server.address() as AddressInfo;
  return { server, url: settings.publicUrl.replace(/:0$/, `:${port}`) };
}
