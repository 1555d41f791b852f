import { findIncident } from '#src/db/incidents.ts';
import { describe } from '#src/db/memories.ts';
import { similarIncidents, type Similar, type SimilarQuery } from '#src/db/similar.ts';
import type { Context } from '#src/engine/context.ts';
import { ProviderError } from '#src/errors.ts';
import type { Viewer } from '#src/incident/privacy.ts';
import type { Embedder } from '#src/search/embedder.ts';

export interface SimilarEyes extends Pick<Context, 'db' | 'now'> {
  readonly embedder: Embedder;
}

/** An incident, or words. */
export type SimilarTo = { readonly number: number } | { readonly text: string };

/** Somebody waits; without the vector there are still the words. */
const VECTOR_MS = 3000;

/** The past incidents most like it that the viewer may see, nearest first. Throws `not_found`. */
export async function similarAt(
  eyes: SimilarEyes,
  to: SimilarTo,
  { viewer, limit }: { readonly viewer: Viewer; readonly limit: number },
): Promise<Similar[]> {
  const asked = { ...to, viewer, limit, now: eyes.now() };
  const vector = await vectorOf(eyes, to);
  return await similarIncidents(eyes.db, vector ? { ...asked, vector } : asked);
}

/** None of a private incident where the model is elsewhere, and none where it does not answer in time. */
async function vectorOf(
  { db, embedder }: SimilarEyes,
  to: SimilarTo,
): Promise<SimilarQuery['vector'] | null> {
  const number = 'number' in to ? to.number : null;
  if (number !== null && !embedder.isLocal && (await findIncident(db, number)).isPrivate) return null;
  const text = 'number' in to ? (await describe(db, to.number)).text : to.text;
  try {
    const [values] = await embedder.embed([text], 'query', AbortSignal.timeout(VECTOR_MS), [number]);
    return values ? { model: embedder.model, values } : null;
  } catch (error) {
    if (error instanceof ProviderError) return null;
    throw error;
  }
}
