import type { JSONColumnType } from 'kysely';

import type { CatalogueService } from '#src/cause/catalogue.ts';
import type { ChangeKind, ChangeStatus } from '#src/changes/change.ts';
import type { Environment } from '#src/incident/incident.ts';

/** Changes, and the catalogue of services. */
export interface ChangesSchema {
  changes: ChangeTable;
  services: { id: string; definition: JSONColumnType<CatalogueService>; updatedAt: Date };
}

interface ChangeTable {
  id: string;
  source: string;
  kind: ChangeKind;
  service: string | null;
  environment: Environment | null;
  title: string;
  author: string | null;
  url: string | null;
  startedAt: Date;
  endedAt: Date | null;
  status: ChangeStatus;
  size: number | null;
  details: JSONColumnType<Record<string, string>>;
  /** When it was last told of. */
  heardAt: Date;
}
