import { z } from 'zod';

import { ProviderError } from '#src/errors.ts';

import type { Embedder } from './embedder.ts';

export interface RemoteEmbedding {
  /** Without a slash at its end, and without `/embeddings`. */
  readonly url: string;
  /** Undefined: the server wants none. */
  readonly apiKey: string | undefined;
  readonly model: string;
  /** How many numbers a vector has. */
  readonly dimensions: number;
  /** Ask the server for that many: only some models can make shorter vectors. */
  readonly isShortened: boolean;
}

/** What differs between servers of the same form. */
export interface Flavour {
  readonly name: string;
  readonly body: (asked: {
    readonly model: string;
    readonly input: readonly string[];
    readonly kind: 'document' | 'query';
    readonly dimensions: number | undefined;
  }) => object;
}

const OPENAI: Flavour = {
  name: 'embeddings',
  body: ({ model, input, dimensions }) => ({ model, input, dimensions, encoding_format: 'float' }),
};

/** OpenAI, and the servers that speak as it does: Ollama, vLLM, LM Studio, LiteLLM. */
export function openAiCompatible(settings: RemoteEmbedding): Embedder {
  return remoteEmbedder(settings, OPENAI);
}

/** The most texts of one request, by what Voyage takes; the others take more. */
const MOST_TEXTS = 128;
/** UTF-16 units of a text; some 2,000 tokens, which every model in use takes. */
const LONGEST_TEXT = 8000;
const DEADLINE_MS = 15_000;

export function remoteEmbedder(settings: RemoteEmbedding, flavour: Flavour): Embedder {
  const { model, dimensions, isShortened } = settings;
  return {
    // Vectors of one model in two lengths are not comparable either.
    model: isShortened ? `${model}/${dimensions}` : model,
    dimensions,
    isLocal: false,
    async embed(texts, kind, signal) {
      const vectors: number[][] = [];
      for (let from = 0; from < texts.length; from += MOST_TEXTS) {
        const input = texts.slice(from, from + MOST_TEXTS).map((it) => it.slice(0, LONGEST_TEXT) || ' ');
        vectors.push(...(await request(settings, flavour, input, kind, signal)));
      }
      return vectors;
    },
  };
}

const Answer = z.object({
  data: z.array(z.object({ index: z.int(), embedding: z.array(z.number()) })),
});

async function request(
  { url, apiKey, model, dimensions, isShortened }: RemoteEmbedding,
  { name, body }: Flavour,
  input: readonly string[],
  kind: 'document' | 'query',
  signal: AbortSignal,
): Promise<number[][]> {
  const asked = { model, input, kind, dimensions: isShortened ? dimensions : undefined };
  const response = await reached(name, async () => {
    const it = await fetch(`${url}/embeddings`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify(body(asked)),
      // A redirect would take the key and the texts to somebody else.
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
    });
    return { status: it.status, wait: it.headers.get('retry-after'), text: await it.text() };
  });
  if (response.status !== 200) throw refused(name, response);
  return vectorsIn(name, response.text, { count: input.length, dimensions });
}

async function reached<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new ProviderError(name, 'it did not answer', { retry: true, cause: error });
  }
}

/** What the server says of it is not repeated: it may quote what we sent. */
function refused(
  name: string,
  { status, wait }: { readonly status: number; readonly wait: string | null },
): ProviderError {
  const retry = status === 408 || status === 429 || status >= 500;
  const seconds = wait !== null && /^\d{1,5}$/.test(wait.trim()) ? Number(wait) : undefined;
  return new ProviderError(name, `it answered with ${status}`, {
    retry,
    ...(seconds === undefined ? {} : { retryAfterMs: seconds * 1000 }),
  });
}

/** Each text has its vector, of the length that was promised: one that is off by a place would be believed for ever. */
function vectorsIn(
  name: string,
  text: string,
  { count, dimensions }: { readonly count: number; readonly dimensions: number },
): number[][] {
  const wrong = (why: string) => new ProviderError(name, why, { retry: false });
  const read = Answer.safeParse(jsonOf(text));
  if (!read.success) throw wrong('its answer has not the form of embeddings');
  const byIndex = new Map(read.data.data.map(({ index, embedding }) => [index, embedding]));
  return Array.from({ length: count }, (_, index) => {
    const vector = byIndex.get(index);
    if (!vector || read.data.data.length !== count) {
      throw wrong(`it answered with other vectors than the ${count} that were asked for`);
    }
    if (vector.length !== dimensions) {
      throw wrong(
        `its vectors have ${vector.length} numbers and not ${dimensions}; set EMBEDDINGS_DIMENSIONS`,
      );
    }
    return vector;
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
