import { handOver, handOverOf, MOST_HANDED, type HandedJob } from '#src/db/handed-jobs.ts';
import { nextJobAt } from '#src/db/jobs.ts';
import type { Reader } from '#src/db/schema.ts';

/** After so long without being run a job must have been lost on its way. What is urgent waits for less. */
const KEPT = { ms: 5000, urgent: 0, urgentMs: 2000 };
/** How often all jobs are looked through where nobody says that there are new ones. */
const SCAN_MS = 500;
/** Where so many were found at once there are more behind them, to be found when so many were taken. */
const MANY = MOST_HANDED / 5;
/** For so long it is known when something will be due, where nothing of this process changes that. */
const KNOWN_MS = 1000;

/**
 * Which jobs are handed over when: all that became ready are found, without looking through all of them in
 * every turn. Who adds some says so, and of a lane that became free only that lane is looked at.
 */
export class Handing {
  #isWanted = true;
  #isMore = false;
  #taken = 0;
  #scannedAt = new Date(0);
  #next: { readonly at: Date | null; readonly seenAt: Date } = { at: null, seenAt: new Date(0) };

  /** When something will be due, as far as this process knows. */
  get nextAt(): Date | null {
    return this.#next.at;
  }

  /** There may be jobs anywhere. */
  want(): void {
    this.#isWanted = true;
  }

  /** So many of those that were handed over have been taken. */
  took(count: number): void {
    this.#taken += count;
  }

  /** Something will be due then. */
  due(at: Date): void {
    const { at: next, seenAt } = this.#next;
    if (next === null || at < next) this.#next = { at, seenAt };
  }

  /**
   * Those that became ready, of these classes; null: of all. `ended`: jobs that are not run any more. Whoever
   * cannot hand them over after all must `want` them again.
   */
  async next(
    r: Reader,
    now: Date,
    classes: readonly string[] | null,
    ended: readonly { readonly lane: string }[],
  ): Promise<HandedJob[]> {
    const lanes = ended.map((it) => it.lane);
    const how = { now, classes, kept: KEPT };
    if (!this.#isScanDue(now)) return await handOverOf(r, how, lanes);
    this.#isWanted = false;
    this.#taken = 0;
    this.#scannedAt = now;
    const handed = await handOver(r, how);
    this.#isMore = handed.length >= MANY;
    await this.#lookAhead(r, now, classes ?? []);
    return handed;
  }

  #isScanDue(now: Date): boolean {
    const sinceMs = now.getTime() - this.#scannedAt.getTime();
    const { at } = this.#next;
    return (
      this.#isWanted ||
      (this.#isMore && this.#taken >= MANY) ||
      (at !== null && at <= now) ||
      sinceMs < 0 ||
      sinceMs >= SCAN_MS
    );
  }

  async #lookAhead(r: Reader, now: Date, classes: readonly string[]): Promise<void> {
    const { at, seenAt } = this.#next;
    const sinceMs = now.getTime() - seenAt.getTime();
    const isKnown = sinceMs >= 0 && sinceMs < KNOWN_MS && (at === null || at > now);
    if (!isKnown) this.#next = { at: await nextJobAt(r, now, classes), seenAt: now };
  }
}
