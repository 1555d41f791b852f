import { check, type Wrong } from './check.ts';
import { play } from './play.ts';
import { SIDE_BY_SIDE, writeScript } from './script.ts';
import { openStage } from './stage.ts';

export { SIDE_BY_SIDE };

/** What came of many runs. */
export interface Total {
  runs: number;
  kills: number;
  drops: number;
  jumps: number;
  breakers: number;
  /** Orders that a provider did not answer as it should. */
  providerErrors: number;
  levels: number;
  pages: number;
  taken: number;
  /** Levels that were due while the program or the database was away, or the clock jumped over them. */
  excused: number;
  latestMs: number;
  /** After how many milliseconds the same order, with the same key, came again. */
  readonly repeats: number[];
  readonly wrong: Wrong[];
}

/** Plays so many runs of a seed, in groups that share a process. */
export async function total({
  seed,
  first,
  runs,
  told,
}: {
  readonly seed: number;
  readonly first: number;
  readonly runs: number;
  /** After each group: what came of all so far, and what was wrong in this one. */
  readonly told: (so: Total, wrong: readonly Wrong[]) => void;
}): Promise<Total> {
  const all: Total = {
    runs: 0,
    kills: 0,
    drops: 0,
    jumps: 0,
    breakers: 0,
    providerErrors: 0,
    levels: 0,
    pages: 0,
    taken: 0,
    excused: 0,
    latestMs: 0,
    repeats: [],
    wrong: [],
  };
  const stage = await openStage();
  try {
    for (let from = first; from < first + runs; from += SIDE_BY_SIDE) {
      const script = writeScript(seed, from, Math.min(SIDE_BY_SIDE, first + runs - from));
      const played = await play(stage, script, seed);
      const found = await check(stage.db, script, played);
      const spans = Map.groupBy(played.faults.spans, (it) => it.kind);
      all.runs += script.runs.length;
      all.kills += spans.get('kill')?.length ?? 0;
      all.drops += spans.get('drop')?.length ?? 0;
      all.jumps += spans.get('jump')?.length ?? 0;
      all.breakers += spans.get('breaker')?.length ?? 0;
      all.providerErrors += played.wire.handed.filter((it) => it.answer !== 'ok').length;
      all.levels += found.levels;
      all.pages += found.pages;
      all.taken += found.taken;
      all.excused += found.excused;
      all.latestMs = Math.max(all.latestMs, found.latestMs);
      all.repeats.push(...found.repeats);
      all.wrong.push(...found.wrong);
      told(all, found.wrong);
    }
  } finally {
    await stage.close();
  }
  return all;
}

/** The same in figures. */
export function count({ wrong, repeats, ...figures }: Total): Record<string, number | boolean> {
  const sort = (word: string) => wrong.filter((it) => it.what.includes(word)).length;
  return {
    ok: wrong.length === 0,
    ...figures,
    lost: sort('lost: '),
    twice: sort('twice: '),
    late: sort('late: ') + sort('early: '),
    wrong: wrong.length,
    repeats: repeats.length,
    longestRepeatMs: Math.max(0, ...repeats),
  };
}
