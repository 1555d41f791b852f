import { similarAt } from '#src/chat/look-similar.ts';
import { saveLikeness } from '#src/db/likenesses.ts';
import {
  anyRemembered,
  keepVectors,
  remember as rememberIn,
  unembedded,
  type Unembedded,
} from '#src/db/memories.ts';
import type { Db } from '#src/db/schema.ts';
import { setTimers } from '#src/db/timers.ts';
import { prepareVectors } from '#src/db/vectors.ts';
import { ProviderError } from '#src/errors.ts';

import type { Deps } from './deps.ts';
import { MODEL, PRIORITY, type Errand, type Reaction } from './reaction.ts';

/** What a person ended is remembered as it then was, and forgotten when it is opened again. */
export const remember: Reaction<Deps> = {
  name: 'remember',
  whole: true,
  priority: PRIORITY.enrichment,
  on: [
    'incident.resolved',
    'incident.closed',
    'incident.reopened',
    'incident.edited',
    'incident.merged',
    'incident.duplicate_absorbed',
  ],
  async run({ incident }, { db, now, system }) {
    await db.transaction().execute(async (tx) => {
      const isRemembered = await rememberIn(tx, incident);
      if (isRemembered) await setTimers(tx, [{ ...EMBED, at: now() }]);
    });
    system.committed();
  },
};

const EMBED = { kind: 'embed', incident: null, subject: 'memories' } as const;

/** Texts at a time: on the built-in database their places in the index take 0.2 s, in which others wait. */
const BATCH = 32;
/** So that others get their turn, and a server elsewhere is asked at most so often. */
const PAUSE_MS = 1000;
/** Where it was refused for good (a wrong key, nothing may leave) it is tried again when somebody may have put it right. */
const REFUSED_MS = 3_600_000;

/**
 * Makes the vectors that are missing, a few at a time: of what was remembered since, and of everything when the
 * model changed. It knows what is missing from what is there, so it goes on wherever it was killed.
 */
export const embed: Errand<Deps> = {
  name: 'embed',
  kinds: ['embed'],
  priority: PRIORITY.tidying,
  async run(_, deps) {
    const { db, embedder, now, system } = deps;
    const { model, dimensions, isLocal } = embedder;
    await prepareVectors(db, embedder);
    const missing = await unembedded(db, { model, dimensions, withPrivate: isLocal, limit: BATCH });
    if (missing.length === 0) return;
    const vectors = await vectorsOf(deps, missing);
    if (vectors) {
      const kept = missing.map((it, index) => ({ ...it, vector: vectors[index] ?? [] }));
      await keepVectors(db, model, kept);
    }
    const at = new Date(now().getTime() + (vectors ? PAUSE_MS : REFUSED_MS));
    await db.transaction().execute(async (tx) => await setTimers(tx, [{ ...EMBED, at }]));
    system.committed();
  },
};

/** Null where it was refused for good. */
async function vectorsOf(
  { embedder, calling }: Pick<Deps, 'embedder' | 'calling'>,
  missing: readonly Unembedded[],
): Promise<number[][] | null> {
  const texts = missing.map(({ text }) => text);
  const of = missing.map(({ incident }) => incident);
  const make = async (signal: AbortSignal) => await embedder.embed(texts, 'document', signal, of);
  try {
    return embedder.isLocal ? await make(new AbortController().signal) : await calling('embeddings', make);
  } catch (error) {
    if (error instanceof ProviderError && !error.retry) return null;
    throw error;
  }
}

/** At the start: the model may be another one than before, and an extension may have come. */
export async function resumeRemembering({
  db,
  now,
  committed,
}: {
  readonly db: Db;
  readonly now: () => Date;
  readonly committed: () => void;
}): Promise<void> {
  await db.transaction().execute(async (tx) => await setTimers(tx, [{ ...EMBED, at: now() }]));
  committed();
}

/** Those who see a card are not all known; so it names what is for everybody. */
const ANYBODY = { id: null, role: 'viewer' } as const;

/** A new incident that is clearly like a past one says so on its card. It is no message of its own: nobody asked. */
export const findLike: Reaction<Deps> = {
  name: 'find-like',
  whole: true,
  // A model elsewhere may be slow, and the incident's card does not wait for it.
  lane: 'similar',
  destination: MODEL,
  priority: PRIORITY.enrichment,
  on: ['incident.declared'],
  async run({ incident }, { db, embedder, now, chat, ask }) {
    if (!(await anyRemembered(db))) return;
    const [nearest] = await similarAt(
      { db, now, embedder },
      { number: incident },
      { viewer: ANYBODY, limit: 1 },
    );
    if (!nearest?.isClear) return;
    await saveLikeness(db, incident, nearest.number, now());
    for (const { name } of chat) await ask(`refresh-card@${name}`, [incident], PRIORITY.enrichment);
  },
};
