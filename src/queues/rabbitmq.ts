import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

import { Connection, ConsumerStatus } from 'rabbitmq-client';
import type { AsyncMessage, Consumer, Publisher } from 'rabbitmq-client';

import type { AlertStream, Message, StreamLog, Take } from './stream.ts';

/** Sentinel's (contracts 4.1). */
const EXCHANGE = 'sentinel.alerts';
const KEYS = 'alert.*';

/** Messages that this process has and has not acknowledged; as many as one commit takes. */
const PREFETCH = 500;
/** Twice this without a sign of life, and the connection is given up. */
const HEARTBEAT_S = 10;
const RETRY_MS = { low: 250, high: 5000 };
/** Before something that failed for another reason than the connection is tried again. */
const PAUSE_MS = 1000;
/** What came back so often is put aside: a quorum queue drops it at 20, where no policy says otherwise. */
const TOO_OFTEN = 18;
/** The last time that it may come back because we stop, or the connection is gone, and nobody waited. */
const LAST_TIME = 19;
const GRACE_MS = 5000;

interface RabbitOptions {
  readonly url: string;
  /** Our durable queue at Sentinel's exchange; what cannot be read goes to the one named after it. */
  readonly queue: string;
  readonly log: StreamLog;
  /** Told of each message when it is dealt with. */
  readonly observe: (outcome: 'taken' | 'later' | 'dead') => void;
}

/**
 * Sentinel's alerts from RabbitMQ. A message is acknowledged after its commit, so a broker or a
 * program that dies in between brings it again, and its id says that it was here. Exchange and
 * queues are made where they are missing and left as they are where an operator made them
 * (a quorum queue, a user without rights to make any).
 */
export class RabbitStream implements AlertStream {
  readonly name = 'rabbitmq';
  readonly #options: RabbitOptions;
  readonly #stopping = new AbortController();
  readonly #returned = new Set<string>();
  #held = new AbortController();
  #take: Take = async () => ({ end: 'later' });
  #rabbit: Connection | undefined;
  #consumer: Consumer | undefined;
  #publisher: Publisher | undefined;
  #isTold = false;
  #isPreparing = false;

  constructor(options: RabbitOptions) {
    this.#options = options;
  }

  start(take: Take): void {
    this.#take = take;
    const rabbit = new Connection({
      url: this.#options.url,
      connectionName: 'llm-incident-manager',
      heartbeat: HEARTBEAT_S,
      retryLow: RETRY_MS.low,
      retryHigh: RETRY_MS.high,
    });
    rabbit.on('error', (error: unknown) => {
      // What is held cannot be acknowledged any more; the broker brings it again.
      this.#held.abort();
      this.#held = new AbortController();
      this.#lost(error);
    });
    this.#rabbit = rabbit;
    this.#publisher = rabbit.createPublisher({ confirm: true });
    this.#publisher.on('basic.return', ({ headers }) => this.#returned.add(String(headers?.['x-put-aside'])));
    this.#consumer = this.#consumerOf(rabbit);
    void this.#prepare();
  }

  isConnected(): boolean {
    return (this.#consumer?.consumerTag ?? '') !== '';
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#held.abort();
    const closed = (async () => {
      await this.#consumer?.close();
      await this.#publisher?.close();
      await this.#rabbit?.close();
    })();
    await Promise.race([closed.catch(() => {}), sleep(GRACE_MS, undefined, { ref: false })]);
    this.#rabbit?.unsafeDestroy();
  }

  #consumerOf(rabbit: Connection): Consumer {
    const consumer = rabbit.createConsumer(
      {
        queue: this.#options.queue,
        queueOptions: { passive: true },
        qos: { prefetchCount: PREFETCH },
        lazy: true,
      },
      async (message) => await this.#deal(message),
    );
    consumer.on('ready', () => {
      if (this.#isTold) this.#options.log.info({ queue: consumer.queue }, 'RabbitMQ is there again');
      this.#isTold = false;
    });
    consumer.on('error', (error: unknown) => {
      this.#lost(error);
      // The queue is gone, as after a broker that lost its disk.
      if (/^(?:NOT_FOUND|CANCEL_FORCED)$/.test(codeOf(error))) void this.#prepare();
    });
    return consumer;
  }

  /** Once for each time it is lost, not for each try. */
  #lost(error: unknown): void {
    if (this.#isTold || this.#stopping.signal.aborted) return;
    this.#isTold = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.log.warn({ reason }, 'RabbitMQ cannot be used; its alerts wait there until it can');
  }

  /** Until everything is there that messages come through; then the consumer keeps itself alive. */
  async #prepare(): Promise<void> {
    if (this.#isPreparing) return;
    this.#isPreparing = true;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#makeWhatIsMissing();
        break;
      } catch (error) {
        this.#lost(error);
        await sleep(PAUSE_MS);
      }
    }
    this.#isPreparing = false;
    if (!this.#stopping.signal.aborted) this.#consumer?.start();
  }

  async #makeWhatIsMissing(): Promise<void> {
    const rabbit = this.#rabbit;
    if (!rabbit) return;
    const { queue } = this.#options;
    const exchange = { exchange: EXCHANGE, type: 'topic', durable: true };
    await rabbit
      .exchangeDeclare({ ...exchange, passive: true })
      .catch(unlessMissing(() => rabbit.exchangeDeclare(exchange)));
    for (const it of [queue, deadOf(queue)]) {
      await rabbit
        .queueDeclare({ queue: it, passive: true })
        .catch(unlessMissing(() => rabbit.queueDeclare({ queue: it, durable: true })));
    }
    await rabbit.queueBind({ queue, exchange: EXCHANGE, routingKey: KEYS }).catch((error: unknown) => {
      // Who may not bind it has had it bound.
      if (codeOf(error) !== 'ACCESS_REFUSED') throw error;
    });
  }

  async #deal(raw: AsyncMessage): Promise<ConsumerStatus> {
    const { log, observe } = this.#options;
    const message = { body: bytesOf(raw.body), id: raw.messageId ?? null, givenBack: givenBackOf(raw) };
    const { signal } = this.#held;
    let verdict = await this.#take(message, signal);
    const most = signal.aborted ? LAST_TIME : TOO_OFTEN;
    if (verdict.end === 'later' && message.givenBack >= most) {
      verdict = { end: 'dead', why: `it could not be stored ${TOO_OFTEN} times; the broker drops it soon` };
    }
    if (verdict.end === 'dead' && !(await this.#putAside(raw, message, verdict.why))) {
      observe('later');
      return ConsumerStatus.REQUEUE;
    }
    observe(verdict.end);
    if (verdict.end === 'dead') {
      const about = { message: message.id, why: verdict.why, queue: deadOf(this.#options.queue) };
      log.warn(about, 'A message from RabbitMQ was put aside');
    }
    return verdict.end === 'later' ? ConsumerStatus.REQUEUE : ConsumerStatus.ACK;
  }

  /** Whether the broker has it in the other queue for certain: only then may it leave this one. */
  async #putAside(raw: AsyncMessage, { body, id }: Message, why: string): Promise<boolean> {
    const { queue } = this.#options;
    const mark = `${raw.consumerTag}:${raw.deliveryTag}`;
    try {
      await this.#publisher?.send(
        {
          routingKey: deadOf(queue),
          durable: true,
          mandatory: true,
          ...(id === null ? {} : { messageId: id }),
          contentType: raw.contentType ?? 'application/octet-stream',
          headers: { ...raw.headers, 'x-reason': why.slice(0, 1000), 'x-queue': queue, 'x-put-aside': mark },
        },
        body,
      );
      // That nobody has a queue for it is said in the turn after it was confirmed.
      await turn();
      if (!this.#returned.delete(mark)) return true;
      this.#lost(new Error(`there is no queue ${deadOf(queue)}`));
      void this.#prepare();
    } catch (error) {
      this.#lost(error);
    }
    await sleep(PAUSE_MS);
    return false;
  }
}

/** Quorum queues count it. */
function givenBackOf({ headers }: AsyncMessage): number {
  const count: unknown = headers?.['x-delivery-count'];
  return typeof count === 'number' ? count : 0;
}

function deadOf(queue: string): string {
  return `${queue}.dead`;
}

/** The library reads what its sender calls JSON or text; alerts are read from bytes. */
function bytesOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (typeof body === 'string') return Buffer.from(body);
  try {
    return Buffer.from(JSON.stringify(body));
  } catch {
    // Nested too deeply to be written again, and so to be an alert.
    return Buffer.alloc(0);
  }
}

function unlessMissing<T>(make: () => Promise<T>): (error: unknown) => Promise<T> {
  return async (error) => {
    if (codeOf(error) !== 'NOT_FOUND') throw error;
    return await make();
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
