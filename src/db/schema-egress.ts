import type { Generated, JSONColumnType, Selectable } from 'kysely';

/** What left for a model. */
export interface EgressSchema {
  egress: EgressTable;
}

interface EgressTable {
  id: Generated<number>;
  call: string;
  at: Date;
  incident: number | null;
  task: string;
  model: string;
  bytes: number;
  sha256: string;
  text: string;
  removed: JSONColumnType<Readonly<Record<string, number>>>;
}

export type EgressRow = Selectable<EgressTable>;
