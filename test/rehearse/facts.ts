import { verifyAnchors } from '#src/db/anchors.ts';
import { verifyChain } from '#src/db/events.ts';
import { openDatabase } from '#src/db/open.ts';

import type { Place } from './program.ts';

/** What must be the same in a copy: every entry of every log, by its hash, and every event that was taken. */
export interface Facts {
  /** By incident and position. A hash stands for everything before it, too. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly events: ReadonlySet<string>;
  readonly incidents: number;
  /** One sentence for each log or anchor that does not fit. */
  readonly broken: readonly string[];
}

/** Reads a database that no program uses now. */
export async function factsOf(place: Place): Promise<Facts> {
  const { db, close } = await openDatabase({
    dataDir: place['DATA_DIR'] ?? '',
    databaseUrl: place['DATABASE_URL'],
  });
  try {
    const entries = await db.selectFrom('incidentEvents').select(['incident', 'position', 'hash']).execute();
    const alerts = await db.selectFrom('alertEvents').select('id').execute();
    const incidents = await db.selectFrom('incidents').select('number').execute();
    const broken: string[] = [];
    for (const { number } of incidents) {
      const { brokenAt } = await verifyChain(db, number);
      if (brokenAt !== null) broken.push(`The log of INC-${number} is broken at ${brokenAt}.`);
    }
    const { brokenAt } = await verifyAnchors(db);
    if (brokenAt !== null) broken.push(`The anchor of ${brokenAt} does not fit.`);
    return {
      hashes: new Map(entries.map((it) => [`INC-${it.incident}/${it.position}`, it.hash])),
      events: new Set(alerts.map((it) => it.id)),
      incidents: incidents.length,
      broken,
    };
  } finally {
    await close();
  }
}

/** One sentence for each thing of `part` that is not in `whole` as it is in `part`. */
export function notIn(whole: Facts, part: Facts): string[] {
  const others = [...part.hashes].filter(([name, hash]) => whole.hashes.get(name) !== hash);
  const lost = [...part.events].filter((it) => !whole.events.has(it));
  return [
    ...others.map(([name]) => `The entry ${name} is not the same.`),
    ...lost.map((it) => `The event ${it} is not there.`),
  ];
}
