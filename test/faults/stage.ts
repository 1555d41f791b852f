import { setTimeout as sleep } from 'node:timers/promises';

import { openDatabase } from '#src/db/open.ts';
import { startProgram, type Program } from '#test/support/program.ts';
import { makeTemporaryFolder, removeFolder } from '#test/support/temporary.ts';

import { SERVICES, startLoad } from './load.ts';

/** What came of one fault. */
export interface Outcome {
  /** One sentence for each thing that is not as it must be. */
  readonly wrong: readonly string[];
  readonly figures: Readonly<Record<string, unknown>>;
}

interface Staged {
  readonly program: Program;
  readonly load: ReturnType<typeof startLoad>;
  /** Anything else that went wrong. */
  readonly wrong: string[];
  /** Figures of this fault's own. */
  readonly figures: Record<string, unknown>;
}

interface Staging {
  readonly env: Readonly<Record<string, string>>;
  /** Where what was taken is looked for at the end; a function where that is known only then. */
  readonly look: () => { readonly dataDir: string; readonly databaseUrl?: string };
  /** As `DATABASE_URL` names it where the program runs; otherwise started in the ordinary way. */
  readonly start?: (env: Readonly<Record<string, string>>) => Promise<Program>;
  /** Whether it may end by itself, and is then started again. */
  readonly mayEnd?: boolean;
}

/** So long a sender waits at the most, however silent the network is. */
const LONGEST_WAIT_MS = 20_000;
const RTO_MS = 60_000;

/**
 * The program under load, a fault, and the account of it: what was taken must be there, each service must
 * have one incident, and nobody who tries twice may have noticed, unless `tells` says that they are told.
 */
export async function underLoad(
  { env, look, start = startProgram, mayEnd = false }: Staging,
  fault: (staged: Staged) => Promise<void>,
  { tells = false } = {},
): Promise<Outcome> {
  const folder = makeTemporaryFolder();
  const wrong: string[] = [];
  const figures: Record<string, unknown> = {};
  const program = await start({ DATA_DIR: folder, LOG_LEVEL: 'info', ...env });
  const load = startLoad(program.url);
  try {
    await load.flows();
    await sleep(1000);
    await fault({ program, load, wrong, figures });
    await within(load.flows(), RTO_MS).catch(() => wrong.push('It did not take alerts again.'));
    await load.stop();
    const { account } = load;
    if (account.noticed.length > 0 && !tells) {
      wrong.push(`${account.noticed.length} clients noticed: ${account.noticed.slice(0, 3).join('; ')}.`);
    }
    if (account.longestGapMs > RTO_MS) wrong.push('It took longer than a minute.');
    if (account.longestWaitMs > LONGEST_WAIT_MS) wrong.push('Somebody waited too long for an answer.');
    const ended = program.child.exitCode ?? program.child.signalCode;
    if (ended !== null && !mayEnd) wrong.push(`The program ended with ${ended}.`);
    await program.stop();
    const { lost, incidents } = await lookFor(account.taken, look());
    if (lost > 0) wrong.push(`${lost} alerts were taken and are lost.`);
    if (incidents !== SERVICES) wrong.push(`${SERVICES} services have ${incidents} incidents.`);
    return { wrong, figures: { ...shown(account), lost, ...figures } };
  } finally {
    await load.stop();
    await program.kill();
    removeFolder(folder);
  }
}

function shown(account: ReturnType<typeof startLoad>['account']) {
  return {
    taken: account.taken.size,
    rtoS: seconds(account.longestGapMs),
    longestWaitS: seconds(account.longestWaitMs),
    noticed: account.noticed.length,
    answers: Object.fromEntries(account.statuses),
    said: [...account.sentences],
  };
}

export function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

/** How many of these are not there, and how many incidents are. */
async function lookFor(
  ids: ReadonlySet<string>,
  place: { readonly dataDir: string; readonly databaseUrl?: string },
): Promise<{ lost: number; incidents: number }> {
  const { db, close } = await openDatabase(place);
  try {
    const rows = await db.selectFrom('alertEvents').select('externalId').execute();
    const there = new Set(rows.map((it) => it.externalId));
    const incidents = await db
      .selectFrom('incidents')
      .select('number')
      .where('title', 'like', 'Errors in %')
      .execute();
    return { lost: [...ids].filter((it) => !there.has(it)).length, incidents: incidents.length };
  } finally {
    await close();
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not within ${ms} ms`)), ms);
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
