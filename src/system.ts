import { randomUUID } from 'node:crypto';

import { channelsOf } from './channels.ts';
import type { Settings } from './config.ts';
import { keepEgress } from './db/egress.ts';
import type { OpenDb } from './db/open.ts';
import { embedderBy } from './embedding.ts';
import type { Context } from './engine/context.ts';
import { SYSTEM } from './incident/person.ts';
import type { Clock } from './jobs/clock.ts';
import { openEgress } from './llm/egress.ts';
import { platformsOf } from './platforms.ts';
import type { Embedder } from './search/embedder.ts';

interface Parts {
  readonly settings: Settings;
  readonly url: string;
  readonly opened: OpenDb;
  readonly clock: Clock;
}

/** As the program itself does things. */
export function systemContext({ settings, url, opened, clock }: Parts, committed: () => void): Context {
  const { groupBy, groupWindowMs, reopenWindowMs, stormWindowMs, stormSize, whenAlertsClear } = settings;
  return {
    db: opened.db,
    actor: SYSTEM,
    role: 'admin',
    now: () => clock.now(),
    newId: randomUUID,
    committed,
    settings: {
      groupBy,
      groupWindowMs,
      reopenWindowMs,
      stormWindowMs,
      stormSize,
      whenAlertsClear,
      publicUrl: url,
      platforms: platformsOf(settings.chat),
      channels: channelsOf(settings.notify),
    },
  };
}

/** That one elsewhere is set up says that texts may go there; what goes is in the ledger. */
export function embedderIn({ embeddings, llm }: Settings, { db }: OpenDb, clock: Clock): Embedder {
  const egress = openEgress(
    () => ({ isOn: true, isSealed: !llm.maySend, withPrivate: false }),
    async (entry) => await keepEgress(db, entry),
  );
  return embedderBy(embeddings, { egress, now: () => clock.now(), newId: randomUUID });
}
