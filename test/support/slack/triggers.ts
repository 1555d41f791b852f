import { randomUUID } from 'node:crypto';

import { Refusal } from './refusal.ts';

interface Trigger {
  readonly user: string;
  readonly at: number;
  used: boolean;
}

/** What lets the program open a form for somebody who has just done something: for 3 seconds, and once. */
export class Triggers {
  readonly #all = new Map<string, Trigger>();
  readonly #lifeMs: number;
  #count = 0;

  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs;
  }

  make(user: string): string {
    this.#count += 1;
    const id = `${this.#count}.${Math.floor(performance.now() * 1000)}.${randomUUID().replaceAll('-', '')}`;
    this.#all.set(id, { user, at: performance.now(), used: false });
    return id;
  }

  /** The person whose it is. */
  use(id: string): string {
    const trigger = this.#all.get(id);
    if (!trigger) throw new Refusal('invalid_trigger_id');
    if (trigger.used) throw new Refusal('exchanged_trigger_id');
    if (performance.now() - trigger.at > this.#lifeMs) throw new Refusal('expired_trigger_id');
    trigger.used = true;
    return trigger.user;
  }
}
