import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startOpenAi, type OpenAi } from '#test/support/openai/double.ts';

const CHAT = '/v1/chat/completions';
const BASE = { model: 'gpt-5-mini', messages: [{ role: 'user', content: '{"title":"Checkout is slow"}' }] };
const FORM = {
  type: 'object',
  properties: { severity: { type: 'string', enum: ['sev1', 'sev2'] } },
  required: ['severity'],
  additionalProperties: false,
};
const CALL = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } };
const TOOL = { type: 'function', function: { name: 'look', strict: true, parameters: FORM } };

let openAi: OpenAi;
let voyage: OpenAi;

beforeAll(async () => {
  openAi = await startOpenAi();
  voyage = await startOpenAi({ flavour: 'voyage' });
});

afterAll(async () => {
  await openAi.stop();
  await voyage.stop();
});

async function post(to: OpenAi, path: string, body: object, key: string | null = to.key) {
  const response = await fetch(`${to.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, said: JSON.stringify(await response.json()), headers: response.headers };
}

const format = (schema: object) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } },
});

describe('chat completions', () => {
  it('answer in the form that was asked for, with usage and the id of the request', async () => {
    const { status, said, headers } = await post(openAi, CHAT, { ...BASE, ...format(FORM), tools: [TOOL] });
    expect(status).toBe(200);
    expect(JSON.parse(said)).toMatchObject({
      object: 'chat.completion',
      model: 'gpt-5-mini',
      choices: [
        {
          finish_reason: 'stop',
          message: { role: 'assistant', content: '{"severity":"sev1"}', refusal: null },
        },
      ],
      usage: { completion_tokens: openAi.ledger.at(-1)?.output, prompt_tokens: openAi.ledger.at(-1)?.input },
    });
    expect(headers.get('x-request-id')).toBe(openAi.journal.at(-1)?.requestId);
  });

  it('call a tool, and take its answer', async () => {
    const { said } = await post(openAi, CHAT, { ...BASE, tools: [TOOL], tool_choice: 'auto' });
    const message = (JSON.parse(said) as { choices: { message: { tool_calls: { id: string }[] } }[] })
      .choices[0]?.message;
    const answered = { role: 'tool', tool_call_id: message?.tool_calls[0]?.id, content: '{}' };
    const messages = [...BASE.messages, message, answered];
    const { said: after } = await post(openAi, CHAT, {
      ...BASE,
      messages,
      tools: [TOOL],
      tool_choice: 'auto',
    });
    expect(after).toContain('"finish_reason":"stop"');
  });

  it.each([
    ['temperature', { temperature: 0 }, 'temperature'],
    ['max_tokens of old', { max_tokens: 5 }, 'max_tokens'],
    ['an unknown model', { model: 'gpt-9' }, 'does not exist'],
    ['a form with an optional field', format({ ...FORM, required: [] }), "'required' must include every key"],
    ['an open form', format({ ...FORM, additionalProperties: true }), 'additionalProperties'],
    ['a form that is no object', format({ type: 'array', items: FORM }), 'must be of type'],
    ['oneOf', format({ ...FORM, properties: { severity: { oneOf: [] } } }), "'oneOf' is not permitted"],
    ['a choice among no tools', { tool_choice: 'auto' }, 'only allowed when'],
    [
      'an answer of a tool that nobody called',
      { messages: [{ role: 'tool', tool_call_id: 'x', content: '' }] },
      'preceding message',
    ],
    [
      'a call without its answer',
      {
        messages: [
          ...BASE.messages,
          { role: 'assistant', content: null, tool_calls: [CALL] },
          ...BASE.messages,
        ],
      },
      'call_1',
    ],
    ['effort on a model that has none', { model: 'llama3.3', reasoning_effort: 'low' }, 'reasoning_effort'],
  ])('refuse %s', async (_what, more, says) => {
    const { status, said } = await post(openAi, CHAT, { ...BASE, ...more });
    expect(said).toContain(says);
    expect(status).toBeGreaterThanOrEqual(400);
  });

  it('refuse another key, meet faults, and are cut and refused as scripted', async () => {
    expect((await post(openAi, CHAT, BASE, 'other')).status).toBe(401);
    openAi.faults.next('rate limit, 1 s', 'bad gateway', 'truncated', 'refusal with words');
    expect((await post(openAi, CHAT, BASE)).headers.get('retry-after')).toBe('1');
    await expect(post(openAi, CHAT, BASE)).rejects.toThrow('JSON');
    expect((await post(openAi, CHAT, BASE)).said).toContain('"finish_reason":"length"');
    expect((await post(openAi, CHAT, BASE)).said).toContain('"refusal":"I cannot help with that."');
  });
});

describe('embeddings', () => {
  const vectors = (said: string): { index: number; embedding: number[] }[] =>
    (JSON.parse(said) as { data: { index: number; embedding: number[] }[] }).data;

  it('are of length one, the same for the same text, and name their text by its index', async () => {
    const input = ['checkout is slow', 'search is down', 'checkout is slow'];
    const asked = { model: 'text-embedding-3-small', input, dimensions: 256, encoding_format: 'float' };
    const { said } = await post(openAi, '/v1/embeddings', asked);
    const byIndex = vectors(said).toSorted((a, b) => a.index - b.index);
    expect(byIndex.map(({ embedding }) => embedding.length)).toEqual([256, 256, 256]);
    expect(byIndex[0]?.embedding).toEqual(byIndex[2]?.embedding);
    expect(Math.hypot(...(byIndex[1]?.embedding ?? []))).toBeCloseTo(1, 9);
  });

  it('of Voyage tell documents and queries apart, in words of their own', async () => {
    const asked = {
      model: 'voyage-3.5',
      input: ['x'],
      input_type: 'query',
      output_dimension: 512,
      truncation: true,
    };
    const { said } = await post(voyage, '/v1/embeddings', asked);
    expect(vectors(said)[0]?.embedding).toHaveLength(512);
    expect(said).toContain('"usage":{"total_tokens":1}');
    expect(await post(voyage, '/v1/embeddings', { ...asked, dimensions: 512 })).toMatchObject({
      status: 400,
      said: expect.stringContaining('"detail"') as string,
    });
    expect((await post(voyage, CHAT, BASE)).status).toBe(404);
  });

  it.each([
    ['no text', { input: [] }],
    ['an empty text', { input: [''] }],
    ['a length that the model has not', { dimensions: 7 }],
    ['an unknown model', { model: 'other' }],
    ['a field of the other flavour', { input_type: 'query' }],
  ])('refuse %s', async (_what, more) => {
    const asked = { model: 'text-embedding-3-small', input: ['x'], ...more };
    expect((await post(openAi, '/v1/embeddings', asked)).status).toBeGreaterThanOrEqual(400);
  });
});
