import { anchorDays } from './anchors.ts';
import type { Db } from './schema.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Answers to requests are kept for repeats this long (contracts 3.1). */
const IDEMPOTENCY_MS = DAY;

/** What people asked for is not done again for this long, whoever delivers it twice. */
const REPEATS_MS = 30 * DAY;

/**
 * What has to be done now and then: anchors the days that ended, and forgets
 * what nobody may ask for any more. Incidents and their events stay for ever.
 */
export async function keepHouse(db: Db, now: Date, retentionDays: number): Promise<void> {
  const before = (ms: number) => new Date(now.getTime() - ms);
  await anchorDays(db, now);
  await db.deleteFrom('idempotencyKeys').where('createdAt', '<', before(IDEMPOTENCY_MS)).execute();
  await db.deleteFrom('sessions').where('expiresAt', '<', now).execute();
  await db.deleteFrom('identityCodes').where('expiresAt', '<', before(DAY)).execute();
  await db.deleteFrom('signInLinks').where('expiresAt', '<', before(DAY)).execute();
  // A platform or a page repeats itself within minutes; what was posted under a key may be asked for while its incident lives.
  await db
    .deleteFrom('deliveries')
    .where('destination', '=', 'inbox')
    .where('at', '<', before(REPEATS_MS))
    .execute();
  await db
    .deleteFrom('platformState')
    .where('key', 'like', 'once:%')
    .where('at', '<', before(retentionDays * DAY))
    .execute();
  await db
    .deleteFrom('said')
    .where('at', '<', before(retentionDays * DAY))
    .execute();
  await db
    .deleteFrom('alertEvents')
    .where('receivedAt', '<', before(retentionDays * DAY))
    .execute();
}
