import { z } from 'zod';

import {
  ModelError,
  NO_USAGE,
  type Failure,
  type JsonSchema,
  type ModelReply,
  type ModelRequest,
  type ModelTurn,
  type Provider,
  type Stop,
} from './model.ts';
import { retryAfterMs } from './retry-after.ts';

/** Everything that speaks OpenAI's chat completions: OpenAI, Ollama, vLLM, LM Studio, LiteLLM and others. */
export interface OpenAiSettings {
  /** With its version, without a slash at its end: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** Servers of one's own may want none. */
  readonly apiKey: string | undefined;
}

export function openAiCompatible({ baseUrl, apiKey }: OpenAiSettings): Provider {
  const url = `${baseUrl}/chat/completions`;
  const headers = {
    'content-type': 'application/json',
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
  };
  return {
    name: 'openai',
    async call(request, signal) {
      const body = JSON.stringify(bodyOf(request));
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' }).catch(
        (error: unknown) => {
          throw unreachable(error, signal);
        },
      );
      if (!response.ok) {
        await response.body?.cancel().catch(() => {});
        throw refused(response);
      }
      const said = await response.json().catch((error: unknown) => {
        throw broken(error, signal);
      });
      return readReply(said, response.headers.get('x-request-id'));
    },
  };
}

function bodyOf({
  model,
  system,
  tools,
  mayUseTools,
  turns,
  answer,
  effort,
  maxTokens,
}: ModelRequest): object {
  return {
    model,
    max_completion_tokens: maxTokens,
    messages: [{ role: 'system', content: system }, ...turns.flatMap(messagesOf)],
    ...(thinks(model) ? { reasoning_effort: effort } : {}),
    ...(answer
      ? {
          response_format: {
            type: 'json_schema',
            json_schema: { name: 'answer', strict: isWhole(answer), schema: answer },
          },
        }
      : {}),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, input }) => ({
            type: 'function',
            function: { name, description, parameters: input, strict: isWhole(input) },
          })),
          tool_choice: mayUseTools ? 'auto' : 'none',
        }),
  };
}

/** Others refuse a word on effort. */
function thinks(model: string): boolean {
  return /^(?:gpt-5|o\d)/.test(model);
}

/** What is strict there has no part that may be left out. */
function isWhole(form: JsonSchema): boolean {
  const { properties, required } = form as { properties?: object; required?: readonly string[] };
  const all = Object.keys(properties ?? {}).every((it) => required?.includes(it));
  const inner = Object.values(form).flatMap((it) => (Array.isArray(it) ? it : [it]));
  const deeper = [...inner, ...Object.values(properties ?? {})];
  return all && deeper.every((it) => typeof it !== 'object' || it === null || isWhole(it as JsonSchema));
}

function messagesOf(turn: ModelTurn): object[] {
  if (turn.role === 'assistant') return [turn.content.opaque as object];
  const results = turn.parts.filter((it) => it.type === 'result');
  const text = turn.parts.filter((it) => it.type === 'text').map((it) => it.text);
  return [
    ...results.map(({ id, text: content, isError }) => ({
      role: 'tool',
      tool_call_id: id,
      content: isError ? JSON.stringify({ error: content }) : content,
    })),
    ...(text.length === 0 ? [] : [{ role: 'user', content: text.join('\n\n') }]),
  ];
}

/** Only what is read; everything else is sent back as it came. */
const Said = z.object({
  model: z.string().optional(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.looseObject({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: z
            .array(
              z.looseObject({
                id: z.string(),
                function: z.looseObject({ name: z.string(), arguments: z.string() }),
              }),
            )
            .nullish(),
        }),
      }),
    )
    .min(1),
});

const Used = z.object({
  usage: z.object({
    prompt_tokens: z.int().nonnegative(),
    completion_tokens: z.int().nonnegative(),
    prompt_tokens_details: z.object({ cached_tokens: z.int().nonnegative().nullish() }).nullish(),
    completion_tokens_details: z.object({ reasoning_tokens: z.int().nonnegative().nullish() }).nullish(),
  }),
});

function readReply(body: unknown, requestId: string | null): ModelReply {
  const usage = usageOf(body);
  const read = Said.safeParse(body);
  const choice = read.success ? read.data.choices[0] : undefined;
  if (!read.success || !choice) {
    throw new ModelError('down', 'what answered is not the API', { mayRetry: true, usage, requestId });
  }
  const { message, finish_reason: reason } = choice;
  const stop = message.refusal ? 'refused' : STOPS[reason ?? ''];
  const calls = (message.tool_calls ?? []).map((it) => ({
    id: it.id,
    name: it.function.name,
    input: parsed(it.function.arguments),
  }));
  return {
    model: read.data.model ?? '',
    // Some servers say `stop` where they ask for a tool.
    stop: stop === 'done' && calls.length > 0 ? 'tools' : (stop ?? 'unreadable'),
    note: stop ? null : 'it stopped for a reason we do not know',
    text: message.content ?? '',
    calls,
    content: { opaque: { ...message, role: 'assistant' } },
    usage,
    requestId,
  };
}

const STOPS: Readonly<Record<string, Stop>> = {
  stop: 'done',
  tool_calls: 'tools',
  length: 'cut',
  content_filter: 'refused',
};

function usageOf(body: unknown): ModelReply['usage'] {
  const read = Used.safeParse(body);
  if (!read.success) return null;
  const { usage } = read.data;
  const cached = Math.min(usage.prompt_tokens, usage.prompt_tokens_details?.cached_tokens ?? 0);
  return {
    ...NO_USAGE,
    input: usage.prompt_tokens - cached,
    cacheRead: cached,
    output: usage.completion_tokens,
    thinking: usage.completion_tokens_details?.reasoning_tokens ?? 0,
  };
}

/** Of a tool; what is no JSON is no input of any tool. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unreachable(error: unknown, signal: AbortSignal): ModelError {
  if (signal.aborted) return stopped(error);
  const { code } = (error instanceof Error ? (error.cause ?? error) : {}) as NodeJS.ErrnoException;
  const neverCame = code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
  const usage = neverCame ? NO_USAGE : null;
  return new ModelError('unreachable', 'the API cannot be reached', { mayRetry: true, usage, cause: error });
}

function broken(error: unknown, signal: AbortSignal): ModelError {
  if (signal.aborted) return stopped(error);
  return new ModelError('down', 'the answer broke off or was not JSON', {
    mayRetry: true,
    usage: null,
    cause: error,
  });
}

function stopped(cause: unknown): ModelError {
  return new ModelError('stopped', 'it was cut off', { mayRetry: false, usage: null, cause });
}

function refused({ status, headers }: Response): ModelError {
  const [failure, why] = BY_STATUS[status] ?? (status >= 500 ? FAILED : REFUSED);
  const mayRetry = failure === 'busy' || failure === 'down';
  const more = { retryAfterMs: retryAfterMs(headers), requestId: headers.get('x-request-id') };
  return new ModelError(failure, `${why} (${status})`, { mayRetry, usage: NO_USAGE, ...more });
}

type Told = readonly [Failure, string];
const FAILED: Told = ['down', 'the API failed'];
const REFUSED: Told = ['request', 'the request was refused'];
const BY_STATUS: Readonly<Record<number, Told>> = {
  401: ['key', 'the key is not accepted'],
  402: ['spent', 'the account cannot be billed'],
  403: ['key', 'the key may not do that'],
  404: ['model', 'there is no such model'],
  408: FAILED,
  409: FAILED,
  429: ['busy', 'too much was asked'],
};
