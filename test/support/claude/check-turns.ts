import type { Model } from './models.ts';
import {
  plain,
  arrayAt,
  invalid,
  isObject,
  objectAt,
  stringAt,
  type Json,
  type JsonObject,
} from './refusal.ts';

/** What the double has thought before, by signature. */
export type Issued = ReadonlyMap<string, { readonly model: string; readonly thinking: string }>;

interface Turn {
  readonly at: string;
  readonly role: string;
  readonly blocks: readonly JsonObject[];
}

const BLOCK_FIELDS: Readonly<Record<string, readonly string[]>> = {
  text: ['type', 'text', 'cache_control', 'citations'],
  tool_use: ['type', 'id', 'name', 'input', 'cache_control', 'caller', 'toolset_name'],
  tool_result: ['type', 'tool_use_id', 'content', 'is_error', 'cache_control', 'toolset_name'],
  thinking: ['type', 'thinking', 'signature'],
  redacted_thinking: ['type', 'data'],
};
const OF_ROLE: Readonly<Record<string, readonly string[]>> = {
  user: ['text', 'tool_result'],
  assistant: ['text', 'tool_use', 'thinking', 'redacted_thinking'],
  system: ['text'],
};

/** @throws Refused with what the API says of turns that do not belong together */
export function checkTurns(messages: readonly Json[], model: Model, issued: Issued, thinks: boolean): void {
  if (messages.length === 0) invalid('messages: at least one message is required');
  const turns = messages.map((it, index) => turnOf(`messages.${index}`, it, index === messages.length - 1));
  const [first] = turns;
  if (first?.role !== 'user') invalid('messages: first message must use the "user" role');
  const last = turns.at(-1);
  if (last?.role === 'assistant') {
    if (!model.hasPrefill) {
      invalid(
        'This model does not support assistant message prefill. The conversation must end with a user message.',
      );
    }
    if (thinks) invalid('When thinking is enabled, the final message may not be an assistant prefill.');
    const text = last.blocks.at(-1)?.['text'];
    if (typeof text === 'string' && text !== text.trimEnd()) {
      invalid('messages: final assistant content cannot end with trailing whitespace');
    }
  }
  checkPairs(joined(turns));
  for (const turn of turns) checkThoughts(turn, model, issued);
}

function turnOf(at: string, message: Json, isLast: boolean): Turn {
  const { role, content } = objectAt(at, message, ['role', 'content']);
  if (typeof role !== 'string' || !(role in OF_ROLE)) {
    invalid(`${at}.role: Input should be 'user', 'assistant' or 'system'`);
  }
  if (content === undefined) invalid(`${at}.content: Field required`);
  if (typeof content === 'string') {
    if (content === '' && !(isLast && role === 'assistant')) {
      invalid(
        `${at}: all messages must have non-empty content except for the optional final assistant message`,
      );
    }
    return { at, role, blocks: [{ type: 'text', text: content }] };
  }
  const blocks = arrayAt(`${at}.content`, content).map((it, index) =>
    blockOf(`${at}.content.${index}`, it, role),
  );
  if (blocks.length === 0) {
    invalid(
      `${at}: all messages must have non-empty content except for the optional final assistant message`,
    );
  }
  return { at, role, blocks };
}

function blockOf(at: string, block: Json, role: string): JsonObject {
  if (!isObject(block)) invalid(`${at}: Input should be a valid dictionary`);
  const type = plain(block['type']);
  const fields = BLOCK_FIELDS[type];
  if (!fields) {
    invalid(`${at}: Input tag '${type}' found using 'type' does not match any of the expected tags`);
  }
  if (!OF_ROLE[role]?.includes(type)) {
    invalid(`${at}: \`${type}\` blocks are not allowed in ${role} messages`);
  }
  objectAt(`${at}.${type}`, block, fields);
  if (type === 'text') checkText(at, block);
  if (type === 'tool_use') {
    if (!/^[a-zA-Z0-9_-]+$/.test(stringAt(`${at}.tool_use.id`, block['id']))) {
      invalid(`${at}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
    }
    stringAt(`${at}.tool_use.name`, block['name']);
    if (!isObject(block['input'])) invalid(`${at}.tool_use.input: Input should be a valid dictionary`);
  }
  if (type === 'tool_result') {
    stringAt(`${at}.tool_result.tool_use_id`, block['tool_use_id']);
    const { content } = block;
    if (content !== undefined && typeof content !== 'string') {
      for (const [index, it] of arrayAt(`${at}.tool_result.content`, content).entries()) {
        const inner = objectAt(`${at}.tool_result.content.${index}`, it, BLOCK_FIELDS['text'] ?? []);
        checkText(`${at}.tool_result.content.${index}`, inner);
      }
    }
  }
  return block;
}

function checkText(at: string, block: JsonObject): void {
  const text = stringAt(`${at}.text.text`, block['text']);
  if (text === '') invalid('messages: text content blocks must be non-empty');
  if (text.trim() === '') invalid('messages: text content blocks must contain non-whitespace text');
}

/** Turns of one role in a row are one turn. */
function joined(turns: readonly Turn[]): Turn[] {
  const all: Turn[] = [];
  for (const turn of turns.filter(({ role }) => role !== 'system')) {
    const before = all.at(-1);
    if (before?.role === turn.role) {
      all[all.length - 1] = { ...before, blocks: [...before.blocks, ...turn.blocks] };
    } else all.push(turn);
  }
  return all;
}

/** Every use of a tool has its one result at the start of the turn after it, and every result its use. */
function checkPairs(turns: readonly Turn[]): void {
  const known = new Set<string>();
  for (const [index, turn] of turns.entries()) {
    const uses = idsOf(turns[index - 1], 'tool_use', 'id');
    const results = idsOf(turn, 'tool_result', 'tool_use_id');
    for (const id of results) {
      if (!uses.includes(id)) {
        invalid(
          `${turn.at}.content: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
        );
      }
    }
    if (new Set(results).size !== results.length) {
      invalid(
        `${turn.at}.content: each tool_use must have a single result. Found multiple \`tool_result\` blocks`,
      );
    }
    const missing = uses.filter((id) => !results.includes(id));
    if (missing.length > 0) {
      invalid(
        `${turn.at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}`,
      );
    }
    const firstOther = turn.blocks.findIndex((it) => it['type'] !== 'tool_result');
    const lastResult = turn.blocks.findLastIndex((it) => it['type'] === 'tool_result');
    if (uses.length > 0 && firstOther !== -1 && firstOther < lastResult) {
      invalid(`${turn.at}: \`tool_result\` blocks must come first in the content`);
    }
    for (const id of idsOf(turn, 'tool_use', 'id')) {
      if (known.has(id)) invalid('messages: `tool_use` ids must be unique');
      known.add(id);
    }
  }
  const open = idsOf(turns.at(-1), 'tool_use', 'id');
  if (open.length > 0) {
    invalid(
      `messages: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}`,
    );
  }
}

function idsOf(turn: Turn | undefined, type: string, field: string): string[] {
  return (turn?.blocks ?? []).filter((it) => it['type'] === type).map((it) => plain(it[field]));
}

/** A thought comes back as it was given, and to the model that had it. */
function checkThoughts(turn: Turn, model: Model, issued: Issued): void {
  for (const [index, block] of turn.blocks.entries()) {
    if (block['type'] !== 'thinking') continue;
    const known = issued.get(plain(block['signature']));
    if (!known || known.model !== model.id) {
      invalid(`${turn.at}.content.${index}: Invalid \`signature\` in \`thinking\` block`);
    }
    if (known.thinking !== block['thinking']) {
      invalid(
        `${turn.at}.content.${index}: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be modified.`,
      );
    }
  }
}
