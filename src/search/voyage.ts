import type { Embedder } from './embedder.ts';
import { remoteEmbedder, type Flavour, type RemoteEmbedding } from './openai-compatible.ts';

/** It tells documents and queries apart, and calls their length `output_dimension`. */
const VOYAGE: Flavour = {
  name: 'voyage',
  body: ({ model, input, kind, dimensions }) => ({
    model,
    input,
    input_type: kind,
    output_dimension: dimensions,
    truncation: true,
  }),
};

/** Voyage AI, which Anthropic names for embeddings, as it has none of its own. */
export function voyage(settings: RemoteEmbedding): Embedder {
  return remoteEmbedder(settings, VOYAGE);
}
