import { sql } from 'kysely';

import type { Environment } from '#src/incident/incident.ts';

import type { Tx } from './schema.ts';

/** More are a storm of any size. */
const MOST = 1000;

/** The open incidents that alerts opened since then in these environments, the earliest first. */
export async function openedSince(
  tx: Tx,
  environments: readonly Environment[],
  since: Date,
): Promise<{ number: number; environment: string; service: string | null }[]> {
  return await tx
    .selectFrom('incidents')
    .select(['number', 'environment', sql<string | null>`resource->>'name'`.as('service')])
    .where('createdAt', '>=', since)
    .where('groupKey', 'is not', null)
    .where('status', 'not in', ['RESOLVED', 'CLOSED'])
    .where('environment', 'in', [...environments])
    .orderBy('number')
    .limit(MOST)
    .execute();
}

/** Which of these incidents have been reopened before. */
export async function reopenedBefore(tx: Tx, numbers: readonly number[]): Promise<Set<number>> {
  if (numbers.length === 0) return new Set();
  const rows = await tx
    .selectFrom('incidentEvents')
    .select('incident')
    .distinct()
    .where('incident', '=', sql<number>`any(${numbers}::bigint[])`)
    .where('type', '=', 'incident.reopened')
    .execute();
  return new Set(rows.map((it) => it.incident));
}
