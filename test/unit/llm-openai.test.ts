import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';

import { openAiCompatible } from '#src/llm/openai-compatible.ts';
import type { Inquiry } from '#src/llm/task.ts';
import { ABOUT, BY_RULES, GOOD, testDoor, testTask } from '#test/support/model-door.ts';

interface Asked {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  // oxlint-disable-next-line typescript/no-explicit-any -- what was sent, of any shape.
  readonly body: any;
}

type Answering = (response: ServerResponse, asked: Asked) => void;

describe('a provider that speaks like OpenAI', () => {
  test('answers in the form asked for, and says what it used', async () => {
    const { door, asked, ledger } = await set((response) =>
      send(response, reply({ content: JSON.stringify(GOOD) })),
    );
    const answer = await door.ask(testTask(), 'The shop is down', ABOUT);
    expect(answer).toMatchObject({ value: GOOD, source: 'model', model: 'claude-haiku-5-5' });
    expect(asked[0]).toMatchObject({
      path: '/v1/chat/completions',
      authorization: 'Bearer sk-test',
      body: {
        max_completion_tokens: 300,
        messages: [{ role: 'system' }, { role: 'user', content: '{"title":"The shop is down"}' }],
        response_format: { type: 'json_schema', json_schema: { strict: true } },
      },
    });
    expect(ledger.calls[0]?.end).toMatchObject({
      usage: { input: 60, cacheRead: 40, output: 20, thinking: 5, cacheWrite5m: 0, cacheWrite1h: 0 },
      requestId: 'req-1',
    });
  });

  test('uses tools over several turns', async () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"at":"cache"}' } };
    const broken = { id: 'call_2', type: 'function', function: { name: 'look', arguments: '{"at":' } };
    const replies = [
      reply({ content: null, tool_calls: [call, broken] }, 'tool_calls'),
      reply({ content: '{"cause":"the cache"}' }),
    ];
    const { door, asked } = await set((response) => send(response, replies.shift()));
    const talk = door.open(INQUIRY, ABOUT);
    const first = await talk.say([{ type: 'data', data: { title: 'Down' } }]);
    expect(first).toMatchObject({ ok: true, calls: [{ input: { at: 'cache' } }, { input: null }] });
    const last = await talk.say(
      [{ type: 'result', id: 'call_1', data: ['slow'], isError: false }],
      z.object({ cause: z.string() }),
    );
    expect(last).toMatchObject({ ok: true, value: { cause: 'the cache' } });
    expect(asked[1]?.body).toMatchObject({
      tool_choice: 'none',
      messages: [
        { role: 'system' },
        { role: 'user' },
        { role: 'assistant', tool_calls: [call, broken] },
        { role: 'tool', tool_call_id: 'call_1', content: '["slow"]' },
        { role: 'tool', tool_call_id: 'call_2' },
      ],
    });
  });

  test.for<readonly [string, Answering, string]>([
    ['is overloaded', (response) => void response.writeHead(503).end('no'), 'failed'],
    [
      'asks for an hour',
      (response) => void response.writeHead(429, { 'retry-after': '3600' }).end(),
      'failed',
    ],
    ['does not know the key', (response) => void response.writeHead(401).end('{}'), 'failed'],
    ['answers with a page', (response) => void response.end('<html></html>'), 'failed'],
    ['answers with something else', (response) => send(response, { choices: [] }), 'failed'],
    ['breaks off', (response) => void response.write('{"choices":[', () => response.destroy()), 'failed'],
    ['says nothing', () => {}, 'timed-out'],
    ['is cut off', (response) => send(response, reply({ content: '{"seve' }, 'length')), 'cut'],
    ['refuses', (response) => send(response, reply({ content: null, refusal: 'No.' })), 'refused'],
    ['filters', (response) => send(response, reply({ content: '' }, 'content_filter')), 'refused'],
    ['chats', (response) => send(response, reply({ content: 'Hello!' })), 'invalid'],
  ])('that %s leads to rules, in time and after two requests at the most', async ([, answering, verdict]) => {
    const { door, asked, ledger } = await set(answering);
    const start = performance.now();
    const answer = await door.ask(testTask({ deadlineMs: 1400 }), 'The shop is down', ABOUT);
    expect(answer).toMatchObject({ value: BY_RULES, source: 'rules' });
    expect(performance.now() - start).toBeLessThan(3000);
    expect(asked.length).toBeLessThanOrEqual(2);
    expect(ledger.calls[0]?.end?.verdict).toBe(verdict);
  });

  test('that is not there was not paid', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => void gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => void gone.close(resolve));
    const provider = openAiCompatible({ baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: undefined });
    const { door, ledger } = testDoor({ providers: [provider] });
    await door.ask(testTask({ deadlineMs: 300 }), 'The shop is down', ABOUT);
    expect(ledger.calls[0]).toMatchObject({ chargedUsd: 0, end: { verdict: 'failed', usd: 0 } });
  });
});

const INQUIRY: Inquiry = {
  name: 'test-cause',
  version: 1,
  size: 'large',
  effort: 'high',
  maxTokens: 4000,
  system: 'Find the cause.',
  tools: [{ name: 'look', description: 'Looks there.', input: z.object({ at: z.string() }) }],
};

function reply(message: object, finish = 'stop'): object {
  return {
    model: 'local',
    choices: [{ index: 0, finish_reason: finish, message: { role: 'assistant', ...message } }],
    usage: {
      prompt_tokens: 100,
      completion_tokens: 20,
      prompt_tokens_details: { cached_tokens: 40 },
      completion_tokens_details: { reasoning_tokens: 5 },
    },
  };
}

function send(response: ServerResponse, body: unknown): void {
  response
    .setHeader('content-type', 'application/json')
    .setHeader('x-request-id', 'req-1')
    .end(JSON.stringify(body));
}

async function set(answering: Answering) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    const it = { path: request.url, authorization: request.headers.authorization, body };
    asked.push(it);
    answering(response, it);
  };
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const provider = openAiCompatible({ baseUrl, apiKey: 'sk-test' });
  return { ...testDoor({ providers: [provider] }), asked };
}
