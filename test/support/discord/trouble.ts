import type { Trouble } from '#test/support/fake-platform.ts';

/** What goes wrong at Discord, as a test wishes it. */
export class Troubles {
  readonly #next = new Map<string, Trouble[]>();
  readonly #known: (method: string) => boolean;
  isDown = false;
  isRevoked = false;
  /** Whether the bot was taken out of the guild. */
  isOut = false;

  /** `known`: whether there is a method of that name. */
  constructor(known: (method: string) => boolean) {
    this.#known = known;
  }

  /** `method` like `POST /channels/{channel_id}/messages`. */
  next(method: string, ...troubles: readonly Trouble[]): void {
    if (!this.#known(method)) throw new Error(`Discord has no method ${method}`);
    this.#next.set(method, [...(this.#next.get(method) ?? []), ...troubles]);
  }

  take(method: string): Trouble | undefined {
    return this.#next.get(method)?.shift();
  }
}
