import { pipeline } from 'node:stream/promises';

import type { Express, Request, Response } from 'express';

import { demand } from '#src/access/who.ts';
import { logAccess } from '#src/db/access-log.ts';
import { UserError } from '#src/errors.ts';

import { handler, requestId, type Door } from './door.ts';
import { identify } from './identify.ts';

const PATH = '/api/v1/backup';

/**
 * The whole database as one file, for an admin, while everything goes on. It is no route as the others are, because
 * its answer is a stream. One that is cut off ends without its last part, so nobody takes it for a whole one.
 */
export function mountBackup(app: Express, door: Door): void {
  app.get(
    PATH,
    handler(door, PATH, async (request, response) => await answer(door, request, response)),
  );
}

async function answer({ deps, state }: Door, request: Request, response: Response): Promise<void> {
  const id = requestId(request, response, deps.newId);
  // It holds all secrets, so another site's page must not have a visitor of this machine fetch it.
  const who = await identify(request, deps, { unsafe: true });
  demand(who, 'admin');
  if (!deps.backup) {
    throw new UserError(
      'conflict',
      'The data is in a PostgreSQL, which is backed up by its own programs: pg_dump -Fc, or continuous archiving.',
    );
  }
  if (state.stopping) throw new UserError('busy', 'This program stops. Try again when it is back.');
  const packed = await deps.backup();
  try {
    await logAccess(deps.db, { at: deps.now(), actor: who.actor, action: 'backup.made', details: {} });
  } catch (error) {
    packed.destroy();
    throw error;
  }
  response.writeHead(200, {
    'Content-Type': 'application/gzip',
    'Content-Disposition': `attachment; filename="incidents-${deps.now().toISOString().slice(0, 10)}.tar.gz"`,
    'Cache-Control': 'no-store',
  });
  await pipeline(packed, response).catch((error: unknown) => {
    deps.log.warn({ err: error, id }, 'a backup was not read to its end');
    response.destroy();
  });
}
