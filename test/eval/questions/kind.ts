import type { Expected, Subject } from './expected.ts';
import type { Store } from './store.ts';

/** One kind of question: how people may ask it, and what is right, counted over the store without any of the product. */
export interface Kind {
  readonly name: string;
  readonly wordings: readonly string[];
  readonly right: (store: Store, subject: Subject) => Expected;
}

/** How many there are. */
export function count(rows: readonly unknown[]): Expected {
  return { value: rows.length };
}
