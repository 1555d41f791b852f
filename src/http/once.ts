import { createHash } from 'node:crypto';

import { keepAnswer, noteDone, releaseKey, takeKey, type Answered, type Once } from '#src/db/idempotency.ts';
import type { Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';

import type { HttpDeps } from './deps.ts';
import type { Trying } from './route.ts';
import type { Answer } from './send.ts';

/** A request that was taken and never answered (its process died) may be sent again after this. */
const STALE_MS = 60_000;
const KEY_MAX = 255;
/** Nothing was done, and the same may be asked again as soon as a key or a signature is put right. */
const NOT_KEPT = new Set([401, 403, 429]);

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly raw: Buffer;
  readonly owner: string;
  readonly key: string;
  /** The answer has a secret, so it cannot be given twice. */
  readonly secret: boolean;
}

/**
 * Does what a request asks once per Idempotency-Key, for 24 hours: a repeat
 * gets the first one's answer, also while that is still being made. Answers
 * that say "later" (5xx, 429) or "not you" (401, 403) are not kept. Throws `conflict` for a key that
 * came with another request.
 */
export class OnlyOnce {
  readonly #deps: Pick<HttpDeps, 'db' | 'now' | 'newId'>;
  readonly #running = new Map<string, { readonly hash: string; readonly answer: Promise<Answer> }>();

  constructor(deps: Pick<HttpDeps, 'db' | 'now' | 'newId'>) {
    this.#deps = deps;
  }

  /** `run` must not throw: a refusal is an answer too. */
  async run(asked: Asked, run: (trying: Trying) => Promise<Answer>): Promise<Answer> {
    const once = nameOf(asked);
    const name = `${once.owner}\n${once.key}`;
    const running = this.#running.get(name);
    if (running) {
      if (running.hash !== once.requestHash) throw anotherRequest();
      return replayed(this.#forReplay(await running.answer, asked.secret));
    }
    const answer = this.#first(once, asked, run);
    this.#running.set(name, { hash: once.requestHash, answer });
    try {
      return await answer;
    } finally {
      this.#running.delete(name);
    }
  }

  async #first(once: Once, asked: Asked, run: (trying: Trying) => Promise<Answer>): Promise<Answer> {
    const { db } = this.#deps;
    const now = this.#deps.now();
    const stale = new Date(now.getTime() - STALE_MS);
    const taking = await takeKey(db, once, { id: this.#deps.newId(), now, stale });
    if ('before' in taking) return answerBefore(taking.before, once);
    const { attempt } = taking;
    const finish = async (tx: Tx, done: string) => await noteDone(tx, once, { ...attempt, done });
    const answer = await run({ ...attempt, finish });
    if (answer.status >= 500 || NOT_KEPT.has(answer.status)) {
      await releaseKey(db, once, new Date(stale.getTime() - 1));
    } else {
      const { status, body } = this.#forReplay(answer, asked.secret);
      await keepAnswer(db, once, status, toKeep(body));
    }
    return answer;
  }

  #forReplay(answer: Answer, secret: boolean): Answer {
    if (!secret || answer.status >= 300) return answer;
    const message =
      'An earlier request with this Idempotency-Key did this. Its secret was shown once and is not kept; make another one.';
    const timestamp = this.#deps.now().toISOString();
    return { status: 409, body: { error: 'CONFLICT', message, details: {}, timestamp } };
  }
}

/** Throws `conflict` where there is none yet, or the key was taken for another request. */
function answerBefore({ requestHash, status, body }: Answered, once: Once): Answer {
  if (requestHash !== once.requestHash) throw anotherRequest();
  if (status !== null) return replayed({ status, body: asKept(body) });
  throw new UserError(
    'conflict',
    'The first request with this Idempotency-Key is still running. Send this one again in a second.',
    { retryAfterS: 1 },
  );
}

function nameOf({ method, url, raw, owner, key }: Asked): Once {
  if (!/^[\x21-\x7e]+$/.test(key) || key.length > KEY_MAX) {
    throw new UserError(
      'bad_arguments',
      `An Idempotency-Key is 1 to ${KEY_MAX} printable characters, such as a UUID.`,
    );
  }
  const hash = createHash('sha256').update(`${method} ${url}\n`).update(raw);
  return { owner, key, requestHash: hash.digest('hex') };
}

/** As text, because jsonb would give the fields another order, and a repeat gets the same bytes. */
function toKeep(body: Answer['body']): { readonly text: string } | null {
  return body === null ? null : { text: JSON.stringify(body) };
}

function asKept(body: object | null): Answer['body'] {
  if (body === null || !('text' in body) || typeof body.text !== 'string') return null;
  return JSON.parse(body.text) as Answer['body'];
}

function replayed(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, 'Idempotent-Replayed': 'true' } };
}

function anotherRequest(): UserError {
  return new UserError(
    'conflict',
    'This Idempotency-Key was used for another request in the last 24 hours. Take a new one for each thing you want done.',
  );
}
