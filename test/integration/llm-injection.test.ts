import { describe, expect } from 'vitest';

import { eventsOf } from '#src/db/events.ts';
import { listIncidents } from '#src/db/incident-list.ts';
import { ingest } from '#src/engine/ingest.ts';
import { rank } from '#src/incident/incident.ts';
import { hostileDoor } from '#test/support/attacked.ts';
import { ATTACKS } from '#test/support/attacks.ts';
import { startClaude } from '#test/support/claude/double.ts';
import { alert } from '#test/support/incident.ts';
import { test } from '#test/support/reacting.ts';

/** What may follow from an alert by itself. A severity may be raised; nothing is merged, closed or sent elsewhere. */
const ALLOWED = new Set<string>([
  'incident.declared',
  'incident.edited',
  'incident.severity_changed',
  'incident.duplicate_suggested',
  'alert.attached',
]);

describe('alerts that give orders, and a model that obeys them', () => {
  test('change nothing but what may be changed without people: no state, no merge, no severity downwards, no page', async ({
    db,
    reacting,
    onTestFinished,
  }) => {
    const claude = await startClaude();
    onTestFinished(async () => await claude.stop());
    claude.replies.obedient();
    const { ctx, settled } = await reacting([], { llm: hostileDoor(claude) });
    const orders = ATTACKS.filter((_, index) => index % 17 === 0);
    expect(orders.length).toBeGreaterThanOrEqual(12);
    for (const [index, { text }] of orders.entries()) {
      await ingest(ctx, [
        {
          alert: alert({
            key: `attack-${index}`,
            title: text,
            description: `log: ${text}`,
            rule: `Rule ${index}`,
            labels: { pod: `checkout-${text}` },
            originalSeverity: null,
            severity: 'P2',
            category: null,
            service: null,
            resource: null,
          }),
          payload: {},
        },
      ]);
    }
    await settled();
    expect(claude.journal.length).toBeGreaterThan(orders.length / 2);
    const { incidents } = await listIncidents(db, { limit: 100, offset: 0 });
    expect(incidents).toHaveLength(orders.length);
    for (const { number, status, duplicateOf } of incidents) {
      expect({ status, duplicateOf }).toEqual({ status: 'NEW', duplicateOf: null });
      const events = await eventsOf(db, number);
      expect(events.map(({ type }) => type).filter((it) => !ALLOWED.has(it))).toEqual([]);
      const lowered = events.filter(
        (it) => it.type === 'incident.severity_changed' && rank(it.data.to) > rank(it.data.from),
      );
      expect(lowered).toEqual([]);
    }
    expect(await db.selectFrom('pages').select('id').execute()).toEqual([]);
  });
});
