import { afterEach, describe, expect, it } from 'vitest';

import { readSettings } from '#src/config.ts';
import { embedderBy } from '#src/embedding.ts';
import { ProviderError, UserError } from '#src/errors.ts';
import type { EgressEntry } from '#src/llm/egress.ts';
import { startOpenAi, type OpenAi, type OpenAiOptions } from '#test/support/openai/double.ts';

const open: OpenAi[] = [];
afterEach(async () => {
  for (const it of open.splice(0)) await it.stop();
});

const signal = () => AbortSignal.timeout(10_000);

async function start(
  options: OpenAiOptions = {},
  changes: Record<string, string> = {},
  mayLeave: string | null = null,
) {
  const server = await startOpenAi(options);
  open.push(server);
  const env =
    options.flavour === 'voyage'
      ? { EMBEDDINGS: 'voyage', VOYAGE_API_KEY: server.key ?? '', VOYAGE_API_URL: server.baseUrl }
      : { EMBEDDINGS: 'openai', EMBEDDINGS_API_KEY: server.key ?? '', EMBEDDINGS_URL: server.baseUrl };
  const left: EgressEntry[] = [];
  const embedder = embedderBy(readSettings({ ...env, ...changes }).embeddings, {
    egress: { mayLeave: () => mayLeave, left: async (it) => void left.push(it) },
    now: () => new Date('2026-03-01T08:00:00Z'),
    newId: () => 'call-1',
  });
  return { server, embedder, left };
}

describe('vectors that are made elsewhere', () => {
  it('belong to their texts in whatever order they come, of many requests too', async () => {
    const { server, embedder } = await start();
    const texts = Array.from({ length: 130 }, (_, index) => `incident number ${index}`);
    const all = await embedder.embed(texts, 'document', signal());
    expect(all).toHaveLength(130);
    expect(await embedder.embed([texts[129] ?? ''], 'document', signal())).toEqual([all[129]]);
    expect(server.journal).toHaveLength(3);
    expect(embedder).toMatchObject({ model: 'text-embedding-3-small', dimensions: 1536, isLocal: false });
  });

  it('are asked of Voyage in its words, which tell what is searched from what is searched for', async () => {
    const { server, embedder } = await start({ flavour: 'voyage' });
    await embedder.embed(['a'], 'document', signal());
    await embedder.embed(['b'], 'query', signal());
    expect(server.journal.map((it) => it.body?.['input_type'])).toEqual(['document', 'query']);
  });

  it('may be asked for shorter, and are then another model', async () => {
    const { embedder } = await start({}, { EMBEDDINGS_DIMENSIONS: '512' });
    const [vector] = await embedder.embed(['a'], 'query', signal());
    expect(vector).toHaveLength(512);
    expect(embedder.model).toBe('text-embedding-3-small/512');
  });

  it('are refused where they have another length than was said', async () => {
    const { embedder } = await start(
      {},
      { EMBEDDINGS_MODEL: 'nomic-embed-text', EMBEDDINGS_DIMENSIONS: '700' },
    );
    const failed = await embedder.embed(['a'], 'query', signal()).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ProviderError);
    expect(failed).toMatchObject({ retry: false });
    expect(String(failed)).toContain('768');
  });

  it('wait where the server is away, and do not where it refuses', async () => {
    const { server, embedder } = await start();
    await server.goDown();
    await expect(embedder.embed(['a'], 'query', signal())).rejects.toMatchObject({ retry: true });
    const { embedder: unknown } = await start({}, { EMBEDDINGS_API_KEY: 'sk-wrong' });
    await expect(unknown.embed(['a'], 'query', signal())).rejects.toMatchObject({ retry: false });
  });

  it('are of texts without secrets, and what left is written down for each incident', async () => {
    const { server, embedder, left } = await start();
    const secret = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a';
    await embedder.embed([`token ${secret}`, 'disk full'], 'document', signal(), [7, null]);
    expect(JSON.stringify(server.journal.map(({ body }) => body))).not.toContain(secret);
    expect(left.map(({ incident, text }) => [incident, text])).toEqual([
      [7, expect.not.stringContaining(secret)],
      [null, 'disk full'],
    ]);
    expect(Object.values(left[0]?.removed ?? {})).toEqual([1]);
  });

  it('are not asked for where nothing may leave', async () => {
    const { server, embedder } = await start({}, {}, 'no data leaves this installation');
    await expect(embedder.embed(['a'], 'query', signal())).rejects.toMatchObject({ retry: false });
    expect(server.journal).toEqual([]);
  });
});

describe('the settings of vectors', () => {
  it('say what is missing', () => {
    expect(readSettings({}).embeddings).toEqual({ kind: 'hashing' });
    const refusal = (env: Record<string, string>) => {
      try {
        readSettings(env);
      } catch (error) {
        if (error instanceof UserError) return error.message;
      }
      return '';
    };
    expect(refusal({ EMBEDDINGS: 'voyage' })).toContain('VOYAGE_API_KEY');
    expect(refusal({ EMBEDDINGS: 'openai', EMBEDDINGS_MODEL: 'bge-m3' })).toContain('EMBEDDINGS_DIMENSIONS');
  });
});
