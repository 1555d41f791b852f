import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startClaude, type Claude } from '#test/support/claude/double.ts';

/** The double is as strict as the API: what that refuses, it refuses, in the same words where they are known. */

const USER = { role: 'user', content: 'Hello' };
const BASE = { model: 'claude-haiku-5-5', max_tokens: 100, messages: [USER] };
const TOOL = { name: 'look', input_schema: { type: 'object', properties: {}, additionalProperties: false } };
const USE = { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} };
const RESULT = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'nothing' };
const MARKED = { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } };

let claude: Claude;

beforeAll(async () => {
  claude = await startClaude({ mostBytes: 100_000 });
});

afterAll(async () => {
  await claude.stop();
});

async function post(body: unknown, headers: Readonly<Record<string, string>> = {}, path = '/v1/messages') {
  const response = await fetch(`${claude.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${claude.key}`,
      'anthropic-version': '2026-10-21',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const said = (await response.json()) as { error?: { type: string; message: string }; request_id?: string };
  return { status: response.status, id: response.headers.get('request-id'), said };
}

const form = (schema: object) => ({ output_config: { format: { type: 'json_schema', schema } } });
const object = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});
const turns = (...messages: readonly object[]) => ({ tools: [TOOL], messages: [USER, ...messages] });
const assistant = (...content: readonly object[]) => ({ role: 'assistant', content });
const user = (...content: readonly object[]) => ({ role: 'user', content });
const opus = { model: 'claude-opus-5-5' };

const REFUSED: readonly (readonly [what: string, more: object, says: string])[] = [
  ['temperature', { temperature: 1 }, 'temperature: Extra inputs are not permitted'],
  ['top_p', { top_p: 1 }, 'top_p: Extra'],
  ['top_k', { top_k: 5 }, 'top_k: Extra'],
  ['an unknown field', { prompt: 'x' }, 'prompt: Extra'],
  ['the old form of structured output', { output_format: {} }, 'output_format: Extra'],
  ['no model', { model: undefined }, 'model: Field required'],
  ['no max_tokens', { max_tokens: undefined }, 'max_tokens: Field required'],
  ['no messages', { messages: undefined }, 'messages: Field required'],
  ['max_tokens that is no number', { max_tokens: '100' }, 'max_tokens: Input should be a valid integer'],
  ['more than a model can say', { max_tokens: 200_000 }, '200000 > 128000'],
  ['no turn', { messages: [] }, 'at least one message'],
  ['a first turn of the assistant', { messages: [assistant(MARKED), USER] }, 'must use the "user" role'],
  [
    'a first turn of the system',
    { messages: [{ role: 'system', content: 'x' }, USER] },
    'must use the "user"',
  ],
  ['a role that is none', { messages: [{ role: 'tool', content: 'x' }] }, 'messages.0.role'],
  [
    'a prefill',
    { messages: [USER, { role: 'assistant', content: '{' }] },
    'does not support assistant message prefill',
  ],
  ['an empty text', { messages: [user({ type: 'text', text: '' })] }, 'must be non-empty'],
  ['a text of blanks', { messages: [user({ type: 'text', text: ' \n' })] }, 'non-whitespace'],
  ['an empty turn', { messages: [{ role: 'user', content: '' }] }, 'non-empty content'],
  ['an unknown block', { messages: [user({ type: 'video' })] }, "Input tag 'video'"],
  ['a document of the assistant', turns(assistant({ type: 'document' }), USER), "Input tag 'document'"],
  ['a field too many in a block', { messages: [user({ type: 'text', text: 'x', id: 1 })] }, '.id: Extra'],
  ['an empty system', { system: [{ type: 'text', text: '' }] }, 'system: text content blocks'],
  ['a use without its result', turns(assistant(USE), USER), 'without `tool_result` blocks immediately after'],
  ['a use at the very end', { ...turns(assistant(USE)), model: 'claude-haiku-4-5' }, 'without `tool_result`'],
  ['a result without its use', turns(user(RESULT)), 'unexpected `tool_use_id`'],
  ['a result of another use', turns(assistant(USE), user({ ...RESULT, tool_use_id: 'b' })), 'unexpected'],
  ['two results of a use', turns(assistant(USE), user(RESULT, RESULT)), 'a single result'],
  [
    'words before a result',
    turns(assistant(USE), user({ type: 'text', text: 'x' }, RESULT)),
    'must come first',
  ],
  ['a use twice', turns(assistant(USE), user(RESULT), assistant(USE), user(RESULT)), 'must be unique'],
  ['an input that is no object', turns(assistant({ ...USE, input: '{}' }), user(RESULT)), 'tool_use.input'],
  [
    'a thought that was never had',
    turns(assistant({ type: 'thinking', thinking: '', signature: 'x' }), USER),
    'signature',
  ],
  [
    'a forced tool on Opus 5.5',
    { ...opus, tools: [TOOL], tool_choice: { type: 'any' } },
    'tool_choice: "any"',
  ],
  [
    'a forced tool on Fable',
    { model: 'claude-fable-5-1', tools: [TOOL], tool_choice: { type: 'tool', name: 'look' } },
    'tool_choice: "tool"',
  ],
  [
    'a forced tool with thinking',
    { thinking: { type: 'adaptive' }, tools: [TOOL], tool_choice: { type: 'any' } },
    'Thinking may not be enabled',
  ],
  ['a choice among no tools', { tool_choice: { type: 'auto' } }, 'while providing tools'],
  [
    'a choice of a tool that is none',
    { tools: [TOOL], tool_choice: { type: 'tool', name: 'x' } },
    "Tool 'x' not found",
  ],
  ['two tools of one name', { tools: [TOOL, TOOL] }, 'Tool names must be unique'],
  ['a bad name of a tool', { tools: [{ ...TOOL, name: 'look up' }] }, 'should match pattern'],
  ['a tool without a form', { tools: [{ name: 'look' }] }, 'input_schema: Field required'],
  [
    'a loose form of a strict tool',
    { tools: [{ ...TOOL, strict: true, input_schema: { type: 'object', properties: {} } }] },
    'additionalProperties',
  ],
  [
    'thinking switched off on Opus 5.5',
    { ...opus, thinking: { type: 'disabled' } },
    '"disabled" is not supported',
  ],
  [
    'thinking switched off on Opus 5 at full effort',
    { model: 'claude-opus-5', thinking: { type: 'disabled' }, output_config: { effort: 'max' } },
    'at this effort level',
  ],
  [
    'a budget for thinking',
    { thinking: { type: 'enabled', budget_tokens: 1024 } },
    '"enabled" is not supported',
  ],
  [
    'a budget beyond max_tokens',
    { model: 'claude-haiku-4-5', thinking: { type: 'enabled', budget_tokens: 2000 } },
    'must be greater than',
  ],
  [
    'adaptive thinking on an old model',
    { model: 'claude-haiku-4-5', thinking: { type: 'adaptive' } },
    '"adaptive" is not supported',
  ],
  [
    'effort on an old model',
    { model: 'claude-haiku-4-5', output_config: { effort: 'low' } },
    'output_config.effort',
  ],
  ['an effort that is none', { output_config: { effort: 'huge' } }, 'output_config.effort'],
  ['five marks', { messages: [user(MARKED, MARKED, MARKED, MARKED, MARKED)] }, 'A maximum of 4 blocks'],
  [
    'four marks and one for all',
    { cache_control: { type: 'ephemeral' }, messages: [user(MARKED, MARKED, MARKED, MARKED)] },
    'Found 5',
  ],
  [
    'a mark of an hour after one of five minutes',
    { system: [MARKED], messages: [user({ ...MARKED, cache_control: { type: 'ephemeral', ttl: '1h' } })] },
    "ttl='1h'",
  ],
  [
    'a mark of a day',
    { system: [{ ...MARKED, cache_control: { type: 'ephemeral', ttl: '1d' } }] },
    "'5m' or '1h'",
  ],
  [
    'an open object',
    form({ type: 'object', properties: {} }),
    "'additionalProperties' must be explicitly set to false",
  ],
  [
    'an open object within',
    form(object({ a: { type: 'array', items: { type: 'object', properties: {} } } })),
    'additionalProperties',
  ],
  ['minimum', form(object({ a: { type: 'number', minimum: 0 } })), "property 'minimum' is not supported"],
  ['maxLength', form(object({ a: { type: 'string', maxLength: 5 } })), "'maxLength' is not supported"],
  ['pattern', form(object({ a: { type: 'string', pattern: '^a' } })), "'pattern' is not supported"],
  ['oneOf', form(object({ a: { oneOf: [{ type: 'string' }] } })), "'oneOf' is not supported"],
  [
    'minItems of 2',
    form(object({ a: { type: 'array', items: { type: 'string' }, minItems: 2 } })),
    "'minItems'",
  ],
  ['an unknown format', form(object({ a: { type: 'string', format: 'phone' } })), "'format' 'phone'"],
  ['an empty enum', form(object({ a: { enum: [] } })), 'at least one value'],
  ['an enum with a value twice', form(object({ a: { enum: ['x', 'x'] } })), 'must be unique'],
  ['a required field that is none', form(object({}, { required: ['a'] })), "'a' is not a property"],
  ['a part without a type', form(object({ a: {} })), 'Schema type is required'],
  [
    'a schema that holds itself',
    form({ ...object({ a: { $ref: '#/$defs/n' } }), $defs: { n: object({ next: { $ref: '#/$defs/n' } }) } }),
    'Recursive schemas',
  ],
  ['a reference to nothing', form(object({ a: { $ref: '#/$defs/no' } })), 'cannot be resolved'],
  [
    'too many optional fields',
    form(
      object(Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`a${at}`, { type: 'string' }])), {
        required: [],
      }),
    ),
    'too many optional',
  ],
  ['a name of a person', { metadata: { user_id: 'x'.repeat(300) } }, 'at most 256'],
];

describe('the double', () => {
  it.each(REFUSED)('refuses %s', async (_what, more, says) => {
    const { status, said, id } = await post({ ...BASE, ...more });
    expect(said).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' }, request_id: id });
    expect(said.error?.message).toContain(says);
    expect(status).toBe(400);
    expect(claude.journal.at(-1)?.refusal).toBe(said.error?.message);
  });

  it.each([
    [{ authorization: '' }, 401, 'authentication_error'],
    [{ authorization: 'Bearer other' }, 401, 'authentication_error'],
    [{ 'x-api-key': 'other' }, 401, 'authentication_error'],
    [{ 'anthropic-version': '' }, 400, 'invalid_request_error'],
    [{ 'anthropic-version': '2024-01-01' }, 400, 'invalid_request_error'],
    [{ 'content-type': 'text/plain' }, 400, 'invalid_request_error'],
  ])('refuses the headers %j', async (headers, wanted, type) => {
    const { status, said } = await post(BASE, headers);
    expect({ status, type: said.error?.type }).toEqual({ status: wanted, type });
  });

  it('takes a key in either header, and the version of before', async () => {
    const { status } = await fetch(`${claude.url}/v1/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-api-key': claude.key,
        'anthropic-version': '2023-06-01',
      },
      body: JSON.stringify(BASE),
    });
    expect(status).toBe(200);
  });

  it('knows no model that is not there or not there any more, and takes no endless body', async () => {
    expect(await post({ ...BASE, model: 'claude-9' })).toMatchObject({
      status: 404,
      said: { error: { type: 'not_found_error', message: 'model: claude-9' } },
    });
    expect((await post({ ...BASE, model: 'claude-3-5-haiku-20241022' })).status).toBe(404);
    expect(await post({ ...BASE, system: 'x'.repeat(100_001) })).toMatchObject({
      status: 413,
      said: { error: { type: 'request_too_large' } },
    });
    expect((await post('{"model":')).status).toBe(400);
    expect((await post(BASE, {}, '/v1/complete')).status).toBe(404);
  });

  it('takes what it should: results in order, four marks, a strict form with a choice and a null', async () => {
    const schema = object({
      severity: { enum: ['P0', 'P1'] },
      service: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      seen: { type: 'array', items: { type: 'string', format: 'date-time' }, minItems: 1 },
      more: { $ref: '#/$defs/more' },
    });
    const { status, said } = await post({
      ...BASE,
      tools: [{ ...TOOL, strict: true }],
      tool_choice: { type: 'none' },
      system: [{ ...MARKED, cache_control: { type: 'ephemeral', ttl: '1h' } }, MARKED],
      messages: [USER, assistant(USE), user({ ...RESULT, is_error: true, content: [MARKED] }, MARKED)],
      thinking: { type: 'disabled' },
      ...form({ ...schema, $defs: { more: object({ n: { type: 'integer' } }) } }),
    });
    expect(said.error).toBeUndefined();
    expect(status).toBe(200);
  });
});
