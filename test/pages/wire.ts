import type { Message } from '#src/chat/message.ts';
import type { ChatPlatform } from '#src/chat/platform.ts';
import { ProviderError } from '#src/errors.ts';
import type { Channel, ChannelName, Order } from '#src/notify/channel.ts';
import type { Channels } from '#src/reactions/deps.ts';

import type { Life } from './life.ts';
import type { Time } from './time.ts';

/**
 * What a provider does with an order: `lost` takes it and answers with an error all the same, `silent`
 * takes it and does not answer, `hang` does neither, `slow` takes it after some seconds.
 */
export const ANSWERS = [
  'ok',
  'error',
  'limited',
  'refused',
  'timeout',
  'lost',
  'silent',
  'hang',
  'slow',
] as const;
export type Answer = (typeof ANSWERS)[number];

/** What each provider answers to the first orders of a run; then it is well. By channel. */
export type Answers = Readonly<Record<string, readonly Answer[]>>;

/** An order that reached a provider. Times in milliseconds since 1970. */
export interface Handed {
  /** Which notification it is for. */
  readonly key: string;
  readonly channel: string;
  readonly at: number;
  readonly answer: Answer;
  /** When the provider took it; null: it did not. */
  takenAt: number | null;
  /** When the program was told, or would have been; null: it was not. */
  answeredAt: number | null;
}

export const CHAT = 'slack';
export const CHANNELS = ['email', 'ntfy', 'sms', 'voice'] as const;

/** Whom the chat platform does not know. */
const STRANGERS = ['dan', 'eve'];

const TIMEOUT_MS = 10_000;
const SLOW_MS = 4000;
const LIMITED_MS = 20_000;

/** The providers of a play, in memory. They live on when the program does not. */
export class Wire {
  readonly handed: Handed[] = [];
  readonly #time: Time;
  readonly #answers: (run: number) => Answers;
  readonly #isDown: (channel: string) => boolean;
  readonly #asked = new Map<string, number>();

  constructor(
    time: Time,
    { answers, isDown }: { answers: (run: number) => Answers; isDown: (channel: string) => boolean },
  ) {
    this.#time = time;
    this.#answers = answers;
    this.#isDown = isDown;
  }

  /** As the program has them in one of its lives. */
  channels(life: Life): Channels {
    const send = (name: ChannelName) => async (order: Order) =>
      await life.outside(async () => await this.#take(name, order.key, order.notice.subject, order.signal), {
        takesTime: true,
      });
    return {
      names: CHANNELS,
      get: async (name) => ({ name, send: send(name as ChannelName) }) as unknown as Channel,
    };
  }

  /** A chat platform of which nothing is used but what pages use. */
  chat(life: Life): ChatPlatform {
    const never = new AbortController().signal;
    const take = async (to: { readonly id: string }, message: Message, { key }: { readonly key: string }) => {
      const id = key.replace(/^page-/, '');
      const about = `${JSON.stringify(message)} to ${to.id}`;
      const send = async () => await this.#take(CHAT, id, about, never);
      const { providerId } = await life.outside(send, { takesTime: true });
      return { platform: CHAT, id: providerId };
    };
    return { name: CHAT, direct: take, post: take } as unknown as ChatPlatform;
  }

  async #take(
    channel: string,
    key: string,
    about: string,
    signal: AbortSignal,
  ): Promise<{ readonly providerId: string }> {
    const run = Number(/run-(\d+)/.exec(about)?.[1] ?? -1);
    const asked = this.#asked.get(`${run} ${channel}`) ?? 0;
    this.#asked.set(`${run} ${channel}`, asked + 1);
    const planned = this.#isDown(channel) ? 'error' : (this.#answers(run)[channel]?.[asked] ?? 'ok');
    const answer = STRANGERS.some((it) => about.endsWith(` to ${it}`)) ? 'refused' : planned;
    const handed: Handed = { key, channel, at: this.#time.ms, answer, takenAt: null, answeredAt: null };
    this.handed.push(handed);
    try {
      await this.#answer(handed, signal);
      return { providerId: `${channel}-${this.handed.length}` };
    } finally {
      handed.answeredAt = this.#time.ms;
    }
  }

  async #answer(handed: Handed, signal: AbortSignal): Promise<void> {
    const { channel, answer } = handed;
    const fail = (what: string, how: { retry: boolean; retryAfterMs?: number }) =>
      new ProviderError(channel, what, how);
    const take = () => void (handed.takenAt = this.#time.ms);
    const say: Record<Answer, () => Promise<void> | void> = {
      ok: take,
      error: () => Promise.reject(fail('status 503', { retry: true })),
      limited: () => Promise.reject(fail('status 429', { retry: true, retryAfterMs: LIMITED_MS })),
      refused: () => Promise.reject(fail('status 400', { retry: false })),
      timeout: async () => {
        await this.#time.pause(TIMEOUT_MS);
        throw fail('no answer within 10000 ms', { retry: true });
      },
      lost: () => {
        take();
        return Promise.reject(fail('the connection broke', { retry: true }));
      },
      silent: async () => {
        take();
        await this.#time.pause(TIMEOUT_MS);
        throw fail('no answer within 10000 ms', { retry: true });
      },
      hang: async () => {
        await new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(), { once: true }),
        );
        throw signal.reason;
      },
      slow: async () => {
        await this.#time.pause(SLOW_MS);
        take();
      },
    };
    await say[answer]();
  }
}
