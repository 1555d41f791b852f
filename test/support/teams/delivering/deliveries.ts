import { setTimeout as sleep } from 'node:timers/promises';

import { textOf, type Fields } from '../json.ts';
import type { Forgery, Tokens } from '../service/tokens.ts';

/** An invoke that is not answered within this time is shown to the person as failed: Microsoft's "Universal Actions". */
const INVOKE_MS = 10_000;
/** A message that is not acknowledged within this time is delivered again. */
const MESSAGE_MS = 15_000;
/** Waits before something is delivered again; the real service waits longer. */
const AGAIN_MS = [50, 200, 800];

export interface Delivered {
  readonly status: number;
  /** The body read as JSON; undefined where there is none. */
  readonly body: unknown;
}

interface Deps {
  readonly appUrl: () => string;
  readonly serviceUrl: () => string;
  /** Null where the bot is without authentication. */
  readonly tokens: Tokens | null;
  readonly acknowledged: number[];
}

/** Sends activities to the program as the real service does, and as it does on a bad day. */
export class Deliveries {
  times = 1;
  readonly #deps: Deps;
  #held: (() => Promise<unknown>)[] | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  hold(): void {
    this.#held ??= [];
  }

  /** What waits goes out, the newest first. */
  async release(): Promise<void> {
    const waiting = this.#held ?? [];
    this.#held = null;
    for (const deliver of waiting.toReversed()) await deliver();
  }

  /**
   * Resolves when it is acknowledged, or waits because of `hold`.
   * @param answered is told what the program answered, at once or after `release`
   * @throws Error if it is not taken, however often it is delivered
   */
  async send(
    activity: Fields,
    answered: (answer: Delivered) => Promise<void> = async () => {},
  ): Promise<void> {
    const deliver = async () => {
      const copies = Array.from({ length: this.times }, async () => await this.#untilTaken(activity));
      const [first] = await Promise.all(copies);
      if (first) await answered(first);
    };
    if (this.#held) this.#held.push(deliver);
    else await deliver();
  }

  /** One delivery that nobody repeats, genuine or forged. */
  async once(activity: Fields, forgery?: Forgery): Promise<Delivered> {
    const { appUrl, serviceUrl, tokens, acknowledged } = this.#deps;
    const authorization = await tokens?.authorization(serviceUrl(), forgery);
    const started = performance.now();
    const isInvoke = activity['type'] === 'invoke';
    const response = await fetch(`${appUrl().replace(/\/$/, '')}/api/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: JSON.stringify(activity),
      signal: AbortSignal.timeout(isInvoke ? INVOKE_MS : MESSAGE_MS),
    });
    const text = await response.text();
    if (response.ok) acknowledged.push(performance.now() - started);
    return { status: response.status, body: parsed(text) };
  }

  /** A message is delivered again until it is taken; an invoke is not, the person presses again. */
  async #untilTaken(activity: Fields): Promise<Delivered> {
    const isInvoke = activity['type'] === 'invoke';
    const name = textOf(activity['name']) || textOf(activity['type']);
    for (const waitMs of [...AGAIN_MS, null]) {
      const answer = await this.once(activity).catch((error: unknown) => ({
        status: 0,
        body: String(error),
      }));
      const isTaken = answer.status > 0 && answer.status < 500;
      if (isInvoke || (isTaken && answer.status < 400)) return answer;
      if (isTaken || waitMs === null) {
        throw new Error(`the program took no ${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
      }
      await sleep(waitMs);
    }
    throw new Error('unreachable');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text === '' ? undefined : text;
  }
}
