import { sql } from 'kysely';

import type { CatalogueService } from '#src/cause/catalogue.ts';
import type { Viewer } from '#src/incident/privacy.ts';

import { visibleTo } from './incidents.ts';
import type { Reader, Tx } from './schema.ts';

/** Every service that is known, by id. */
export async function listServices(r: Reader): Promise<CatalogueService[]> {
  const rows = await r.selectFrom('services').select('definition').orderBy('id').execute();
  return rows.map((it) => it.definition);
}

export async function saveService(tx: Tx, service: CatalogueService, now: Date): Promise<void> {
  const values = { definition: JSON.stringify(service), updatedAt: now };
  await tx
    .insertInto('services')
    .values({ id: service.id, ...values })
    .onConflict((it) => it.column('id').doUpdateSet(values))
    .execute();
}

export async function removeServices(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .deleteFrom('services')
    .where('id', 'in', [...ids])
    .execute();
}

/** Open incidents that name one of these, or have an alert of it, and that `viewer` may see: their numbers, the latest first. */
export async function openIncidentsOf(
  r: Reader,
  names: readonly string[],
  { viewer, limit }: { readonly viewer: Viewer; readonly limit: number },
): Promise<number[]> {
  const wanted = sql`any(${names.map((it) => it.toLowerCase())}::text[])`;
  const visible = viewer.role === 'admin' ? sql`true` : visibleTo(viewer.id);
  const { rows } = await sql<{ number: number }>`
    select number from incidents
    where status not in ('RESOLVED', 'CLOSED') and ${visible} and (
      lower(resource ->> 'name') = ${wanted}
      or exists (select from alerts where alerts.incident = number and lower(alerts.service) = ${wanted}))
    order by number desc limit ${limit}`.execute(r);
  return rows.map((it) => it.number);
}
