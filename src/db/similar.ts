import { sql, type RawBuilder } from 'kysely';
import { toSql } from 'pgvector/kysely';

import type { Severity } from '#src/incident/incident.ts';
import type { Viewer } from '#src/incident/privacy.ts';
import { cosine } from '#src/search/embedder.ts';
import { hashed, HASHING } from '#src/search/hashing.ts';
import { rankByLikeness, type Described, type Past, type Reason } from '#src/search/likeness.ts';
import { wordsOf } from '#src/search/words.ts';

import { visibleTo } from './incidents.ts';
import { describe } from './memories.ts';
import type { Reader } from './schema.ts';
import { asVector, powersOf } from './vectors.ts';

/** A past incident that a person ended, and what is known of it. */
export interface Similar {
  readonly number: number;
  readonly title: string;
  readonly severity: Severity;
  readonly service: string | null;
  /** From 0 to 1; says which is nearer, not how probable it is. */
  readonly score: number;
  /** In words, never empty. */
  readonly why: readonly Reason[];
  /** The same alert rule on the same service. */
  readonly isClear: boolean;
  /** What people confirmed; null: nobody said. */
  readonly cause: string | null;
  readonly fix: string | null;
  readonly overAt: Date;
  readonly lastedMs: number;
}

export interface SimilarQuery {
  /** Like this incident, which is then none of them; or like these words. */
  readonly number?: number;
  readonly text?: string;
  readonly viewer: Viewer;
  readonly limit: number;
  readonly now: Date;
  /** Of what is searched for; left out, it is hashed. Compared with vectors of the same model alone. */
  readonly vector?: { readonly model: string; readonly values: readonly number[] };
}

/**
 * The past incidents that are most like it and that the viewer may see, the nearest first. Words, vectors, rules and the
 * service each propose a bounded number; those are compared in the program. Throws `not_found`.
 */
export async function similarIncidents(r: Reader, query: SimilarQuery): Promise<Similar[]> {
  const { number = null, text = '', now, limit } = query;
  const asked = number === null ? { service: null, rules: [], text } : await describe(r, number);
  const vector = query.vector ?? { model: HASHING, values: hashed(asked.text) };
  const found = await poolOf(r, asked, { ...query, number, vector });
  const pool = found.map((it) => ({
    ...it,
    cosine: it.near ?? (it.vector && cosine(vector.values, it.vector)),
  }));
  return rankByLikeness(asked, pool, now)
    .slice(0, limit)
    .map(({ past, score, why, isClear }) => {
      const { number: of, title, severity, service, cause, fix, overAt, lastedMs } = past;
      return { number: of, title, severity, service, score, why, isClear, cause, fix, overAt, lastedMs };
    });
}

type Found = Omit<Past, 'cosine'> &
  Pick<Similar, 'number' | 'title' | 'severity' | 'cause' | 'fix' | 'lastedMs'> & {
    readonly near: number | null;
    readonly vector: number[] | null;
  };

/** How many each sign may propose. pgvector looks at 40 neighbours unless told otherwise. */
const MOST = { near: 40, words: 60, rule: 40, service: 20 } as const;

interface Asking {
  readonly number: number | null;
  readonly viewer: Viewer;
  readonly vector: { readonly model: string; readonly values: readonly number[] };
}

async function poolOf(
  r: Reader,
  { service, rules, text }: Described,
  { number, viewer, vector }: Asking,
): Promise<Found[]> {
  const [powers, size] = [await powersOf(r), await sizeOfPast(r)];
  const words = [...new Set(wordsOf(text))].slice(0, MOST_WORDS);
  const isNear = powers.vector && vector.values.some((it) => it !== 0);
  const proposals = [
    byWords(await tellingOf(r, words, size)),
    byRules(rules, await sharesOf(r, 'rules', rules)),
    sql`(select incident from incident_memories where service = ${service} order by over_at desc limit ${MOST.service})`,
    ...(isNear ? [byVector(vector)] : []),
    ...(!isNear && powers.trigram && size <= MOST_TO_SPELL ? await byTrigrams(r, words) : []),
  ];
  const near = isNear ? nearness(vector) : sql`null::float8`;
  const own = isNear
    ? sql`null::real[]`
    : sql`case when m.model = ${vector.model} and m.dimensions = ${vector.values.length} then m.vector end`;
  const visible = viewer.role === 'admin' ? sql`true` : visibleTo(viewer.id);
  const { rows } = await sql<Found>`
    with pool as materialized (${sql.join(proposals, sql` union `)})
    select number, title, severity, m.service, m.rules, m.text, m.cause, m.fix, m.over_at, m.lasted_ms,
      ${near} as near, ${own} as vector
    from pool join incident_memories as m using (incident) join incidents on number = m.incident
    where ${visible} and m.incident is distinct from ${number}
    order by number`.execute(r);
  return rows;
}

/** More words than these say no more. */
const MOST_WORDS = 40;

/** Words that all together at most this share of the past has are looked for, and this many of it; two are, whatever they are. */
const MOST_OF_ALL = 0.1;
const MOST_SAY_IT = 1500;
const LEAST_TELLING = 2;

/** In a longer past misspelt words are not looked for: that takes a second there, and pgvector does it better. */
const MOST_TO_SPELL = 50_000;

/** How many are remembered, as the database last counted them. */
async function sizeOfPast(r: Reader): Promise<number> {
  const { rows } = await sql<{ size: number }>`
    select reltuples::float8 as size from pg_class where oid = 'incident_memories'::regclass`.execute(r);
  return rows[0]?.size ?? 0;
}

/**
 * The rarest of the words, as the planner's statistics know them: what a third of all incidents say finds nothing
 * and would have a third of all read. Without statistics, in a small table, all of them.
 */
async function tellingOf(r: Reader, words: readonly string[], size: number): Promise<string[]> {
  const shares = await sharesOf(r, 'tokens', words);
  const most = Math.min(MOST_OF_ALL, size > 0 ? Math.max(MOST_SAY_IT, MOST.words) / size : 1);
  let sum = 0;
  return words
    .toSorted((a, b) => (shares.get(a) ?? 0) - (shares.get(b) ?? 0))
    .filter((word, place) => {
      sum += shares.get(word) ?? 0;
      return place < LEAST_TELLING || sum <= most;
    });
}

/** In which share of the past each is, from 0 to 1, where that is often. */
async function sharesOf(
  r: Reader,
  column: 'tokens' | 'rules',
  words: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ word: string; share: number }>`
    select word, share from pg_stats,
      unnest(most_common_elems::text::text[], most_common_elem_freqs) as often(word, share)
    where schemaname = current_schema() and tablename = 'incident_memories' and attname = ${column}
      and word = any(${words}::text[])`.execute(r);
  return new Map(rows.map(({ word, share }) => [word, share]));
}

/** So often the last ones of a rule are found by going back in time; of one that is rarer one would go back to the beginning. */
const OFTEN = 0.001;

function byRules(rules: readonly string[], shares: ReadonlyMap<string, number>): RawBuilder<unknown> {
  const ruled = sql`select incident, over_at from incident_memories where rules && ${rules}::text[]`;
  const isOften = [...shares.values()].some((it) => it >= OFTEN);
  // `offset 0`: all of them are found first, and then sorted.
  const among = isOften ? ruled : sql`select * from (${ruled} offset 0) as ruled`;
  return sql`(select incident from (${among} order by over_at desc limit ${MOST.rule}) as latest)`;
}

/** Those that have most of the words. Of a very long past some that have any of them are compared, and not all. */
function byWords(words: readonly string[]): RawBuilder<unknown> {
  const query = words.map((it) => `'${it}'`).join(' | ');
  return sql`(select incident from (
      select incident, over_at, ts_rank(tokens, asked) as rank
      from incident_memories, to_tsquery('simple', ${query}) as asked where tokens @@ asked limit ${2 * MOST_SAY_IT}
    ) as said order by rank desc, over_at desc limit ${MOST.words})`;
}

function byVector({ model, values }: Asking['vector']): RawBuilder<unknown> {
  return sql`(select incident from incident_memories where model = ${sql.lit(model)}
      and dimensions = ${sql.lit(values.length)}
    order by ${asVector(values.length)} <=> ${toSql([...values])}::vector limit ${MOST.near})`;
}

function nearness({ model, values }: Asking['vector']): RawBuilder<unknown> {
  return sql`case when m.model = ${sql.lit(model)} and m.dimensions = ${values.length}
    then 1 - (m.vector::vector(${sql.lit(values.length)}) <=> ${toSql([...values])}::vector) end`;
}

/** Without an index of vectors, words that nobody ever wrote so are looked for as misspelt ones. */
async function byTrigrams(r: Reader, words: readonly string[]): Promise<RawBuilder<unknown>[]> {
  const { rows } = await sql<{ word: string }>`
    select word from unnest(${words}::text[]) as word
    where not exists (select from incident_memories where tokens @@ to_tsquery('simple', '''' || word || ''''))
    limit ${MOST_MISSPELT}`.execute(r);
  return rows.map(
    ({ word }) => sql`(select incident from incident_memories where words %> ${word} limit ${MOST.words})`,
  );
}

const MOST_MISSPELT = 3;
