import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { KEY } from '#test/support/program.ts';

/** What senders met. */
interface Account {
  /** Ids that were answered 2xx. */
  readonly taken: Set<string>;
  /** A client that tries once more, when it is told to, read a failure twice. */
  readonly noticed: string[];
  /** Answers by status; 0: cut off, or no answer in time. */
  readonly statuses: Map<number, number>;
  /** What a 503 said, each once. */
  readonly sentences: Set<string>;
  /** The longest time between two answers that were 2xx. */
  longestGapMs: number;
  /** The longest that anybody waited for an answer of any kind. */
  longestWaitMs: number;
}

const SENDERS = 6;
export const SERVICES = 12;
/** Whoever hears nothing for so long goes away. */
const PATIENCE_MS = 60_000;

/** Senders of alerts that have ids of their own, and come back once, when they are told to. */
export function startLoad(url: string) {
  const account: Account = {
    taken: new Set(),
    noticed: [],
    statuses: new Map(),
    sentences: new Set(),
    longestGapMs: 0,
    longestWaitMs: 0,
  };
  const agent = new Agent({ keepAlive: true });
  let lastTaken = performance.now();
  const state = { isOver: false };
  let count = 0;

  const send = async (id: string, service: string) => {
    const began = performance.now();
    const { status, retryAfterMs, text } = await post(`${url}/api/v1/events`, bodyOf(id, service), agent);
    const now = performance.now();
    account.longestWaitMs = Math.max(account.longestWaitMs, now - began);
    account.statuses.set(status, (account.statuses.get(status) ?? 0) + 1);
    if (status === 202) {
      account.longestGapMs = Math.max(account.longestGapMs, now - lastTaken);
      lastTaken = now;
      account.taken.add(id);
    } else if (status === 503) account.sentences.add(sentenceIn(text));
    return { status, retryAfterMs };
  };
  const one = async () => {
    while (!state.isOver) {
      count += 1;
      const id = `fault-${count}`;
      const service = `service-${count % SERVICES}`;
      const first = await send(id, service);
      if (first.status !== 202) {
        await sleep(first.retryAfterMs);
        const second = await send(id, service);
        if (second.status !== 202) account.noticed.push(`${first.status}, then ${second.status}`);
      }
      await sleep(5);
    }
  };
  const all = Promise.all(Array.from({ length: SENDERS }, one));
  return {
    account,
    /** Resolves when alerts are taken that were sent from now on. */
    async flows(): Promise<void> {
      const before = account.taken.size;
      while (account.taken.size < before + 3 * SENDERS) await sleep(20);
    },
    async stop(): Promise<void> {
      state.isOver = true;
      await all;
      agent.destroy();
    },
  };
}

function bodyOf(id: string, service: string): string {
  return JSON.stringify({
    event_id: id,
    source: 'faults',
    event_type: 'alert',
    category: 'availability',
    title: `Errors in ${service}`,
    description: '',
    severity: 'P3',
    timestamp: new Date().toISOString(),
    resource: { type: 'service', id: service, name: service },
    tags: { rule: 'errors' },
  });
}

async function post(url: string, body: string, agent: Agent) {
  const { promise, resolve } = Promise.withResolvers<{
    status: number;
    retryAfterMs: number;
    text: string;
  }>();
  const gone = () => resolve({ status: 0, retryAfterMs: 1000, text: '' });
  const sent = request(
    url,
    {
      method: 'POST',
      agent,
      headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
      timeout: PATIENCE_MS,
    },
    (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('error', gone);
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, retryAfterMs: Number(headers['retry-after'] ?? 1) * 1000, text });
      });
    },
  );
  sent.on('error', gone).on('timeout', () => sent.destroy());
  sent.end(body);
  return await promise;
}

function sentenceIn(text: string): string {
  try {
    return (JSON.parse(text) as { message: string }).message;
  } catch {
    return text;
  }
}
