import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { ManualClock } from '#test/support/manual-clock.ts';

import { messageOf, type Ids, type Message } from './answer.ts';
import { askedOf } from './asked.ts';
import { checkRequest, type Checked } from './check-request.ts';
import { Faults, type Fault } from './faults.ts';
import { entryOf, type Entry, type Received } from './journal.ts';
import { priceOf, type Billed } from './ledger.ts';
import { modelInfo, MODELS } from './models.ts';
import { inputTokens, PrefixCache } from './prefix-cache.ts';
import { invalid, Refused } from './refusal.ts';
import { Replies } from './replies.ts';
import type { Reply } from './reply.ts';
import { refuse, send, sendFault, sendMessage } from './sending.ts';
import { serve, textOf } from './server.ts';

export const CLAUDE_KEY = 'sk-ant-test-0000000000000000';

export interface ClaudeOptions {
  /** 0 for any. */
  readonly port?: number;
  /** In place of a clock that the test moves: for the cache's expiry. */
  readonly now?: () => Date;
  /** A longer body is refused with 413; 32 MB at the real one. */
  readonly mostBytes?: number;
  /** The first byte of every answer comes this much later. */
  readonly delayMs?: number;
}

/** The Anthropic API, as far as this product uses it, on this machine. */
export interface Claude {
  readonly url: string;
  readonly key: string;
  /** Settings that point the product at it. */
  readonly env: { readonly ANTHROPIC_API_KEY: string; readonly ANTHROPIC_BASE_URL: string };
  readonly clock: ManualClock;
  readonly replies: Replies;
  readonly faults: Faults;
  /** Every request that came, oldest first. */
  readonly journal: readonly Received[];
  /** What was billed, oldest first; what was refused or never answered is not. */
  readonly ledger: readonly Billed[];
  /** Milliseconds before the first byte of every answer. */
  delay(ms: number): void;
  /** Refuses connections, until it comes back at the same address. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

interface State {
  readonly options: ClaudeOptions;
  readonly now: () => Date;
  readonly journal: Entry[];
  readonly ledger: Billed[];
  readonly replies: Replies;
  readonly faults: Faults;
  readonly cache: PrefixCache;
  readonly ids: Ids;
  /** Thoughts that were handed out, by signature. */
  readonly issued: Map<string, { readonly model: string; readonly thinking: string }>;
  requests: number;
  delayMs: number;
}

const MOST_BYTES = 32 * 1024 * 1024;
const VERSIONS = ['2026-10-21', '2023-06-01'];

export async function startClaude(options: ClaudeOptions = {}): Promise<Claude> {
  const clock = new ManualClock();
  const now = options.now ?? (() => clock.now());
  const state: State = {
    options,
    now,
    journal: [],
    ledger: [],
    replies: new Replies(),
    faults: new Faults(),
    cache: new PrefixCache(now),
    ids: countingIds(),
    issued: new Map(),
    requests: 0,
    delayMs: options.delayMs ?? 0,
  };
  const served = await serve(
    async (incoming, response) => await answer(state, incoming, response),
    options.port,
  );
  return {
    key: CLAUDE_KEY,
    env: { ANTHROPIC_API_KEY: CLAUDE_KEY, ANTHROPIC_BASE_URL: served.url },
    clock,
    replies: state.replies,
    faults: state.faults,
    journal: state.journal,
    ledger: state.ledger,
    delay: (ms) => void (state.delayMs = ms),
    ...served,
  };
}

async function answer(state: State, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await textOf(incoming, state.options.mostBytes ?? MOST_BYTES).catch(() => '');
  state.requests += 1;
  const requestId = `req_${String(state.requests).padStart(24, '0')}`;
  const entry = entryOf(incoming, response, { text: text ?? '', requestId, at: state.now() });
  state.journal.push(entry);
  response.setHeader('request-id', requestId);
  for (const [name, value] of Object.entries(rateHeaders(state))) response.setHeader(name, value);
  try {
    if (state.delayMs > 0) await sleep(state.delayMs, null, { ref: false });
    checkHeaders(entry);
    if (text === null) {
      throw new Refused(413, 'request_too_large', 'Request exceeds the maximum allowed number of bytes.');
    }
    await route(state, entry, response);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    entry.refusal = error.message;
    refuse(response, entry, error);
  }
}

async function route(state: State, entry: Entry, response: ServerResponse): Promise<void> {
  const { method, path } = entry;
  if (method === 'POST' && path === '/v1/messages') return await create(state, entry, response);
  const fault = takeFault(state, entry);
  if (fault && (await sendFault(response, entry, fault))) return;
  if (method === 'POST' && path === '/v1/messages/count_tokens') {
    const { body } = checkRequest(bodyOf(entry), state.issued, 'count');
    return send(response, entry, 200, { input_tokens: inputTokens(body) });
  }
  if (method === 'GET' && path === '/v1/models') {
    const data = MODELS.filter(({ lifecycle }) => lifecycle !== 'retired').map((it) => modelInfo(it));
    const [first, last] = [data[0]?.['id'], data.at(-1)?.['id']];
    return send(response, entry, 200, { data, has_more: false, first_id: first, last_id: last });
  }
  const id = method === 'GET' ? /^\/v1\/models\/([^/]+)$/.exec(path)?.[1] : undefined;
  if (id === undefined) throw new Refused(404, 'not_found_error', 'Not found');
  const model = MODELS.find((it) => it.id === decodeURIComponent(id));
  if (!model) throw new Refused(404, 'not_found_error', `model: ${id}`);
  send(response, entry, 200, modelInfo(model));
}

async function create(state: State, entry: Entry, response: ServerResponse): Promise<void> {
  const request = checkRequest(bodyOf(entry), state.issued, 'create');
  const fault = takeFault(state, entry);
  if (fault && (await sendFault(response, entry, fault))) return;
  const reply = fault?.kind === 'reply' ? fault.reply : state.replies.answer(askedOf(request.body));
  const message = made(state, request, reply);
  const bill = (told: Billed['told']): void => {
    const used = message.used;
    const usd = priceOf(request.model, { ...used, output: message.output });
    state.ledger.push({
      ...used,
      requestId: entry.requestId,
      model: request.model.id,
      output: message.output,
      thinking: message.thinking,
      usd,
      told,
    });
  };
  await sendMessage(response, entry, { message, request, fault, bill, isCrlf: state.requests % 2 === 0 });
}

function made(
  state: State,
  request: Checked,
  reply: Reply,
): Message & { readonly used: ReturnType<PrefixCache['read']> } {
  const tokens = inputTokens(request.body);
  if (tokens > request.model.maxInput) {
    invalid(`prompt is too long: ${tokens} tokens > ${request.model.maxInput} maximum`);
  }
  const used = state.cache.read(request.body, request.model);
  const message = messageOf(request, reply, used, state.ids);
  for (const block of message.content) {
    if (block.type !== 'thinking') continue;
    const thought = { model: request.model.id, thinking: String(block['thinking']) };
    state.issued.set(String(block['signature']), thought);
  }
  return { ...message, used };
}

function takeFault(state: State, entry: Entry): Fault | null {
  const fault = state.faults.take();
  entry.fault = fault?.kind ?? null;
  return fault;
}

function bodyOf(entry: Entry): NonNullable<Entry['body']> {
  const type = entry.headers['content-type'] ?? '';
  if (!type.startsWith('application/json')) invalid('content-type: must be application/json');
  if (entry.body === null) invalid('The request body is not valid JSON');
  return entry.body;
}

function checkHeaders({ headers }: Entry): void {
  const bearer = headers.authorization;
  const key = headers['x-api-key'];
  if (bearer === undefined && key === undefined) {
    throw new Refused(401, 'authentication_error', 'x-api-key header is required');
  }
  if (bearer !== undefined && bearer !== `Bearer ${CLAUDE_KEY}`) {
    throw new Refused(401, 'authentication_error', 'Invalid bearer token');
  }
  if (key !== undefined && key !== CLAUDE_KEY) {
    throw new Refused(401, 'authentication_error', 'invalid x-api-key');
  }
  const version = headers['anthropic-version'];
  if (version === undefined) invalid('anthropic-version: header is required');
  if (!VERSIONS.includes(String(version))) {
    invalid(`anthropic-version: "${String(version)}" is not a valid version.`);
  }
}

function rateHeaders(state: State): Record<string, string> {
  const reset = new Date(state.now().getTime() + 60_000).toISOString();
  const all: Record<string, string> = {};
  for (const kind of ['requests', 'tokens', 'input-tokens', 'output-tokens']) {
    const limit = kind === 'requests' ? 1000 : 2_000_000;
    all[`anthropic-ratelimit-${kind}-limit`] = String(limit);
    all[`anthropic-ratelimit-${kind}-remaining`] = String(Math.max(0, limit - state.requests));
    all[`anthropic-ratelimit-${kind}-reset`] = reset;
  }
  return all;
}

function countingIds(): Ids {
  let count = 0;
  return {
    next: (kind) => {
      count += 1;
      const number = String(count).padStart(22, '0');
      return kind === 'sig' ? `EqQB${number}` : `${kind}_01${number}`;
    },
  };
}
