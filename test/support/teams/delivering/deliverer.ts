import type { Delivered as How } from '#test/support/fake-platform.ts';

import type { Fields } from '../json.ts';
import type { Delivered, Deliveries } from './deliveries.ts';

/** Delivers what people do. The same delivery id again is the same activity again, to the letter. */
export class Deliverer {
  readonly #deliveries: Deliveries;
  readonly #known = new Map<string, Fields>();

  constructor(deliveries: Deliveries) {
    this.#deliveries = deliveries;
  }

  async send(
    make: () => Fields,
    { delivery }: How,
    answered?: (answer: Delivered) => Promise<void>,
  ): Promise<void> {
    const known = this.#knownAs(delivery);
    const activity = known ?? make();
    if (delivery !== undefined) this.#known.set(delivery, activity);
    await this.#deliveries.send(activity, known ? undefined : answered);
  }

  /** Whether this was delivered before; then it is delivered again, and its answer is shown to nobody. */
  async again({ delivery }: { readonly delivery?: string | undefined }): Promise<boolean> {
    const known = this.#knownAs(delivery);
    if (known) await this.#deliveries.send(known);
    return known !== undefined;
  }

  #knownAs(delivery: string | undefined): Fields | undefined {
    return delivery === undefined ? undefined : this.#known.get(delivery);
  }
}
