import Anthropic, {
  APIConnectionError,
  type APIError,
  InternalServerError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { startClaude, type Claude } from '#test/support/claude/double.ts';
import type { FaultName } from '#test/support/claude/faults.ts';

/** What the vendor's own client makes of the double's streams, faults, cache and counting. */

const ASKED = {
  model: 'claude-sonnet-5-5',
  max_tokens: 2000,
  messages: [{ role: 'user' as const, content: 'Hello' }],
};
const WORDS = 'Grüße aus Köln 👩‍🚒 — «sev1» 日本語\n';

let claude: Claude;
let client: Anthropic;

beforeAll(async () => {
  claude = await startClaude();
  client = new Anthropic({ apiKey: claude.key, baseURL: claude.url, maxRetries: 0 });
});

afterEach(() => {
  claude.faults.always('none');
  claude.replies.simulated();
});

afterAll(async () => {
  await claude.stop();
});

describe('a stream', () => {
  it('arrives in shreds, with either end of line, a thought first, and is whole', async () => {
    for (const _ of [1, 2]) {
      claude.replies.next({ text: WORDS.repeat(5), calls: [{ name: 'look', input: { at: WORDS } }] });
      const stream = client.messages.stream({
        ...ASKED,
        thinking: { type: 'adaptive', display: 'summarized' },
      });
      const events: string[] = [];
      stream.on('streamEvent', ({ type }) => events.push(type));
      const message = await stream.finalMessage();
      expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use']);
      expect(message.content[1]).toMatchObject({ text: WORDS.repeat(5) });
      expect(message.content[2]).toMatchObject({ input: { at: WORDS } });
      expect(message).toMatchObject({ stop_reason: 'tool_use' });
      expect(events[0]).toBe('message_start');
      expect(events.at(-1)).toBe('message_stop');
      const billed = claude.ledger.at(-1);
      expect(message.usage).toMatchObject({ input_tokens: billed?.input, output_tokens: billed?.output });
    }
  });

  it.each([
    ['stream error', 'Overloaded'],
    ['ends', 'stream ended without producing a Message'],
    ['cut', 'terminated'],
  ] as const)('that meets "%s" is no answer, and is billed', async (fault, says) => {
    const before = claude.ledger.length;
    claude.replies.next(WORDS.repeat(5));
    claude.faults.next(fault);
    await expect(client.messages.stream(ASKED).finalMessage()).rejects.toThrow(says);
    expect(claude.ledger.slice(before)).toMatchObject([{ told: 'part' }]);
  });

  it('that stalls waits until the client has enough, which is noticed', async () => {
    claude.faults.next('stall');
    await expect(
      client.messages.stream(ASKED, { signal: AbortSignal.timeout(50) }).finalMessage(),
    ).rejects.toThrow('aborted');
    await expect.poll(() => claude.journal.at(-1)?.isCutOff).toBe(true);
  });
});

describe('a fault', () => {
  const failed = async (fault: FaultName): Promise<unknown> => {
    claude.faults.next(fault);
    return await client.messages.create(ASKED, { signal: AbortSignal.timeout(500) }).then(
      (it) => it,
      (error: unknown) => error,
    );
  };

  it('of the API has its own form, with the headers that say when to come again', async () => {
    const busy = (await failed('rate limit, 1 h')) as APIError;
    expect(busy).toBeInstanceOf(RateLimitError);
    expect(busy.headers?.get('retry-after')).toBe('3600');
    expect(busy.requestID).toBe(claude.journal.at(-1)?.requestId);
    expect(((await failed('rate limit')) as APIError).headers?.get('retry-after')).toBeNull();
    const spent = (await failed('spend limit')) as APIError;
    expect(spent.constructor.name).toBe('EnforcedSpendLimitReachedError');
    expect(((await failed('overloaded')) as APIError).type).toBe('overloaded_error');
    expect(((await failed('internal error')) as APIError).status).toBe(500);
    const gateway = (await failed('bad gateway')) as APIError;
    expect(gateway).toBeInstanceOf(InternalServerError);
    expect(gateway.type).toBeNull();
  });

  it('of the wire is one to the client, and costs what was answered', async () => {
    const before = claude.ledger.length;
    expect(await failed('reset')).toBeInstanceOf(APIConnectionError);
    expect(claude.ledger).toHaveLength(before);
    expect(String(await failed('cut'))).toContain('terminated');
    expect(await failed('malformed')).toBeInstanceOf(SyntaxError);
    expect(await failed('html for an answer')).toContain('<html>');
    expect(claude.ledger.slice(before).map(({ told }) => told)).toEqual(['nothing', 'nothing', 'nothing']);
  });

  it('of silence lasts as long as the client waits', async () => {
    claude.faults.next('silence');
    const start = performance.now();
    await expect(client.messages.create(ASKED, { signal: AbortSignal.timeout(80) })).rejects.toThrow(
      'aborted',
    );
    expect(performance.now() - start).toBeGreaterThan(70);
  });

  it('of the model comes over a good wire', async () => {
    expect(await failed('truncated')).toMatchObject({ stop_reason: 'max_tokens' });
    expect(await failed('refusal')).toMatchObject({
      stop_reason: 'refusal',
      stop_details: { type: 'refusal' },
    });
    expect(await failed('refusal with words')).toMatchObject({ stop_reason: 'refusal' });
  });

  it('of the whole server refuses connections, until it is back at the same address', async () => {
    await claude.goDown();
    await expect(client.messages.create(ASKED)).rejects.toThrow('Connection error');
    await claude.comeBack();
    expect(await client.messages.create(ASKED)).toMatchObject({ type: 'message' });
  });
});

describe('the prefix cache', () => {
  const long = (text: string): Anthropic.TextBlockParam[] => [
    { type: 'text', text: text.repeat(400), cache_control: { type: 'ephemeral' } },
  ];
  const usageOf = async (more: object): Promise<Anthropic.Usage> =>
    (await client.messages.create({ ...ASKED, ...more })).usage;

  it('finds a prefix again that is the same to the byte, for the same model, for five minutes', async () => {
    const system = long('Rules of a house. ');
    const first = await usageOf({ system });
    expect(first.cache_read_input_tokens).toBe(0);
    expect(first.cache_creation?.ephemeral_5m_input_tokens).toBeGreaterThan(2000);
    const other = [{ role: 'user' as const, content: 'Something else' }];
    const second = await usageOf({ system, messages: other });
    expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
    expect(second.cache_creation_input_tokens).toBe(0);
    expect((await usageOf({ system, model: 'claude-sonnet-5' })).cache_read_input_tokens).toBe(0);
    expect((await usageOf({ system: long('Rules of a house! ') })).cache_read_input_tokens).toBe(0);
    claude.clock.advance(5 * 60_000 + 1);
    expect((await usageOf({ system })).cache_read_input_tokens).toBe(0);
  });

  it('of an hour lasts an hour from its last use', async () => {
    const [block] = long('An hour of rules. ');
    const system = [{ ...block, cache_control: { type: 'ephemeral', ttl: '1h' } }];
    expect((await usageOf({ system })).cache_creation?.ephemeral_1h_input_tokens).toBeGreaterThan(2000);
    claude.clock.advance(59 * 60_000);
    expect((await usageOf({ system })).cache_read_input_tokens).toBeGreaterThan(2000);
    claude.clock.advance(59 * 60_000);
    expect((await usageOf({ system })).cache_read_input_tokens).toBeGreaterThan(2000);
    claude.clock.advance(61 * 60_000);
    expect((await usageOf({ system })).cache_read_input_tokens).toBe(0);
  });

  it('does nothing for a prefix that is too short, and says nothing of it', async () => {
    const system = [{ type: 'text' as const, text: 'Short.', cache_control: { type: 'ephemeral' as const } }];
    for (const _ of [1, 2]) {
      expect(await usageOf({ system })).toMatchObject({
        cache_read_input_tokens: 0,
        cache_creation_input_tokens: 0,
      });
    }
  });

  it('finds a shorter prefix, and writes what is new of a longer one', async () => {
    const system = long('Growing talk. ');
    const first = await usageOf({ system });
    const messages = [{ role: 'user' as const, content: long('More of it. ') }];
    const second = await usageOf({ system, messages });
    expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
    expect(second.cache_creation_input_tokens).toBeGreaterThan(1000);
  });

  it('finds nothing where the form of the answer is another', async () => {
    const system = long('With a form. ');
    const form = (name: string) => ({
      system,
      output_config: {
        format: {
          type: 'json_schema',
          schema: { type: 'object', properties: { [name]: { type: 'string' } }, additionalProperties: false },
        },
      },
    });
    await usageOf(form('a'));
    expect((await usageOf(form('a'))).cache_read_input_tokens).toBeGreaterThan(0);
    expect((await usageOf(form('b'))).cache_read_input_tokens).toBe(0);
  });
});

describe('what is counted', () => {
  it('is what is billed, at the price of the list and of the tier', async () => {
    claude.replies.next('x'.repeat(300));
    const asked = { ...ASKED, model: 'claude-haiku-5-5', thinking: { type: 'disabled' as const } };
    await client.messages.create({ ...asked, messages: [{ role: 'user', content: 'y'.repeat(300_000) }] });
    const dear = claude.ledger.at(-1);
    expect(dear).toMatchObject({ output: 100, thinking: 0, cacheRead: 0 });
    expect(dear?.usd).toBeCloseTo(((dear?.input ?? 0) * 0.5 + 100 * 2.5) / 1e6, 12);
    claude.replies.next('x'.repeat(300));
    await client.messages.create(asked);
    const cheap = claude.ledger.at(-1);
    expect(cheap?.usd).toBeCloseTo(((cheap?.input ?? 0) * 0.1 + 100 * 0.5) / 1e6, 12);
  });

  it('is said beforehand as well', async () => {
    const { max_tokens: _, ...counted } = ASKED;
    const { input_tokens: tokens } = await client.messages.countTokens(counted);
    await client.messages.create(ASKED);
    expect(claude.ledger.at(-1)?.input).toBe(tokens);
  });
});

describe('models', () => {
  it('are listed with their stage of life and what they can do', async () => {
    const listed: string[] = [];
    for await (const { id } of client.models.list()) listed.push(id);
    expect(listed).toContain('claude-haiku-5-5');
    expect(listed).not.toContain('claude-3-5-haiku-20241022');
    expect(await client.models.retrieve('claude-sonnet-4-5')).toMatchObject({
      lifecycle: 'deprecated',
      retires_at: '2026-11-30T00:00:00Z',
    });
    expect((await client.models.retrieve('claude-opus-5-5')).capabilities?.thinking.types.disabled).toEqual({
      supported: false,
    });
    await expect(client.models.retrieve('claude-9')).rejects.toThrow('model: claude-9');
  });
});
