import { listHeartbeats } from '#src/db/heartbeats.ts';
import type { HeartbeatRow, SyntheticPageRow } from '#src/db/schema-people.ts';
import { lastSyntheticPage, syntheticPage, type SyntheticPage } from '#src/db/synthetic-pages.ts';
import type { Context } from '#src/engine/context.ts';

type Eyes = Pick<Context, 'db'>;

/** Every heartbeat that is expected, by id. */
export async function heartbeatsAt({ db }: Eyes): Promise<readonly HeartbeatRow[]> {
  return await listHeartbeats(db);
}

/** When the weekly test page is sent, null for never; and what became of the last. */
export async function testPageAt({ db }: Eyes): Promise<{
  readonly setting: SyntheticPage | null;
  readonly last: SyntheticPageRow | null;
}> {
  return { setting: await syntheticPage(db), last: await lastSyntheticPage(db) };
}

/** The address that a heartbeat is sent to. It is a secret: whoever has it can say that all is well. */
export function heartbeatUrl(publicUrl: string, { id, key }: Pick<HeartbeatRow, 'id' | 'key'>): string {
  return `${publicUrl}/api/v1/heartbeats/${id}/${key}`;
}
