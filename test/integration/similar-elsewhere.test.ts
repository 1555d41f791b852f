import { describe, expect } from 'vitest';

import { similarAt } from '#src/chat/look-similar.ts';
import { rememberedCount } from '#src/db/memories.ts';
import { ProviderError } from '#src/errors.ts';
import type { Deps } from '#src/reactions/deps.ts';
import { embed } from '#src/reactions/remember.ts';
import type { Embedder } from '#src/search/embedder.ts';
import { addPerson, engineContext, SetClock } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { ADMIN, happened, remembered } from '#test/support/similar.ts';

/** A model elsewhere, as the program sees it. */
function elsewhere(answer: () => Promise<void> = async () => {}) {
  const sent: string[] = [];
  const embedder: Embedder = {
    model: 'elsewhere',
    dimensions: 4,
    isLocal: false,
    embed: async (texts) => {
      await answer();
      sent.push(...texts);
      return texts.map(() => [0, 1, 0, 0]);
    },
  };
  return { sent, embedder };
}

describe('a model elsewhere', () => {
  test('is never told of private incidents, and what it failed to answer is asked again', async ({ db }) => {
    const ana = await addPerson(db, 'ana');
    const clock = new SetClock();
    const system = engineContext(db, { clock });
    const [secret, known] = [
      await happened(db, ana, { service: 'secret' }, clock),
      await happened(db, ana, {}, clock),
    ];
    await db.updateTable('incidents').set({ isPrivate: true }).where('number', '=', secret).execute();
    for (const number of [secret, known]) await remembered(db, number);
    const failing = { left: [true, false] };
    const { sent, embedder } = elsewhere(async () => {
      const retry = failing.left.shift();
      if (retry !== undefined) throw new ProviderError('embeddings', 'no', { retry });
    });
    const deps = { db, embedder, now: system.now, system, calling } as unknown as Deps;
    const run = async () => {
      const signal = AbortSignal.timeout(10_000);
      await embed.run({ subject: 'memories', dueAt: clock.now(), id: 'x', attempt: 1, signal }, deps);
    };
    const due = async () => {
      const { dueAt } = await db
        .selectFrom('timers')
        .select('dueAt')
        .where('kind', '=', 'embed')
        .executeTakeFirstOrThrow();
      return dueAt.getTime() - clock.now().getTime();
    };
    await expect(run()).rejects.toMatchObject({ retry: true });
    await run();
    expect(await due()).toBe(3_600_000);
    await run();
    await run();
    expect(await due()).toBe(1000);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain('checkout');
    expect(await rememberedCount(db, 'elsewhere')).toEqual({ remembered: 2, embedded: 1 });
    // Who asks about the private one is answered by its words alone.
    const eyes = { db, now: system.now, embedder };
    expect(await similarAt(eyes, { number: secret }, { viewer: ADMIN, limit: 5 })).toHaveLength(1);
    expect(sent).toHaveLength(1);
    await similarAt(eyes, { number: known }, { viewer: ADMIN, limit: 5 });
    expect(sent).toHaveLength(2);
  });
});

async function calling<T>(_: string, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return await call(AbortSignal.timeout(10_000));
}
