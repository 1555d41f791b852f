/** Makes vectors of texts. Vectors of different models have nothing to do with each other. */
export interface Embedder {
  /** Its name is kept with each vector, and changes with everything that changes what it makes. */
  readonly model: string;
  readonly dimensions: number;
  /** False: texts leave this machine, so secrets are taken out before, and what is private stays. */
  readonly isLocal: boolean;
  /**
   * One vector for each text, in order, of `dimensions` finite numbers. Some models make other
   * vectors of what is searched (`document`) than of what is searched for (`query`).
   * `of` says of which incident each text is, for the ledger of what left; null: of none.
   * Throws ProviderError where a model elsewhere does not answer as it should, or nothing may leave.
   */
  embed(
    texts: readonly string[],
    kind: 'document' | 'query',
    signal: AbortSignal,
    of?: readonly (number | null)[],
  ): Promise<number[][]>;
}

/** From -1 to 1; 0 where one of them says nothing. Both have the same length. */
export function cosine(one: readonly number[], other: readonly number[]): number {
  let [dot, ofOne, ofOther] = [0, 0, 0];
  for (let at = 0; at < one.length; at += 1) {
    const [a, b] = [one[at] ?? 0, other[at] ?? 0];
    dot += a * b;
    ofOne += a * a;
    ofOther += b * b;
  }
  return ofOne === 0 || ofOther === 0 ? 0 : dot / Math.sqrt(ofOne * ofOther);
}
