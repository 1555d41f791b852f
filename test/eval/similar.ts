import type { Alert } from '#src/alerts/alert.ts';
import { identity } from '#src/alerts/identity.ts';
import { readAlerts } from '#src/alerts/source.ts';
import { any } from '#src/alerts/sources/any.ts';
import { cosine } from '#src/search/embedder.ts';
import { hashed } from '#src/search/hashing.ts';
import { described, rankByLikeness, tellingLabels, type Past } from '#src/search/likeness.ts';

import { readRows, type Say } from './rows.ts';

interface Pair {
  readonly id: string;
  readonly subtype: string;
  readonly a: Side;
  readonly b: Side;
}

interface Side {
  readonly startsAt: number;
  readonly endsAt?: number;
}

interface Remembered extends Past {
  readonly ofPair: string;
  readonly sameAs: string;
  readonly vector: readonly number[];
}

const RECURRENCE = 'same-alert-later-incident';

/**
 * Every first alert of the file is a past incident that is over, those of other pairs too: they stand in the way.
 * Of each recurrence pair the second alert asks what it is like. Found is the alert's own past among the first
 * three: that of its pair, or another time of the very same alert (`recall_at_3`); `pair_at_3` counts that of its pair alone.
 */
export async function similar(file: string, say: Say): Promise<Record<string, number>> {
  const pairs = await readRows<Pair>(file);
  const past = pairs.map(({ id, a }) => remembered(id, a));
  const recurring = pairs.filter(({ subtype }) => subtype === RECURRENCE);
  const counts = { first: 0, three: 0, pair: 0, clear: 0, wrongly: 0 };
  for (const { id, b } of recurring) {
    const { alert, said } = read(b);
    const vector = hashed(said.text);
    const now = new Date(b.startsAt * 1000);
    const before = past
      .filter(({ overAt }) => overAt <= now)
      .map((it) => ({ ...it, cosine: cosine(vector, it.vector) }));
    const found = rankByLikeness(said, before, now).slice(0, 3);
    const right = found.map((it) => it.past.ofPair === id || it.past.sameAs === identity(alert));
    if (right[0]) counts.first += 1;
    if (right.includes(true)) counts.three += 1;
    else say(`${id}: ${alert.title}: found ${found.map((it) => it.past.text.split('\n')[0]).join(' | ')}`);
    if (found.some((it) => it.past.ofPair === id)) counts.pair += 1;
    if (found[0]?.isClear) counts.clear += 1;
    if (found[0]?.isClear && !right[0]) counts.wrongly += 1;
  }
  const share = (part: number) => Math.round((part / Math.max(1, recurring.length)) * 10_000) / 10_000;
  return {
    n: recurring.length,
    remembered: past.length,
    recall_at_1: share(counts.first),
    recall_at_3: share(counts.three),
    pair_at_3: share(counts.pair),
    named_unasked: share(counts.clear),
    named_wrongly: share(counts.wrongly),
  };
}

function remembered(ofPair: string, side: Side): Remembered {
  const { alert, said } = read(side);
  const overAt = new Date((side.endsAt ?? side.startsAt) * 1000);
  return { ...said, ofPair, sameAs: identity(alert), overAt, cosine: null, vector: hashed(said.text) };
}

/** The rows are alerts as a relay would post them: they go through the general source. */
function read(side: Side) {
  const [alert] = readAlerts(any, side);
  if (!alert) throw new Error('a pair holds something that is no alert');
  return { alert, said: saidBy(alert) };
}

function saidBy({ title, description, service, rule, labels }: Alert) {
  const text = described({
    title,
    service,
    rules: [rule],
    labels: tellingLabels([labels]),
    more: [description],
  });
  return { service, rules: [rule], text };
}
