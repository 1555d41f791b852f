import { createHash } from 'node:crypto';

import { Redis, ReplyError } from 'ioredis';

/** The part of a logger that is told when Redis goes, or refuses what is written, and when it is well again. */
export interface RedisLog {
  warn(details: object, message: string): void;
}

export interface RedisOptions {
  /** How the connection is called in Redis (`client list`). */
  readonly name: string;
  /** Told once of each trouble and once when it is over. Where one process has several connections one of them tells. */
  readonly log?: RedisLog;
  /**
   * For what waits anyhow: subscriptions, and commands that block. They have no time limit, and wait for the
   * connection. Everything else fails within a second, so that nothing that matters waits for Redis.
   */
  readonly waits?: boolean;
  /**
   * A key that is written to find out whether it answers: one that only lets us read, because another one is the
   * first now, or that has no room, is as good as none. Left out, it is only asked.
   */
  readonly beat?: string;
  /** Told when it begins to answer, and when it does no longer. */
  readonly changed?: (isUp: boolean) => void;
}

/** A connection that comes back by itself, and that knows whether it is there. */
export interface RedisLink {
  readonly redis: Redis;
  /** Whether it answered, or was written, when that was last tried, which is twice a second. */
  isUp(): boolean;
  /** Waits for it, so many milliseconds at most; answers whether it is there. */
  reached(withinMs: number): Promise<boolean>;
  /** As `changed`, for whoever comes later. */
  watch(changed: (isUp: boolean) => void): void;
  /** There will be no other connection. */
  close(): void;
}

/** How long a command may take where `waits` is not said. */
export const COMMAND_MS = 1000;
const BEAT_MS = 500;
/** Beats without an answer, after which it counts as away; one alone may be this process being busy. */
const BEATS_AWAY = 2;
/** And after which a new connection is tried: the network may have forgotten the old one. */
const BEATS_LOST = 6;
/** The same for beats that were refused: the name may lead to another server by now, that takes them. */
const BEATS_REFUSED = 20;
const BEAT_KEPT_MS = 60_000;
const LONGEST_PAUSE_MS = 1000;

type Trouble = 'silent' | 'refuses';

/** What is said of a trouble, and of its end. */
const SAID: Readonly<Record<Trouble, { readonly begins: string; readonly ends: string }>> = {
  silent: { begins: 'Redis does not answer; work goes on without it', ends: 'Redis answers again' },
  refuses: { begins: 'Redis refuses writes; work goes on without it', ends: 'Redis takes writes again' },
};

/** Connects in the background. Never throws and never rejects: where Redis is not there, `isUp` says so. */
export function connectRedis(url: string, options: RedisOptions): RedisLink {
  return new Link(url, options);
}

function open(url: string, { name, waits = false }: RedisOptions, isLeft: (error: Error) => boolean): Redis {
  return new Redis(url, {
    connectionName: name,
    // Nobody asks for this; two commands less at each connection.
    disableClientInfo: true,
    maxRetriesPerRequest: null,
    enableOfflineQueue: waits,
    autoResendUnfulfilledCommands: waits,
    connectTimeout: 5000,
    ...(waits ? {} : { commandTimeout: COMMAND_MS }),
    reconnectOnError: isLeft,
    retryStrategy: (times) => Math.min(LONGEST_PAUSE_MS, 50 * times),
  });
}

/** Of a server that is not the first any more: its name may lead to the one that is, by now or in a second. */
function unlessJustNow(left: (error: Error) => void): (error: Error) => boolean {
  let before = -LONGEST_PAUSE_MS;
  return (error) => {
    const at = performance.now();
    if (!error.message.includes('READONLY') || at - before < LONGEST_PAUSE_MS) return false;
    before = at;
    left(error);
    return true;
  };
}

class Link implements RedisLink {
  readonly redis: Redis;
  readonly #options: RedisOptions;
  readonly #heart: NodeJS.Timeout;
  readonly #waiting = new Set<() => void>();
  readonly #watching: ((isUp: boolean) => void)[] = [];
  /** BullMQ makes one for each of its workers, and leaves it open where Redis is away when it is closed. */
  readonly #copies = new Set<Redis>();
  #isUp = false;
  #isClosed = false;
  /** Nobody is told that it is over who was not told of it. */
  #told: Trouble | null = null;
  /** Beats of late that were not answered, and that were refused. */
  #missed = 0;
  #refused = 0;
  #lastError: Error | undefined;

  constructor(url: string, options: RedisOptions) {
    const redis = open(
      url,
      options,
      unlessJustNow((error) => this.#lose('refuses', error)),
    );
    this.redis = redis;
    this.#options = options;
    if (options.changed) this.watch(options.changed);
    const duplicate = redis.duplicate.bind(redis);
    redis.duplicate = (override) => {
      // With a pause of its own: in that of another connection it would stay where nothing is taken.
      const copy = duplicate({ ...override, reconnectOnError: unlessJustNow(() => {}) });
      this.#copies.add(copy.on('end', () => this.#copies.delete(copy)));
      return copy;
    };
    redis.on('error', (error) => {
      this.#lastError = error;
    });
    redis.on('ready', () => void this.#beat());
    redis.on('close', () => {
      if (this.#isUp) this.#lose('silent', this.#lastError);
    });
    this.#heart = setInterval(() => void this.#beat(), BEAT_MS);
    this.#heart.unref();
  }

  isUp(): boolean {
    return this.#isUp;
  }

  async reached(withinMs: number): Promise<boolean> {
    if (this.#isUp) return true;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, withinMs);
    this.#waiting.add(resolve);
    await promise;
    this.#waiting.delete(resolve);
    clearTimeout(timer);
    if (!this.#isUp && this.#told === null) this.#lose('silent', this.#lastError);
    return this.#isUp;
  }

  watch(changed: (isUp: boolean) => void): void {
    this.#watching.push(changed);
  }

  close(): void {
    this.#isClosed = true;
    this.#isUp = false;
    clearInterval(this.#heart);
    for (const it of [this.redis, ...this.#copies]) it.disconnect();
  }

  /**
   * A server that hangs, or a network that swallows everything, closes no connection. One that refuses is there, and
   * would refuse another connection as well, unless its name leads elsewhere: it is kept for longer.
   */
  async #beat(): Promise<void> {
    const heard = this.redis.status === 'ready' ? await this.#ask() : null;
    this.#missed = heard === null ? this.#missed + 1 : 0;
    if (heard === 'taken') {
      this.#refused = 0;
      this.#set(true);
    } else if (heard !== null) {
      this.#refused += 1;
      this.#lose('refuses', heard);
    } else if (this.#missed >= BEATS_AWAY && (this.#isUp || this.#told)) {
      this.#lose('silent', this.#lastError);
    }
    if ((this.#missed < BEATS_LOST && this.#refused < BEATS_REFUSED) || this.#isClosed) return;
    this.#missed = 0;
    this.#refused = 0;
    this.redis.disconnect(true);
  }

  /** Null: nothing was heard in time. */
  async #ask(): Promise<'taken' | Error | null> {
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(() => resolve(null), BEAT_MS - 50);
    const { beat } = this.#options;
    const asked = beat === undefined ? this.redis.ping() : this.redis.set(beat, '', 'PX', BEAT_KEPT_MS);
    const answered = asked.then(
      () => 'taken' as const,
      (error: Error) => (error instanceof ReplyError ? error : null),
    );
    const heard = await Promise.race([answered, late]);
    clearTimeout(timer);
    return heard;
  }

  #set(isUp: boolean): void {
    if (this.#isClosed || isUp === this.#isUp) return;
    this.#isUp = isUp;
    if (isUp) this.#tellBack();
    if (isUp) for (const resolve of this.#waiting) resolve();
    for (const changed of this.#watching) changed(isUp);
  }

  #lose(trouble: Trouble, err: Error | undefined): void {
    if (this.#isClosed) return;
    const { log, name } = this.#options;
    if (this.#told !== trouble) log?.warn({ err, connection: name }, SAID[trouble].begins);
    this.#told = trouble;
    this.#set(false);
  }

  #tellBack(): void {
    this.#lastError = undefined;
    if (this.#told === null) return;
    this.#options.log?.warn({ connection: this.#options.name }, SAID[this.#told].ends);
    this.#told = null;
  }
}

/** For `RedisOptions.beat`. */
export function beatKey(prefix: string): string {
  return `${prefix}:beat`;
}

/**
 * What all keys and channels of one installation begin with, so that two may share a
 * Redis. `secret`: anything that is stored in its database and in no other. In braces, because a cluster
 * keeps together what has the same text in them.
 */
export function redisPrefix(secret: string): string {
  return `{incident-${createHash('sha256').update(`redis ${secret}`).digest('hex').slice(0, 12)}}`;
}
