import type { Budgets } from '#src/llm/door.ts';
import type { CachedAnswer, CallBegun, CallEnded, Exceeded, Ledger } from '#src/llm/ledger.ts';

/** A call as it is written down. */
export interface Kept {
  readonly call: Omit<CallBegun, 'reservedUsd'>;
  readonly end: CallEnded | null;
  readonly chargedUsd: number;
}

/** The record of calls without a database, for tests of everything that asks a model. */
export class MemoryLedger implements Ledger {
  readonly #calls = new Map<string, Kept>();
  readonly #noticed = new Set<string>();
  readonly answers = new Map<string, CachedAnswer & { readonly until: Date }>();

  get calls(): readonly Kept[] {
    return [...this.#calls.values()];
  }

  async reserve(call: CallBegun, budgets: Budgets): Promise<Exceeded | null> {
    const day = call.at.toISOString().slice(0, 10);
    const isOver = (calls: readonly Kept[], most: number) =>
      calls.reduce((sum, it) => sum + it.chargedUsd, 0) + call.reservedUsd > most;
    const today = this.calls.filter((it) => it.call.at.toISOString().startsWith(day));
    if (isOver(today, budgets.dayUsd)) return this.#exceeded('day', day);
    const { incident } = call;
    const ofIt = this.calls.filter((it) => it.call.incident === incident);
    const isOverIt = incident !== null && isOver(ofIt, budgets.incidentUsd);
    if (isOverIt) return this.#exceeded('incident', `${incident}`);
    const { reservedUsd: chargedUsd, ...begun } = call;
    this.#calls.set(call.id, { call: begun, end: null, chargedUsd });
    return null;
  }

  async settle(id: string, end: CallEnded): Promise<void> {
    const known = this.#calls.get(id);
    if (known) this.#calls.set(id, { ...known, end, chargedUsd: end.usd ?? known.chargedUsd });
  }

  async find(key: string, now: Date): Promise<(CachedAnswer & { readonly until: Date }) | null> {
    const found = this.answers.get(key);
    return found && found.until > now ? found : null;
  }

  async keep(key: string, answer: CachedAnswer & { readonly until: Date }): Promise<void> {
    // As a database keeps it.
    this.answers.set(key, { ...answer, value: JSON.parse(JSON.stringify(answer.value)) as unknown });
  }

  async reused(call: Omit<CallBegun, 'reservedUsd'>): Promise<void> {
    const end: CallEnded = {
      verdict: 'cached',
      why: null,
      usage: null,
      usd: 0,
      latencyMs: 0,
      requestId: null,
    };
    this.#calls.set(call.id, { call, end, chargedUsd: 0 });
  }

  #exceeded(budget: Exceeded['budget'], key: string): Exceeded {
    const isFirst = !this.#noticed.has(`${budget}:${key}`);
    this.#noticed.add(`${budget}:${key}`);
    return { budget, isFirst };
  }
}
