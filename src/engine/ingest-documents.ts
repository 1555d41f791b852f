import type { Alert } from '#src/alerts/alert.ts';
import type { Marks } from '#src/alerts/marks.ts';
import type { Like } from '#src/db/alert-events.ts';
import type { StoredMessage } from '#src/db/repeats.ts';
import type { Db } from '#src/db/schema.ts';

import type { Named } from './prepared.ts';

/** What is stored of a repeat, as JSON. */
export interface Documents {
  readonly alert: string;
  readonly payload: string;
  /** All it says stands in them. */
  readonly isWhole: boolean;
}

interface Whole extends StoredMessage {
  /** Its payload too says the same but for what is its own. */
  readonly hasOwn: boolean;
}

/** A message is referred to for no longer than this, so whoever looks for its words need not look far. */
const REFERRED_MS = 10 * 60_000;

/** What is stored whole: the last message of each words, and of all. */
interface Wholes {
  readonly byWords: WeakMap<Marks, Whole>;
  readonly last: Whole;
}

/** Those of this process. */
const known = new WeakMap<Db, Wholes>();

/** Most of what comes in says what was just said: of that only what is its own is stored, and where the rest stands. */
export function documentsOf(db: Db, it: Named, now: Date): Documents {
  const { marks, alert, own } = it;
  const whole = wholeLike(db, marks, now);
  if (whole === null) return { alert: shownOf(alert), payload: payloadOf(it), isWhole: true };
  const ownPayload = own !== undefined && whole.hasOwn;
  const refers: Like = { like: whole.id, ownPayload, metrics: alert.metrics };
  const payload = ownPayload ? JSON.stringify(own) : payloadOf(it);
  return { alert: JSON.stringify(refers), payload, isWhole: false };
}

/** It is stored whole and committed: what says the same may refer to it. */
export function mayBeReferredTo(db: Db, { marks, eventId: id, own }: Named, receivedAt: Date): void {
  const last = { id, receivedAt, hasOwn: own !== undefined };
  const { byWords } = known.get(db) ?? { byWords: new WeakMap<Marks, Whole>() };
  known.set(db, { byWords: byWords.set(marks, last), last });
}

/** The last of them: while it is there, all are. Null: there are none. */
export function lastWhole(db: Db): StoredMessage | null {
  return known.get(db)?.last ?? null;
}

/** The database lost some of them. */
export function forgetWholes(db: Db): void {
  known.delete(db);
}

function wholeLike(db: Db, marks: Marks, now: Date): Whole | null {
  const whole = known.get(db)?.byWords.get(marks);
  if (whole === undefined) return null;
  const age = now.getTime() - whole.receivedAt.getTime();
  // Months are dropped whole.
  const isOfThisMonth = whole.receivedAt.getUTCMonth() === now.getUTCMonth();
  return age >= 0 && age < REFERRED_MS && isOfThisMonth ? whole : null;
}

/** What is shown of a message; the rest of a repeat is what its alert is, or stands in columns of its own. */
function shownOf(alert: Alert): string {
  const { eventType, category, title, description, originalSeverity, resource, labels, key, metrics } = alert;
  return JSON.stringify({
    eventType,
    category,
    title,
    description,
    originalSeverity,
    resource: resource ?? undefined,
    labels,
    key: key ?? undefined,
    metrics,
  });
}

function payloadOf({ text, payload }: Named): string {
  // The column takes no null; what a sender posts that is nothing stands as nothing.
  return text ?? JSON.stringify(payload ?? {});
}
