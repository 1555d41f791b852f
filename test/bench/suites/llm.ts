import { migrate } from '#src/db/migrate.ts';
import { modelLedger } from '#src/db/model-calls.ts';
import { openDatabase } from '#src/db/open.ts';
import { claude } from '#src/llm/claude.ts';
import { classifyTask } from '#src/llm/tasks/classify.ts';
import { startClaude } from '#test/support/claude/double.ts';
import { testDoor } from '#test/support/model-door.ts';

import { percentiles, round } from '../load.ts';
import type { Place } from '../places.ts';
import { paged1000, type Paged } from './paging.ts';

/** Of each run; there are three for each delay. */
const SECONDS = Number(process.env['BENCH_N'] ?? 20);
const FIRST_BYTE_MS = [50, 2000, 30_000] as const;
const CACHED = 300;
/** Rules do not know what kind of alert it is, so that a model is asked about each afterwards. */
const RUN = { seconds: SECONDS, category: 'other' };

/**
 * What a model costs those who wait for a page: nothing. The same alerts with no model, then with a local
 * double of the API whose first byte comes after 50 ms, 2 s and 30 s, then with none again: the database grows
 * from run to run, so a run with a model is held against the mean of the two around it. All settings are those of
 * a new installation. And how long an answer takes that is in the cache. It says nothing about how good answers are.
 */
export async function llm(place: Place): Promise<Readonly<Record<string, unknown>>> {
  const runs: Record<string, unknown>[] = [];
  for (const delayMs of FIRST_BYTE_MS) {
    const without = await paged1000(place.env, { ...RUN, run: `without-${delayMs}` });
    const double = await startClaude({ delayMs, now: () => new Date() });
    try {
      const withModel = await paged1000({ ...place.env, ...double.env }, { ...RUN, run: `with-${delayMs}` });
      const again = await paged1000(place.env, { ...RUN, run: `again-${delayMs}` });
      const requests = double.journal.length;
      runs.push({ firstByteMs: delayMs, requests, ...compared([without, again], withModel) });
    } finally {
      await double.stop();
    }
  }
  return { asked: 'ratios <= 1.05, cached p95 < 5 ms', runs, cachedMs: await cached(place) };
}

function compared(without: readonly Paged[], withModel: Paged): Record<string, unknown> {
  const before = without.map(({ paged }) => percentiles(paged));
  const after = percentiles(withModel.paged);
  const answered = without.map(({ answeredMs }) => answeredMs);
  return {
    answeredMs: { without: answered, with: withModel.answeredMs },
    pagedMs: { without: before, with: after },
    answeredRatio: ratio(withModel.answeredMs.p50, answered),
    pagedRatio: ratio(after.p50, before),
    lost: withModel.lost,
  };
}

function ratio(one: number, others: readonly { readonly p50: number }[]): number {
  const mean = others.reduce((sum, { p50 }) => sum + p50, 0) / others.length;
  return Math.round((one / mean) * 1000) / 1000;
}

/** The real task, through the real door, on this database. */
async function cached(place: Place): Promise<Readonly<Record<string, number>>> {
  const { db, close } = await openDatabase({ dataDir: place.dataDir, databaseUrl: place.databaseUrl });
  const double = await startClaude();
  try {
    await migrate(db);
    const provider = claude({ apiKey: double.key, baseUrl: double.url });
    const { door } = testDoor({ providers: [provider], ledger: modelLedger(db), now: () => new Date() });
    const [input] = classifyTask.samples;
    if (!input) throw new Error('the task has no sample');
    const about = { incident: null, isPrivate: false, priority: 'later' } as const;
    const first = await door.ask(classifyTask, input, about);
    if (first.source !== 'model') throw new Error(`the double did not answer: ${first.why}`);
    const times: number[] = [];
    for (let asked = 0; asked < CACHED; asked += 1) {
      const start = performance.now();
      const { source } = await door.ask(classifyTask, input, about);
      times.push(performance.now() - start);
      if (source !== 'cache') throw new Error('it was not in the cache');
    }
    return { asked: CACHED, ...percentiles(times), requests: round(double.journal.length) };
  } finally {
    await double.stop();
    await close();
  }
}
