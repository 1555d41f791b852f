import { sql } from 'kysely';

import type { Db, Reader } from './schema.ts';

/** What the database can do for a search of vectors and of misspelt words. */
export interface VectorPowers {
  /** The version of pgvector; null: it is not here, and vectors are compared by the program. */
  readonly vector: string | null;
  readonly trigram: string | null;
  /** What is missing and how to get it, as a sentence; null: nothing. */
  readonly missing: string | null;
}

/** pgvector indexes no longer vectors; those are compared one by one. */
const LONGEST_INDEXED = 2000;
const INDEX = 'incident_memories_near';

/**
 * Makes sure of the extensions where the server has them, and of an index over the vectors of this model. The
 * vectors are kept as plain arrays, so nothing is lost where an extension comes or goes. Safe to repeat.
 */
export async function prepareVectors(
  db: Db,
  { model, dimensions }: { readonly model: string; readonly dimensions: number },
): Promise<VectorPowers> {
  const vector = await extension(db, 'vector');
  const trigram = await extension(db, 'pg_trgm');
  const canIndex = vector.version === null || (await hasIndexes(db));
  if (vector.version !== null && canIndex) await indexVectors(db, model, dimensions);
  if (trigram.version !== null) await indexWords(db);
  const tooOld = canIndex ? null : TOO_OLD;
  const missing = [vector.missing, tooOld, trigram.missing].filter((it) => it !== null).join(' ');
  return { vector: vector.version, trigram: trigram.version, missing: missing === '' ? null : missing };
}

/** Whether vectors of this length can be compared in the database, and misspelt words looked for. */
export async function powersOf(r: Reader): Promise<{ vector: boolean; trigram: boolean }> {
  const { rows } = await sql<{ vector: boolean; trigram: boolean }>`
    select to_regtype('vector') is not null as vector,
      exists (select from pg_extension where extname = 'pg_trgm') as trigram`.execute(r);
  return rows[0] ?? { vector: false, trigram: false };
}

/** As it is written in the index and in every query that is to use it. */
export function asVector(dimensions: number) {
  return sql`(vector::vector(${sql.lit(wholeNumber(dimensions))}))`;
}

const NAMES = {
  vector: 'pgvector (the package postgresql-<version>-pgvector)',
  pg_trgm: 'pg_trgm (the package postgresql-contrib)',
} as const;

async function extension(
  db: Db,
  name: keyof typeof NAMES,
): Promise<{ readonly version: string | null; readonly missing: string | null }> {
  const { rows } = await sql<{ available: string | null; installed: string | null }>`
    select default_version as available, installed_version as installed
    from pg_available_extensions where name = ${name}`.execute(db);
  const { available, installed } = rows[0] ?? { available: null, installed: null };
  if (installed !== null) return { version: installed, missing: null };
  if (available === null) return { version: null, missing: `Install ${NAMES[name]} on the database server.` };
  try {
    await sql`create extension if not exists ${sql.id(name)}`.execute(db);
    return { version: available, missing: null };
  } catch {
    // Nobody but an owner may; and two programs that start at once may both try.
    const { rows: now } = await sql`select from pg_extension where extname = ${name}`.execute(db);
    if (now.length > 0) return { version: available, missing: null };
    return { version: null, missing: `Have an admin of the database run: create extension ${name};` };
  }
}

/** What some systems still ship compares vectors, but has none of the indexes that are made here. */
async function hasIndexes(db: Db): Promise<boolean> {
  return (await sql`select from pg_am where amname = 'hnsw'`.execute(db)).rows.length > 0;
}

const TOO_OLD =
  'Update pgvector to 0.5 or later on the database server and have an admin run: alter extension vector update;';

/** Of one model and length alone: when the model changes the index is made anew, empty, and grows as vectors are made. */
async function indexVectors(db: Db, model: string, dimensions: number): Promise<void> {
  const { rows } = await sql<{ says: string }>`
    select indexdef as says from pg_indexes where indexname = ${INDEX}`.execute(db);
  const says = rows[0]?.says ?? '';
  const wanted = [
    `vector(${wholeNumber(dimensions)})`,
    `${literal(model)}::text`,
    `dimensions = ${dimensions}`,
  ];
  if (rows.length > 0 && wanted.every((it) => says.includes(it))) return;
  await db.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`drop index if exists ${sql.id(INDEX)}`.execute(tx);
    if (dimensions > LONGEST_INDEXED) return;
    await sql`create index ${sql.id(INDEX)} on incident_memories
      using hnsw (${asVector(dimensions)} vector_cosine_ops)
      where model = ${sql.lit(model)} and dimensions = ${sql.lit(dimensions)}`.execute(tx);
  });
}

async function indexWords(db: Db): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`create index if not exists incident_memories_misspelt on incident_memories
      using gin (words gin_trgm_ops)`.execute(tx);
  });
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function wholeNumber(it: number): number {
  if (!Number.isSafeInteger(it) || it < 1) throw new RangeError(`vectors of ${it} numbers`);
  return it;
}
