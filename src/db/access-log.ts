import type { Actor } from '#src/incident/person.ts';

import type { Reader } from './schema.ts';

/** What is worth knowing later about who may get in. */
export type AccessAction =
  | 'key.created'
  | 'key.revoked'
  | 'link.created'
  | 'link.used'
  | 'session.ended'
  | 'person.saved'
  | 'team.saved'
  | 'identity.linked'
  | 'job.dropped'
  | 'job.retried'
  | 'backup.made'
  | 'setup.applied'
  | 'heartbeat.saved'
  | 'heartbeat.removed';

export interface AccessEntry {
  readonly at: Date;
  readonly actor: Actor;
  readonly action: AccessAction;
  /** Never a secret. */
  readonly details: Readonly<Record<string, unknown>>;
}

export async function logAccess(r: Reader, entry: AccessEntry): Promise<void> {
  await r
    .insertInto('accessLog')
    .values({
      ...entry,
      actor: JSON.stringify(entry.actor),
      details: JSON.stringify(entry.details),
    })
    .execute();
}

/** Newest first; `before` is the id of the last one already seen. */
export async function listAccess(
  r: Reader,
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
): Promise<(AccessEntry & { readonly id: number })[]> {
  let query = r.selectFrom('accessLog').selectAll();
  if (before !== undefined) query = query.where('id', '<', before);
  const rows = await query.orderBy('id', 'desc').limit(limit).execute();
  return rows.map((row) => ({
    ...row,
    action: row.action as AccessAction,
    details: row.details as Record<string, unknown>,
  }));
}
