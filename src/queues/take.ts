import { setTimeout as sleep } from 'node:timers/promises';

import { readMarked } from '#src/alerts/said-before.ts';
import type { AlertSource } from '#src/alerts/source.ts';
import { isDatabaseAway } from '#src/db/lost.ts';
import type { Intake } from '#src/engine/intake.ts';
import type { Received } from '#src/engine/prepared.ts';
import { UserError } from '#src/errors.ts';

import type { Message, StreamLog, Take, Verdict } from './stream.ts';

/** As much as a webhook may have. */
const LARGEST_BYTES = 1024 ** 2;
/** Before the next try while the database is away or alerts wait in line. */
const REST_MS = 500;
/** What could not be stored for so long goes back: another process may have a way to the database. */
const KEEP_MS = 60_000;
/** After so many times it is kept longer: a quorum queue of RabbitMQ drops for good what came back 20 times. */
const OFTEN = 10;
/** Less than the half hour after which RabbitMQ takes back what is not acknowledged. */
const KEEP_LONG_MS = 1_200_000;
/** What nobody foresaw may have been bad luck; three times is not (contracts 4.1). */
const TRIES = 3;
const AGAIN_MS = 1000;

interface TakeOptions {
  readonly intake: Pick<Intake, 'submit'>;
  readonly source: AlertSource;
  /** Bytes to what can be stored; throws UserError where they are nothing. */
  readonly read: (raw: Buffer) => unknown;
  readonly log: StreamLog;
  readonly restMs?: number;
  readonly keepMs?: number;
  readonly keepLongMs?: number;
  readonly againMs?: number;
}

/**
 * Messages to alerts, through the same intake as the webhooks: messages that are taken at the same
 * time are committed together. While the database is away, or too much waits, all of them rest
 * together and are tried again together.
 */
export function takeInto(options: TakeOptions): Take {
  const rest = new Rest(options.restMs ?? REST_MS);
  return async (message, signal) => {
    const { log } = options;
    const read = alertsIn(message, options);
    if ('why' in read) return { end: 'dead', why: read.why };
    try {
      const { keepMs = KEEP_MS, keepLongMs = KEEP_LONG_MS } = options;
      const patience = message.givenBack < OFTEN ? keepMs : keepLongMs;
      return await store(read.received, { ...options, keepMs: patience, rest, signal });
    } catch (error) {
      if (error instanceof UserError) return { end: 'dead', why: error.message };
      log.error({ err: error, message: message.id }, 'A message could not be stored and is put aside');
      return { end: 'dead', why: `it could not be stored: ${textOf(error)}` };
    }
  };
}

function alertsIn(
  { body, id }: Message,
  { source, read, log }: TakeOptions,
): { readonly received: readonly Received[] } | { readonly why: string } {
  if (body.length > LARGEST_BYTES) return { why: `it has ${body.length} bytes; at most ${LARGEST_BYTES}` };
  try {
    const alerts = readMarked(source, read(body));
    return { received: alerts.map((it) => ({ ...it, size: body.length / alerts.length })) };
  } catch (error) {
    if (error instanceof UserError) return { why: error.message };
    log.error({ err: error, message: id }, 'A message could not be read and is put aside');
    return { why: `it could not be read: ${textOf(error)}` };
  }
}

interface Storing extends TakeOptions {
  readonly rest: Rest;
  readonly signal: AbortSignal;
  readonly keepMs: number;
}

/** Until it is committed, or is nobody's fault for too long. Throws what is its own fault. */
async function store(
  received: readonly Received[],
  { intake, rest, signal, keepMs, againMs = AGAIN_MS }: Storing,
): Promise<Verdict> {
  const began = performance.now();
  let tries = 0;
  for (;;) {
    await rest.over();
    if (signal.aborted || performance.now() - began > keepMs) return { end: 'later' };
    try {
      await intake.submit(received);
      return { end: 'taken' };
    } catch (error) {
      if (mustWait(error)) {
        rest.begin();
        continue;
      }
      tries += 1;
      if (error instanceof UserError || tries >= TRIES) throw error;
      await sleep(againMs * 2 ** (tries - 1));
    }
  }
}

/** It says nothing of the message. */
function mustWait(error: unknown): boolean {
  return isDatabaseAway(error) || (error instanceof UserError && error.code === 'busy');
}

/** One pause for everybody. */
class Rest {
  readonly #ms: number;
  #pause: Promise<void> = Promise.resolve();
  #isResting = false;

  constructor(ms: number) {
    this.#ms = ms;
  }

  begin(): void {
    if (this.#isResting) return;
    this.#isResting = true;
    this.#pause = this.#run();
  }

  async #run(): Promise<void> {
    await sleep(this.#ms);
    this.#isResting = false;
  }

  async over(): Promise<void> {
    while (this.#isResting) await this.#pause;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
