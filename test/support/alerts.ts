import type { AlertRow, Reader } from '#src/db/schema.ts';

/** Every alert of an incident, as it stands in the database. */
export async function alertsOf(r: Reader, incident: number): Promise<AlertRow[]> {
  return await r
    .selectFrom('alerts')
    .selectAll()
    .where('incident', '=', incident)
    .orderBy('state')
    .orderBy('firedAt', 'desc')
    .execute();
}
