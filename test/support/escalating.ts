import { savePolicy, saveSchedule } from '#src/db/on-call.ts';
import type { Db } from '#src/db/schema.ts';
import type { EscalationPolicy } from '#src/paging/policy.ts';

import { addPerson } from './context.ts';
import { layer, schedule } from './oncall.ts';
import { anaId, bo, level, payments, policy } from './paging.ts';
import type { PlainPlatform } from './plain-platform.ts';

const NOW = new Date('2026-03-01T08:00:00Z');

/** Ana is on call; after five minutes it is Bo, and after five more Cy. */
export const LEVELS = [
  level({ name: 'On call', targets: [payments] }),
  level({ name: 'Second', targets: [bo] }),
  level({ name: 'Last', targets: [{ kind: 'person', id: 'cy' }] }),
] as const;

export async function setUp(db: Db, changes: Partial<EscalationPolicy> = {}): Promise<void> {
  for (const id of ['ana', 'bo', 'cy']) await addPerson(db, id);
  await db.transaction().execute(async (tx) => {
    await saveSchedule(tx, schedule({ layers: [layer({ shifts: [[anaId]] })] }), NOW);
    await savePolicy(tx, policy({ levels: LEVELS, ...changes }), NOW);
  });
}

/** Whom the chat told, in order. */
export function told(web: PlainPlatform): string[] {
  return web.directs.map(({ to }) => to);
}
