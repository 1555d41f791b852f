import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Fetched } from '#src/reactions/fetched.ts';

const MOST_BYTES = 32 * 1024 * 1024;

describe('a file that several platforms want', () => {
  it('is fetched once by all who want it at the same time, and by who comes a moment later', async () => {
    const fetched = new Fetched();
    let times = 0;
    const fetch = async () => {
      times += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return new Uint8Array([times]);
    };
    const some = await Promise.all([1, 2, 3].map(async () => await fetched.of('a', fetch)));
    expect(some.map((it_) => it_[0])).toEqual([1, 1, 1]);
    expect((await fetched.of('a', fetch))[0]).toBe(1);
    expect((await fetched.of('b', fetch))[0]).toBe(2);
  });

  it('is fetched again where that failed', async () => {
    const fetched = new Fetched();
    const failing = async (): Promise<Uint8Array> => {
      throw new Error('away');
    };
    await Promise.all([1, 2].map(() => expect(fetched.of('a', failing)).rejects.toThrow('away')));
    expect(await fetched.of('a', async () => new Uint8Array([7]))).toEqual(new Uint8Array([7]));
  });

  it('is at hand only while there is room for it, and is the right one in any case', async () => {
    const size = fc.oneof(
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 10, max: 40 }).map((mb) => mb * 1024 * 1024),
    );
    const wish = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), size });
    await fc.assert(
      fc.asyncProperty(fc.array(wish, { maxLength: 12 }), async (wishes) => {
        const fetched = new Fetched();
        const sizes = new Map<string, number>();
        for (const { name, size: wanted } of wishes) {
          const bytes = sizes.get(name) ?? wanted;
          sizes.set(name, bytes);
          const got = await fetched.of(name, async () => sized(bytes));
          expect(got.byteLength).toBe(bytes);
          expect(fetched.bytes).toBeLessThanOrEqual(MOST_BYTES);
        }
      }),
      { numRuns: 50 },
    );
  });
});

/** As large as that without taking the memory. */
function sized(bytes: number): Uint8Array {
  return { byteLength: bytes } as Uint8Array;
}
