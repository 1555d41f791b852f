import type { Checked } from './check-request.ts';
import { usageFields } from './ledger.ts';
import { tokensOf, type InputUsage } from './prefix-cache.ts';
import { plain, isObject } from './refusal.ts';
import type { Reply } from './reply.ts';

type Block = { readonly type: string; readonly [key: string]: unknown };

/** A message as the API answers it, with all its fields. */
export interface Message {
  readonly id: string;
  readonly content: readonly Block[];
  readonly stop: string;
  readonly output: number;
  readonly thinking: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Tokens that go into thinking before anything is said. */
const THOUGHT: Readonly<Record<string, number>> = { low: 16, medium: 48, high: 96, xhigh: 160, max: 240 };
const THINKING = 'Simulated: thinking about what was sent.';

export interface Ids {
  next(kind: 'msg' | 'toolu' | 'sig'): string;
}

/** Makes a message of what is said; what is longer than `max_tokens` is cut there. */
export function messageOf(request: Checked, reply: Reply, used: InputUsage, ids: Ids): Message {
  const most = request.maxTokens;
  const thinking = request.thinks ? Math.min(most, thoughtOf(request)) : 0;
  const said = reply.text ?? (reply.json === undefined ? '' : JSON.stringify(reply.json));
  const room = Math.max(0, most - thinking);
  const isCut = tokensOf(said) > room;
  const text = isCut ? said.slice(0, room * 3) : said;
  const calls = isCut ? [] : (reply.calls ?? []);
  const content: Block[] = [
    ...(request.thinks && most > 0 ? [thoughtBlock(request, reply, ids)] : []),
    ...(text === '' ? [] : [{ type: 'text', text, citations: null }]),
    ...calls.map(({ name, input }) => ({
      type: 'tool_use',
      id: ids.next('toolu'),
      name,
      input,
      caller: { type: 'direct' },
    })),
  ];
  const spoken = tokensOf(text) + tokensOf(calls.length === 0 ? '' : JSON.stringify(calls));
  const output = Math.max(most === 0 ? 0 : 1, Math.min(most, thinking + spoken));
  const stop =
    isCut || most === 0 ? 'max_tokens' : (reply.stop ?? (calls.length > 0 ? 'tool_use' : 'end_turn'));
  const id = ids.next('msg');
  const fields = {
    id,
    type: 'message',
    role: 'assistant',
    model: request.model.id,
    content,
    stop_reason: stop,
    stop_sequence: null,
    stop_details: stop === 'refusal' ? { type: 'refusal', category: null, explanation: null } : null,
    container: null,
    diagnostics: request.body['diagnostics'] ? { cache_miss_reason: null } : null,
    usage: usageFields({ ...used, output, thinking }),
  };
  return { id, content, stop, output, thinking, fields };
}

function thoughtBlock(request: Checked, reply: Reply, ids: Ids): Block {
  const asked = isObject(request.body['thinking']) ? request.body['thinking']['display'] : undefined;
  return {
    type: 'thinking',
    thinking: asked === 'summarized' ? (reply.thinking ?? THINKING) : '',
    signature: ids.next('sig'),
  };
}

function thoughtOf(request: Checked): number {
  const config = request.body['output_config'];
  const effort = isObject(config) ? config['effort'] : undefined;
  return THOUGHT[plain(effort ?? 'medium')] ?? 0;
}
