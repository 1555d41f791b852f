import type { Event } from './events.ts';

interface Waiting {
  readonly event: Event;
  readonly sent: () => void;
}

/** The way of events to the bot, on which a test lets them wait, come twice or in the wrong order. */
export class Deliveries {
  readonly #send: (event: Event) => void;
  #held: Waiting[] | null = null;
  #recorded: Event[] | null = null;
  times = 1;

  constructor(send: (event: Event) => void) {
    this.#send = send;
  }

  /** Sends it at once, unless what people do is held back; `sent` is called just before it goes out. */
  deliver(event: Event, sent: () => void = () => {}): void {
    this.#recorded?.push(event);
    if (this.#held && event.byPeople) this.#held.push({ event, sent });
    else this.#now({ event, sent });
  }

  /** What is told of while `act` runs. */
  recorded(act: () => void): readonly Event[] {
    const events: Event[] = [];
    this.#recorded = events;
    try {
      act();
    } finally {
      this.#recorded = null;
    }
    return events;
  }

  get isHolding(): boolean {
    return this.#held !== null;
  }

  hold(): void {
    this.#held ??= [];
  }

  /** All that waited goes out, the last first. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const it of held.toReversed()) this.#now(it);
  }

  #now({ event, sent }: Waiting): void {
    sent();
    const times = event.byPeople ? this.times : 1;
    for (let time = 0; time < times; time += 1) this.#send(event);
  }
}
