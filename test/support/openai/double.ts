import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Asked } from '#test/support/claude/asked.ts';
import { Faults } from '#test/support/claude/faults.ts';
import { entryOf, type Entry, type Received } from '#test/support/claude/journal.ts';
import { inputTokens, tokensOf } from '#test/support/claude/prefix-cache.ts';
import {
  invalid,
  isObject,
  plain,
  Refused,
  type Json,
  type JsonObject,
} from '#test/support/claude/refusal.ts';
import { Replies } from '#test/support/claude/replies.ts';
import { breakOff, sendFault } from '#test/support/claude/sending.ts';
import { serve, textOf, writeInPieces } from '#test/support/claude/server.ts';

import { checkChat, type CheckedChat } from './check-chat.ts';
import { embeddings, type Flavour } from './embeddings.ts';

export const OPENAI_KEY = 'sk-test-0000000000000000';

export interface OpenAiOptions {
  /** Whose embeddings it speaks. */
  readonly flavour?: Flavour;
  /** Null: it wants no key, as servers of one's own. */
  readonly key?: string | null;
  /** Names of chat models. */
  readonly models?: readonly string[];
}

/** Tokens of one request; nothing is cached. */
export interface OpenAiBilled {
  readonly requestId: string;
  readonly model: string;
  readonly input: number;
  readonly output: number;
}

/** A server that speaks OpenAI's chat completions and embeddings, or Voyage's embeddings, on this machine. */
export interface OpenAi {
  readonly url: string;
  /** With its version, as settings want it. */
  readonly baseUrl: string;
  readonly key: string | null;
  readonly replies: Replies;
  readonly faults: Faults;
  readonly journal: readonly Received[];
  readonly ledger: readonly OpenAiBilled[];
  readonly goDown: () => Promise<void>;
  readonly comeBack: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface State {
  readonly options: Required<OpenAiOptions>;
  readonly journal: Entry[];
  readonly ledger: OpenAiBilled[];
  readonly replies: Replies;
  readonly faults: Faults;
}

const MOST_BYTES = 32 * 1024 * 1024;

export async function startOpenAi(options: OpenAiOptions = {}): Promise<OpenAi> {
  const state: State = {
    options: {
      flavour: options.flavour ?? 'openai',
      key: options.key === undefined ? OPENAI_KEY : options.key,
      models: options.models ?? ['gpt-5-mini', 'llama3.3'],
    },
    journal: [],
    ledger: [],
    replies: new Replies(),
    faults: new Faults(),
  };
  const served = await serve(async (incoming, response) => await answer(state, incoming, response));
  const { journal, ledger, replies, faults } = state;
  return { ...served, baseUrl: `${served.url}/v1`, key: state.options.key, journal, ledger, replies, faults };
}

async function answer(state: State, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await textOf(incoming, MOST_BYTES).catch(() => '');
  const requestId = `req_${state.journal.length + 1}`;
  const entry = entryOf(incoming, response, { text: text ?? '', requestId, at: new Date() });
  state.journal.push(entry);
  response.setHeader('x-request-id', requestId);
  try {
    checkKey(entry, state.options.key);
    await route(state, entry, response);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    entry.refusal = error.message;
    refuse(state, response, entry, error);
  }
}

async function route(state: State, entry: Entry, response: ServerResponse): Promise<void> {
  const { method, path, body } = entry;
  const isChat = path === '/v1/chat/completions' && state.options.flavour === 'openai';
  if (method !== 'POST' || !(isChat || path === '/v1/embeddings')) {
    throw new Refused(404, 'invalid_request_error', `Invalid URL (${method} ${path})`);
  }
  if (body === null) invalid('We could not parse the JSON body of your request.');
  const made = isChat ? null : embeddings(body, state.options.flavour);
  const chat = isChat ? checkChat(body, state.options.models) : null;
  const fault = state.faults.take();
  entry.fault = fault?.kind ?? null;
  if (fault?.kind === 'status' && fault.html === undefined) {
    for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
    throw new Refused(fault.status, fault.type ?? 'server_error', fault.message ?? '');
  }
  if (fault && (await sendFault(response, entry, fault))) return;
  if (fault?.kind === 'late') await sleep(fault.ms, null, { ref: false });
  const said = chat ? completion(state, entry, chat, fault?.kind === 'reply' ? fault.reply : null) : made;
  entry.status = 200;
  if (fault?.kind === 'body') {
    response.writeHead(200, { 'content-type': fault.contentType });
    return void response.end(fault.body);
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  const bytes = Buffer.from(JSON.stringify(said));
  if (fault?.kind === 'stall' || fault?.kind === 'cut' || fault?.kind === 'ends') {
    await writeInPieces(response, [bytes.subarray(0, bytes.length / 2)]);
    return await breakOff(response, fault.kind);
  }
  response.end(bytes);
}

function completion(
  state: State,
  entry: Entry,
  { model, maxTokens, body }: CheckedChat,
  given: ReturnType<Replies['answer']> | null,
): object {
  const reply = given ?? state.replies.answer(askedOf(body));
  const whole = reply.text ?? (reply.json === undefined ? '' : JSON.stringify(reply.json));
  const isCut = tokensOf(whole) > maxTokens;
  const text = isCut ? whole.slice(0, maxTokens * 3) : whole;
  const calls = isCut ? [] : (reply.calls ?? []);
  const input = inputTokens(body);
  const output = Math.max(1, Math.min(maxTokens, tokensOf(text) + tokensOf(JSON.stringify(calls))));
  state.ledger.push({ requestId: entry.requestId, model, input, output });
  const id = `chatcmpl-${state.ledger.length}`;
  const isRefusal = reply.stop === 'refusal';
  return {
    id,
    object: 'chat.completion',
    created: 1_770_000_000,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: isRefusal || text === '' ? null : text,
          refusal: isRefusal ? text || 'I cannot help with that.' : null,
          ...(calls.length === 0
            ? {}
            : {
                tool_calls: calls.map(({ name, input: given_ }, index) => ({
                  id: `call_${state.ledger.length}_${index}`,
                  type: 'function',
                  function: { name, arguments: JSON.stringify(given_) },
                })),
              }),
        },
        logprobs: null,
        finish_reason:
          isCut || reply.stop === 'max_tokens' ? 'length' : calls.length > 0 ? 'tool_calls' : 'stop',
      },
    ],
    usage: {
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input + output,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
    service_tier: 'default',
  };
}

function askedOf(body: JsonObject): Asked {
  const messages = objectsIn(body['messages']);
  const format = isObject(body['response_format']) ? body['response_format']['json_schema'] : undefined;
  const schema = isObject(format) ? format['schema'] : undefined;
  const called = messages
    .flatMap((it) => objectsIn(it['tool_calls']))
    .map((it) => (isObject(it['function']) ? plain(it['function']['name']) : ''));
  return {
    model: plain(body['model']),
    system: messages
      .filter((it) => it['role'] === 'system')
      .map((it) => plain(it['content']))
      .join('\n'),
    texts: messages
      .filter((it) => it['role'] === 'user' || it['role'] === 'tool')
      .map((it) => plain(it['content'])),
    format: isObject(schema) ? schema : null,
    tools:
      body['tool_choice'] === 'none'
        ? []
        : objectsIn(body['tools']).map((it) => {
            const made = isObject(it['function']) ? it['function'] : {};
            return {
              name: plain(made['name']),
              schema: isObject(made['parameters']) ? made['parameters'] : {},
            };
          }),
    called,
    isAgain: called.length === 0 && messages.some((it) => it['role'] === 'assistant'),
    body,
  };
}

function objectsIn(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((it) => isObject(it)) : [];
}

function checkKey({ headers }: Entry, key: string | null): void {
  if (key === null || headers.authorization === `Bearer ${key}`) return;
  throw new Refused(401, 'invalid_request_error', 'Incorrect API key provided.', { code: 'invalid_api_key' });
}

function refuse(state: State, response: ServerResponse, entry: Entry, refused: Refused): void {
  entry.status = refused.status;
  const { type, message, details } = refused;
  response.writeHead(refused.status, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify(
      state.options.flavour === 'voyage'
        ? { detail: message }
        : { error: { message, type, param: null, code: null, ...details } },
    ),
  );
}
