import type { Message } from './answer.ts';

/** The events of a streamed answer, each as the text between two blank lines. */
export function eventsOf(message: Message): string[] {
  const { fields, content } = message;
  const usage = fields['usage'] as Readonly<Record<string, unknown>>;
  const start = {
    ...fields,
    content: [],
    stop_reason: null,
    stop_details: null,
    usage: { ...usage, output_tokens: 1, output_tokens_details: { thinking_tokens: 0 } },
  };
  const { cache_creation: _a, service_tier: _b, inference_geo: _c, speed: _d, ...counts } = usage;
  return [
    event('message_start', { message: start }),
    event('ping', {}),
    ...content.flatMap((block, index) => [
      event('content_block_start', { index, content_block: emptied(block) }),
      ...deltasOf(block).map((delta) => event('content_block_delta', { index, delta })),
      event('content_block_stop', { index }),
    ]),
    event('ping', {}),
    event('message_delta', {
      delta: {
        stop_reason: fields['stop_reason'],
        stop_sequence: null,
        stop_details: fields['stop_details'],
        container: null,
      },
      usage: counts,
    }),
    event('message_stop', {}),
  ];
}

export function event(type: string, data: Readonly<Record<string, unknown>>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}

/** In pieces of few bytes, so that no character, line or event stays whole. */
export function pieces(text: string, isCrlf: boolean): Buffer[] {
  const bytes = Buffer.from(isCrlf ? text.replaceAll('\n', '\r\n') : text);
  const sizes = [1, 61, 7, 257, 3, 127];
  const all: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = sizes[all.length % sizes.length] ?? 1;
    all.push(bytes.subarray(at, at + size));
    at += size;
  }
  return all;
}

function emptied(block: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (block['type'] === 'text') return { ...block, text: '' };
  if (block['type'] === 'thinking') return { ...block, thinking: '', signature: '' };
  return { ...block, input: {} };
}

function deltasOf(block: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>[] {
  if (block['type'] === 'text') {
    return cut(String(block['text']), 40).map((text) => ({ type: 'text_delta', text }));
  }
  if (block['type'] === 'thinking') {
    return [
      ...cut(String(block['thinking']), 40).map((thinking) => ({ type: 'thinking_delta', thinking })),
      { type: 'signature_delta', signature: block['signature'] },
    ];
  }
  const json = ['', ...cut(JSON.stringify(block['input']), 9)];
  return json.map((it) => ({ type: 'input_json_delta', partial_json: it }));
}

function cut(text: string, size: number): string[] {
  const characters = Array.from(text);
  const all: string[] = [];
  for (let at = 0; at < characters.length; at += size) all.push(characters.slice(at, at + size).join(''));
  return all;
}
