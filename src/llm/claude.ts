import Anthropic, {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
} from '@anthropic-ai/sdk';

import {
  ModelError,
  NO_USAGE,
  type Failure,
  type ModelReply,
  type ModelRequest,
  type ModelTurn,
  type Provider,
  type Stop,
  type Usage,
  type UserPart,
} from './model.ts';
import { retryAfterMs } from './retry-after.ts';

/**
 * Claude. The only file that knows the SDK; it is loaded where a key is set and nowhere else. The SDK does
 * not ask again by itself, because it would sleep for as long as `retry-after` says; the door does.
 */
export interface ClaudeSettings {
  readonly apiKey: string;
  readonly baseUrl: string;
}

/** What the API says of a model. */
export interface KnownModel {
  readonly id: string;
  readonly lifecycle: 'active' | 'deprecated' | 'retired';
  readonly retiresAt: string | null;
}

export function claude(settings: ClaudeSettings): Provider {
  const client = connect(settings);
  return {
    name: 'anthropic',
    async call(request, signal) {
      try {
        return await send(client, request, signal);
      } catch (error) {
        throw error instanceof ModelError ? error : whatFailed(error, signal);
      }
    },
  };
}

/**
 * What is said of one model; null where there is none of that name.
 *
 * @throws ModelError
 */
export async function lookUpModel(
  settings: ClaudeSettings,
  model: string,
  signal: AbortSignal,
): Promise<KnownModel | null> {
  try {
    const found = await connect(settings).models.retrieve(model, {}, { signal });
    return { id: found.id, lifecycle: found.lifecycle, retiresAt: found.retires_at };
  } catch (error) {
    if (error instanceof APIError && error.status === 404) return null;
    throw whatFailed(error, signal);
  }
}

function connect({ apiKey, baseUrl }: ClaudeSettings): Anthropic {
  return new Anthropic({
    apiKey,
    baseURL: baseUrl,
    maxRetries: 0,
    // A redirect would take the key and the texts to somebody else.
    fetchOptions: { redirect: 'error' },
    openTelemetry: false,
    logLevel: 'off',
  });
}

/** Above this the answer comes as a stream, so that no proxy takes a long silence for the end. */
const LONG_TOKENS = 8000;
/** Until the head of an answer; the deadline of the question cuts it off before. */
const LONGEST_MS = 600_000;

async function send(client: Anthropic, request: ModelRequest, signal: AbortSignal): Promise<ModelReply> {
  const body = bodyOf(request);
  const options = { signal, timeout: LONGEST_MS };
  if (request.maxTokens <= LONG_TOKENS) {
    const created = client.messages.create({ ...body, stream: false }, options);
    const { data, request_id: requestId } = await created.withResponse();
    return readMessage(data, requestId);
  }
  const stream = client.messages.stream(body, options);
  return readMessage(await stream.finalMessage(), stream.request_id);
}

function bodyOf(request: ModelRequest): Omit<Anthropic.MessageCreateParamsNonStreaming, 'stream'> {
  const { model, system, tools, mayUseTools, turns, answer, effort, maxTokens } = request;
  return {
    model,
    max_tokens: maxTokens,
    // Tools come before it, so that one mark is for both.
    system: [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }],
    messages: turns.map(messageOf),
    output_config: {
      ...(takesEffort(model) ? { effort } : {}),
      ...(answer ? { format: { type: 'json_schema', schema: { ...answer } } } : {}),
    },
    ...(canStopThinking(model) && effort === 'low' ? { thinking: { type: 'disabled' } } : {}),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, input }) => ({
            name,
            description,
            input_schema: input as Anthropic.Tool.InputSchema,
            strict: true,
          })),
          tool_choice: { type: mayUseTools ? ('auto' as const) : ('none' as const) },
        }),
  };
}

/** Those from before 4.6 refuse the word, but for Opus 4.5. */
function takesEffort(model: string): boolean {
  return !/^claude-(?:haiku|sonnet)-4-5/.test(model);
}

/** The small ones think by default, which a choice among words does not need. Others cannot leave it off. */
function canStopThinking(model: string): boolean {
  return model.startsWith('claude-haiku-5');
}

function messageOf(turn: ModelTurn): Anthropic.MessageParam {
  return turn.role === 'assistant'
    ? { role: 'assistant', content: turn.content.opaque as Anthropic.ContentBlockParam[] }
    : { role: 'user', content: turn.parts.map(blockOf) };
}

function blockOf(part: UserPart): Anthropic.TextBlockParam | Anthropic.ToolResultBlockParam {
  const mark = part.mark ? { cache_control: { type: 'ephemeral' as const } } : {};
  if (part.type === 'text') return { type: 'text', text: part.text, ...mark };
  return {
    type: 'tool_result',
    tool_use_id: part.id,
    content: part.text,
    ...(part.isError ? { is_error: true } : {}),
    ...mark,
  };
}

/** A proxy may answer with a page, and then the SDK gives us its text. */
function readMessage(message: unknown, requestId: string | null | undefined): ModelReply {
  const found = message as Partial<Anthropic.Message> | null;
  if (typeof found !== 'object' || found === null || !Array.isArray(found.content)) {
    throw new ModelError('down', 'what answered is not the API', { mayRetry: true, usage: null });
  }
  const { content, model, stop_reason: reason } = found as Anthropic.Message;
  const texts = content.filter((it) => it.type === 'text').map(({ text }) => text);
  const calls = content
    .filter((it) => it.type === 'tool_use')
    .map(({ id, name, input }) => ({ id, name, input }));
  return {
    model,
    stop: (reason && STOPS[reason]) ?? 'unreadable',
    note: reason && reason in STOPS ? null : `it stopped for ${String(reason)}`,
    text: texts.join(''),
    calls,
    content: { opaque: content },
    usage: usageOf(found.usage),
    requestId: requestId ?? null,
  };
}

const STOPS: Readonly<Record<string, Stop>> = {
  end_turn: 'done',
  stop_sequence: 'done',
  tool_use: 'tools',
  max_tokens: 'cut',
  model_context_window_exceeded: 'cut',
  refusal: 'refused',
};

function usageOf(usage: Partial<Anthropic.Usage> | undefined): Usage | null {
  if (typeof usage?.input_tokens !== 'number' || typeof usage.output_tokens !== 'number') return null;
  const written = usage.cache_creation_input_tokens ?? 0;
  const hour = usage.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  return {
    input: usage.input_tokens,
    cacheWrite5m: usage.cache_creation?.ephemeral_5m_input_tokens ?? written - hour,
    cacheWrite1h: hour,
    cacheRead: usage.cache_read_input_tokens ?? 0,
    output: usage.output_tokens,
    thinking: usage.output_tokens_details?.thinking_tokens ?? 0,
  };
}

/** In our words, and none of what was sent: an error's own text may repeat it. */
function whatFailed(error: unknown, signal: AbortSignal): ModelError {
  const cause = { cause: error };
  if (signal.aborted || error instanceof APIUserAbortError) {
    return new ModelError('stopped', 'it was cut off', { mayRetry: false, usage: null, ...cause });
  }
  if (error instanceof APIConnectionTimeoutError) {
    return new ModelError('unreachable', 'the API did not answer', { mayRetry: true, usage: null, ...cause });
  }
  if (error instanceof APIConnectionError) {
    const usage = wasRefused(error) ? NO_USAGE : null;
    return new ModelError('unreachable', 'the API cannot be reached', { mayRetry: true, usage, ...cause });
  }
  if (!(error instanceof APIError)) {
    return new ModelError('down', 'the answer broke off or was not JSON', {
      mayRetry: true,
      usage: null,
      ...cause,
    });
  }
  const status: number | undefined = error.status;
  const { failure, why } = KINDS[error.type ?? ''] ?? byStatus(status);
  const isSpent = error.errorCode === 'enforced_spend_limit_reached';
  const said = error.headers?.get('x-should-retry');
  return new ModelError(
    isSpent ? 'spent' : failure,
    `${isSpent ? 'the limit of spending is reached' : why} (${status ?? 'in the stream'})`,
    {
      mayRetry: !isSpent && said !== 'false' && (said === 'true' || PASSING.has(failure)),
      retryAfterMs: retryAfterMs(error.headers),
      requestId: error.requestID ?? null,
      // An error in place of an answer is not billed; one in the midst of a stream may be.
      usage: status === undefined ? null : NO_USAGE,
      ...cause,
    },
  );
}

const PASSING = new Set<Failure>(['busy', 'down', 'unreachable']);

type Kind = { readonly failure: Failure; readonly why: string };

const KINDS: Readonly<Record<string, Kind>> = {
  authentication_error: { failure: 'key', why: 'the key is not accepted' },
  permission_error: { failure: 'key', why: 'the key may not do that' },
  billing_error: { failure: 'spent', why: 'the account cannot be billed' },
  not_found_error: { failure: 'model', why: 'there is no such model' },
  rate_limit_error: { failure: 'busy', why: 'too much was asked' },
  overloaded_error: { failure: 'busy', why: 'the model is overloaded' },
  api_error: { failure: 'down', why: 'the API failed' },
  timeout_error: { failure: 'down', why: 'the API was too slow' },
  invalid_request_error: { failure: 'request', why: 'the request was refused' },
  request_too_large: { failure: 'request', why: 'the request is too large' },
};

function byStatus(status: number | undefined): Kind {
  if (status === 429 || status === 529) return { failure: 'busy', why: 'too much was asked' };
  if (status === undefined || status >= 500 || status === 408 || status === 409) {
    return { failure: 'down', why: 'the API failed' };
  }
  return { failure: 'request', why: 'the request was refused' };
}

/** It never came there, so nothing was used. */
function wasRefused(error: Error): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') return true;
  }
  return false;
}
