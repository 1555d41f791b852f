import { createHash } from 'node:crypto';

import { tokensOf } from '#test/support/claude/prefix-cache.ts';
import { arrayAt, invalid, Refused, stringAt, type JsonObject } from '#test/support/claude/refusal.ts';

/** Two APIs of the same shape, which differ in their words. */
export type Flavour = 'openai' | 'voyage';

interface Embedding {
  readonly name: string;
  readonly dimensions: number;
  /** Lengths that may be asked for. */
  readonly shorter: readonly number[];
}

const MODELS: Readonly<Record<Flavour, readonly Embedding[]>> = {
  openai: [
    { name: 'text-embedding-3-small', dimensions: 1536, shorter: [256, 384, 512, 1024] },
    { name: 'nomic-embed-text', dimensions: 768, shorter: [] },
  ],
  voyage: [{ name: 'voyage-3.5', dimensions: 1024, shorter: [256, 512, 2048] }],
};
const FIELDS: Readonly<Record<Flavour, readonly string[]>> = {
  openai: ['dimensions', 'encoding_format', 'input', 'model', 'user'],
  voyage: [
    'encoding_format',
    'input',
    'input_type',
    'model',
    'output_dimension',
    'output_dtype',
    'truncation',
  ],
};
const MOST_TEXTS: Readonly<Record<Flavour, number>> = { openai: 2048, voyage: 1000 };
const MOST_TOKENS: Readonly<Record<Flavour, number>> = { openai: 8192, voyage: 32_000 };

/** Refuses what the real one refuses; equal texts have equal vectors, and texts with words in common are near. */
export function embeddings(body: JsonObject, flavour: Flavour): object {
  for (const key of Object.keys(body)) {
    if (!FIELDS[flavour].includes(key)) invalid(`Unrecognized request argument supplied: ${key}`);
  }
  const name = stringAt('model', body['model']);
  const model = MODELS[flavour].find((it) => it.name === name);
  if (!model) throw new Refused(404, 'invalid_request_error', `The model \`${name}\` does not exist`);
  const input = typeof body['input'] === 'string' ? [body['input']] : arrayAt('input', body['input']);
  if (input.length === 0 || input.length > MOST_TEXTS[flavour]) {
    invalid(`'input' must have between 1 and ${MOST_TEXTS[flavour]} items`);
  }
  const texts = input.map((it, index) => {
    const text = stringAt(`input[${index}]`, it);
    if (text === '') invalid("'$.input' is invalid: an input cannot be an empty string");
    if (tokensOf(text) > MOST_TOKENS[flavour] && body['truncation'] === false) {
      invalid(`This model's maximum context length is ${MOST_TOKENS[flavour]} tokens`);
    }
    return text;
  });
  const type = body['input_type'] ?? null;
  if (![null, 'query', 'document'].includes(type as string)) {
    invalid("'input_type' is query, document or null");
  }
  if (![undefined, null, 'float'].includes(body['encoding_format'] as string)) {
    invalid('The double answers embeddings as floats alone');
  }
  const length = body['dimensions'] ?? body['output_dimension'] ?? model.dimensions;
  if (typeof length !== 'number' || ![model.dimensions, ...model.shorter].includes(length)) {
    invalid(`This model does not support ${JSON.stringify(length)} dimensions`);
  }
  const tokens = texts.reduce((sum, it) => sum + tokensOf(it), 0);
  const data = texts.map((text, index) => ({
    object: 'embedding',
    index,
    embedding: vectorOf(text, length),
  }));
  return {
    object: 'list',
    // The order is not promised; the index says which is whose.
    data: data.toReversed(),
    model: name,
    usage: flavour === 'voyage' ? { total_tokens: tokens } : { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function vectorOf(text: string, length: number): number[] {
  const vector = Array.from({ length }, () => 0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
    const hash = createHash('sha256').update(word).digest();
    const at = hash.readUInt32BE(0) % length;
    vector[at] = (vector[at] ?? 0) + ((hash[4] ?? 0) % 2 === 0 ? 1 : -1);
  }
  const size = Math.hypot(...vector);
  return size === 0 ? vector.map((_, at) => (at === 0 ? 1 : 0)) : vector.map((it) => it / size);
}
