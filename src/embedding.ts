import { ProviderError } from './errors.ts';
import type { Egress } from './llm/egress.ts';
import { Redaction } from './llm/redact.ts';
import type { Embedder } from './search/embedder.ts';
import { hashingEmbedder } from './search/hashing.ts';
import { openAiCompatible, type RemoteEmbedding } from './search/openai-compatible.ts';
import { voyage } from './search/voyage.ts';

export type EmbeddingSettings =
  | { readonly kind: 'hashing' }
  | ({ readonly kind: 'voyage' | 'openai' } & RemoteEmbedding);

interface Outside {
  /** Without a model of words there may still be one of vectors: it has a switch of its own. */
  readonly egress: Egress;
  readonly now: () => Date;
  readonly newId: () => string;
}

const MAKE = { voyage, openai: openAiCompatible } as const;

/** By these settings; what it sends elsewhere goes through the same door as what models are told. */
export function embedderBy(settings: EmbeddingSettings, outside: Outside): Embedder {
  if (settings.kind === 'hashing') return hashingEmbedder();
  return guarded(MAKE[settings.kind](settings), outside);
}

/**
 * Secrets are taken out of each text and it is written down what leaves, before it does. Private
 * incidents are for the callers to keep back: a vector is of a text, and does not say whose.
 */
export function guarded(embedder: Embedder, { egress, now, newId }: Outside): Embedder {
  return {
    ...embedder,
    async embed(texts, kind, signal, of = []) {
      const why = egress.mayLeave({ incident: null, isPrivate: false, priority: 'later' });
      if (why !== null) throw new ProviderError('embeddings', why, { retry: false });
      const call = newId();
      const sent: string[] = [];
      for (const [index, text] of texts.entries()) {
        const redaction = new Redaction();
        const redacted = redactedText(redaction, text);
        const { removed } = redaction;
        const incident = of[index] ?? null;
        const { model } = embedder;
        await egress.left({ call, at: now(), incident, task: 'embed', model, text: redacted, removed });
        sent.push(redacted);
      }
      return await embedder.embed(sent, kind, signal);
    },
  };
}

function redactedText(redaction: Redaction, text: string): string {
  const redacted = redaction.redact(text);
  if (typeof redacted !== 'string') throw new Error('a text became something else');
  return redacted;
}
