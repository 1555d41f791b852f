import { Kept } from '#src/chat/kept.ts';
import type { Button } from '#src/chat/message.ts';
import type { PlatformStore } from '#src/chat/store.ts';

/** What is asked before a button runs. */
export interface Question {
  readonly text: string;
  readonly label: string;
  readonly style: Button['style'];
}

/** The questions of buttons that ask first, under the key of what they run. */
export class Questions {
  readonly #store: Pick<PlatformStore, 'find' | 'keep'>;
  readonly #kept = new Kept<Question>(2000);

  constructor(store: Pick<PlatformStore, 'find' | 'keep'>) {
    this.#store = store;
  }

  async keep(key: string, question: Question): Promise<void> {
    if (JSON.stringify(this.#kept.get(key)) === JSON.stringify(question)) return;
    await this.#store.keep(`question:${key}`, { ...question });
    this.#kept.set(key, question);
  }

  async find(key: string): Promise<Question | null> {
    const found =
      this.#kept.get(key) ??
      (await this.#store.find<{ [K in keyof Question]: Question[K] }>(`question:${key}`));
    if (found) this.#kept.set(key, found);
    return found;
  }
}
