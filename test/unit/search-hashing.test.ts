import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cosine } from '#src/search/embedder.ts';
import { DIMENSIONS, hashed, hashingEmbedder } from '#src/search/hashing.ts';
import { respelt } from '#src/search/spelling.ts';
import { wordsOf } from '#src/search/words.ts';

const near = (one: string, other: string) => cosine(hashed(one), hashed(other));

describe('the words of a text', () => {
  it('are those that two texts about the same fault share', () => {
    expect(wordsOf('HighServerLatencyP90 on checkout-service')).toEqual([
      'high',
      'server',
      'latency',
      'p90',
      'checkout',
      'service',
    ]);
  });

  it('do not name one machine or request, and no number', () => {
    expect(wordsOf('pod checkout-578fcf4766-9csqn took 4215 ms, 12 % of 5xx')).toEqual([
      'pod',
      'checkout',
      'took',
      'ms',
      '5xx',
    ]);
  });

  it('are the same for what the trade calls by several names', () => {
    expect(wordsOf('OOMKilled')[0]).toBe(wordsOf('mem usage')[0]);
    expect(wordsOf('TLS cert expires')).toEqual(wordsOf('certificate certificates expired'));
  });
});

describe('a hashed vector', () => {
  it('is the same for the same text at any time, of length 1, or says nothing at all', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: 'grapheme' }), (text) => {
        const vector = hashed(text);
        expect(vector).toEqual(hashed(text));
        expect(vector).toHaveLength(DIMENSIONS);
        const length = Math.hypot(...vector);
        expect(length === 0 || Math.abs(length - 1) < 1e-9).toBe(true);
        expect(length === 0).toBe(wordsOf(text).length === 0);
      }),
      // Its only piece has the same place, and takes away what the word adds.
      { examples: [['ᙄ']] },
    );
  });

  it('is nearly the same for another machine, and near for a misspelt word', () => {
    const text = 'Latency of checkout-service on pod checkout-578fcf4766-9csqn';
    expect(near(text, 'Latency of checkout-service on pod checkout-6d9c8b7f5d-x2x4z')).toBeGreaterThan(0.99);
    const misspelt = near('latency of the checkout', 'latncy of the chekout');
    expect(misspelt).toBeGreaterThan(near('latency of the checkout', 'certificate of the mail relay') + 0.1);
  });

  it('is made on this machine', async () => {
    const embedder = hashingEmbedder();
    expect(embedder.isLocal).toBe(true);
    const made = await embedder.embed(['a pod', 'a disk'], 'query', AbortSignal.timeout(1000));
    expect(made).toEqual([hashed('a pod'), hashed('a disk')]);
  });
});

describe('a word that nobody ever wrote so', () => {
  const known = new Set(['latency', 'checkout', 'payment', 'disk']);

  it('is taken for the one it looks like, and stays where it looks like none', () => {
    expect([...respelt(new Set(['latncy', 'chekout', 'kafka', 'disk', 'parent']), known)]).toEqual([
      'latency',
      'checkout',
      'kafka',
      'disk',
      'parent',
    ]);
  });
});
