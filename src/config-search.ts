import { z } from 'zod';

import { setting, text } from './config-chat.ts';
import type { EmbeddingSettings } from './embedding.ts';
import { UserError } from './errors.ts';

/** The settings of the search for similar incidents. Without any it is done by this program alone. */
export const SEARCH_SETTINGS = {
  EMBEDDINGS: setting(
    'Similar incidents: who makes vectors of texts: hashing (this program, nothing leaves), voyage, or openai (also Ollama, vLLM and others that speak so).',
    z.enum(['hashing', 'voyage', 'openai']).default('hashing'),
  ),
  EMBEDDINGS_MODEL: setting(
    'Similar incidents: the model; voyage-3.5 of Voyage, text-embedding-3-small of OpenAI where it is left out.',
    text(),
  ),
  EMBEDDINGS_DIMENSIONS: setting(
    'Similar incidents: how many numbers its vectors have; only where it is not the usual model.',
    z.coerce.number().int().min(8).max(4096).optional(),
  ),
  VOYAGE_API_KEY: setting('Voyage: its API key.', text()),
  VOYAGE_API_URL: setting('Voyage: where its API is.', endpoint('https://api.voyageai.com/v1')),
  EMBEDDINGS_URL: setting(
    'Similar incidents, openai: where the API is; of Ollama `http://localhost:11434/v1`.',
    endpoint('https://api.openai.com/v1'),
  ),
  EMBEDDINGS_API_KEY: setting('Similar incidents, openai: the key, where the server wants one.', text()),
} as const;

type Schemas = { readonly [K in keyof typeof SEARCH_SETTINGS]: (typeof SEARCH_SETTINGS)[K]['schema'] };
type Raw = z.output<z.ZodObject<Schemas>>;

/** The models that are taken where none is named, and how long their vectors are. */
const USUAL = {
  voyage: { model: 'voyage-3.5', dimensions: 1024 },
  openai: { model: 'text-embedding-3-small', dimensions: 1536 },
} as const;

/** Throws UserError that names what is missing. */
export function toSearch(raw: Raw): EmbeddingSettings {
  const { EMBEDDINGS: kind } = raw;
  if (kind === 'hashing') return { kind };
  const usual = USUAL[kind];
  const model = raw.EMBEDDINGS_MODEL ?? usual.model;
  const known = model === usual.model ? usual.dimensions : undefined;
  const dimensions = raw.EMBEDDINGS_DIMENSIONS ?? known;
  if (dimensions === undefined) {
    throw new UserError(
      'bad_arguments',
      `Set EMBEDDINGS_DIMENSIONS too: how many numbers the vectors of ${model} have; its documentation says so.`,
    );
  }
  if (kind === 'voyage' && raw.VOYAGE_API_KEY === undefined) {
    throw new UserError(
      'bad_arguments',
      'Set VOYAGE_API_KEY too. You find it here: the Voyage dashboard, "API keys".',
    );
  }
  const url = kind === 'voyage' ? raw.VOYAGE_API_URL : raw.EMBEDDINGS_URL;
  return {
    kind,
    url: url.replace(/\/+$/, ''),
    apiKey: kind === 'voyage' ? raw.VOYAGE_API_KEY : raw.EMBEDDINGS_API_KEY,
    model,
    dimensions,
    isShortened: known !== undefined && known !== dimensions,
  };
}

function endpoint(otherwise: string) {
  return z.url({ protocol: /^https?$/ }).default(otherwise);
}
