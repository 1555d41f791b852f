import type { ChatPlatform } from '#src/chat/platform.ts';
import { listIncidents } from '#src/db/incident-list.ts';
import type { Reader } from '#src/db/schema.ts';

import { nameOn } from './on-platform.ts';
import { PRIORITY, type Ask } from './reaction.ts';
import { refreshCard } from './refresh-card.ts';
import { setTopic } from './set-topic.ts';

/**
 * So many incidents are brought up to date at once, those that changed last. The
 * others get their room as soon as anything happens in them: platforms let us
 * open some twenty rooms a minute, and incidents of last year can wait.
 */
const AT_ONCE = 200;

/**
 * Has the rooms of all open incidents opened and their cards and topics drawn on
 * these platforms, after whatever is more urgent. Where all is as it should be no
 * platform is called; so it may be asked at any time.
 */
export async function catchUp(
  platforms: readonly Pick<ChatPlatform, 'name' | 'limits'>[],
  { db, ask }: { readonly db: Reader; readonly ask: Ask },
): Promise<void> {
  const numbers = await openNumbers(db);
  for (const platform of platforms) {
    await ask(nameOn(platform, refreshCard.name), numbers, PRIORITY.enrichment);
    if (platform.limits.liveTopic) await ask(nameOn(platform, setTopic.name), numbers, PRIORITY.enrichment);
  }
}

/** The open incidents, AT_ONCE at most, those that changed last first. */
export async function openNumbers(db: Reader): Promise<number[]> {
  const { incidents } = await listIncidents(db, {
    open: true,
    sort: 'updated_at',
    order: 'desc',
    limit: AT_ONCE,
    offset: 0,
  });
  return incidents.map(({ number }) => number);
}
