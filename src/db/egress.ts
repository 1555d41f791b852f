import { createHash } from 'node:crypto';

import { UserError } from '#src/errors.ts';
import { shortName } from '#src/incident/incident.ts';
import { shorten } from '#src/incident/text.ts';
import type { EgressEntry } from '#src/llm/egress.ts';

import type { EgressRow } from './schema-egress.ts';
import type { Db, Reader } from './schema.ts';

/** Of what was sent so many characters are kept (contracts 5.3); its hash and its size are of all of it. */
const KEPT = 10_000;

/** What left for a model, without its text. `id` counts all entries up. */
export type Departure = Omit<EgressRow, 'text'>;

/** Writes down what is about to leave. */
export async function keepEgress(db: Db, { text, removed, ...entry }: EgressEntry): Promise<void> {
  await db
    .insertInto('egress')
    .values({
      ...entry,
      bytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
      text: shorten(text, KEPT),
      removed: JSON.stringify(removed),
    })
    .execute();
}

/** Newest first; `before` is the id of the last one already seen. `incident` null: about none, or about many; undefined: all of them. */
export async function listEgress(
  r: Reader,
  {
    incident,
    before,
    limit,
  }: {
    readonly incident?: number | null | undefined;
    readonly before?: number | undefined;
    readonly limit: number;
  },
): Promise<Departure[]> {
  let query = r
    .selectFrom('egress')
    .select(['id', 'call', 'at', 'incident', 'task', 'model', 'bytes', 'sha256', 'removed']);
  if (incident === null) query = query.where('incident', 'is', null);
  else if (incident !== undefined) query = query.where('incident', '=', incident);
  if (before !== undefined) query = query.where('id', '<', before);
  return await query.orderBy('id', 'desc').limit(limit).execute();
}

/** How often something left about an incident, and how many bytes in all. */
export async function sumEgress(
  r: Reader,
  incident: number,
): Promise<{ readonly count: number; readonly bytes: number }> {
  const { count, bytes } = await r
    .selectFrom('egress')
    .select((it) => [it.fn.countAll<number>().as('count'), it.fn.sum<number | null>('bytes').as('bytes')])
    .where('incident', '=', incident)
    .executeTakeFirstOrThrow();
  return { count, bytes: bytes ?? 0 };
}

/** With its text. Throws `not_found` also for one of another incident. */
export async function findEgress(r: Reader, incident: number, id: number): Promise<EgressRow> {
  const found = await r
    .selectFrom('egress')
    .selectAll()
    .where('incident', '=', incident)
    .where('id', '=', id)
    .executeTakeFirst();
  if (found) return found;
  throw new UserError(
    'not_found',
    `Nothing with the number ${id} left about ${shortName(incident)}; \`egress ${shortName(incident)}\` lists what did.`,
  );
}

/** Forgets what left before then. */
export async function forgetEgress(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('egress').where('at', '<', before).execute();
}
