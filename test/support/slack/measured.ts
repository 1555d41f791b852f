import type { FakePlatform, Trouble } from '#test/support/fake-platform.ts';

/** What was measured, while it is written. */
export class Measured {
  readonly calls: FakePlatform['measured']['calls'][number][] = [];
  readonly refused: string[] = [];
  readonly tooMany: string[] = [];
  readonly acknowledged: number[] = [];
}

/** What the next calls of a method meet, in order. */
export class Troubles {
  readonly #next = new Map<string, Trouble[]>();
  isDown = false;

  add(method: string, troubles: readonly Trouble[]): void {
    this.#next.set(method, [...(this.#next.get(method) ?? []), ...troubles]);
  }

  take(method: string): Trouble | undefined {
    return this.#next.get(method)?.shift();
  }
}
