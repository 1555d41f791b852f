import {
  arrayAt,
  invalid,
  isObject,
  objectAt,
  plain,
  Refused,
  stringAt,
  type Json,
  type JsonObject,
} from '#test/support/claude/refusal.ts';

/** What this product uses of chat completions; anything else is refused, so that nothing goes unnoticed. */
const FIELDS = [
  'max_completion_tokens',
  'messages',
  'model',
  'parallel_tool_calls',
  'reasoning_effort',
  'response_format',
  'stream',
  'tool_choice',
  'tools',
];
const MESSAGE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  system: ['role', 'content'],
  developer: ['role', 'content'],
  user: ['role', 'content'],
  assistant: ['role', 'content', 'tool_calls', 'refusal', 'annotations'],
  tool: ['role', 'content', 'tool_call_id'],
};

export interface CheckedChat {
  readonly model: string;
  readonly maxTokens: number;
  readonly body: JsonObject;
}

/** @throws Refused with what the API would say */
export function checkChat(body: JsonObject, models: readonly string[]): CheckedChat {
  for (const key of Object.keys(body)) {
    if (!FIELDS.includes(key)) invalid(`Unrecognized request argument supplied: ${key}`);
  }
  const model = stringAt('model', body['model']);
  if (!models.includes(model)) {
    throw new Refused(404, 'invalid_request_error', `The model \`${model}\` does not exist`, {
      code: 'model_not_found',
    });
  }
  const most = body['max_completion_tokens'] ?? 4096;
  if (!Number.isInteger(most) || Number(most) < 1) invalid("Invalid 'max_completion_tokens'");
  if (body['stream'] === true) invalid('The double does not stream chat completions');
  if (body['reasoning_effort'] !== undefined && !/^(?:gpt-5|o\d)/.test(model)) {
    invalid('Unrecognized request argument supplied: reasoning_effort');
  }
  checkFormat(body['response_format']);
  checkTools(body);
  checkMessages(arrayAt('messages', body['messages']));
  return { model, maxTokens: Number(most), body };
}

function checkFormat(format: Json | undefined): void {
  if (format === undefined) return;
  const { type, json_schema: named } = objectAt('response_format', format, ['type', 'json_schema']);
  if (type !== 'json_schema') return;
  const at = 'response_format.json_schema';
  const { name, strict, schema } = objectAt(at, named, ['name', 'strict', 'schema', 'description']);
  if (!/^[\w-]{1,64}$/.test(stringAt(`${at}.name`, name))) invalid(`Invalid '${at}.name'`);
  if (!isObject(schema)) invalid(`Missing required parameter: '${at}.schema'`);
  if (strict !== true) return;
  if (schema['type'] !== 'object') {
    invalid(`Invalid schema for response_format: schema must be of type "object"`);
  }
  checkStrict(at, schema);
}

function checkTools(body: JsonObject): void {
  if (body['tools'] === undefined) {
    if (body['tool_choice'] !== undefined) {
      invalid("'tool_choice' is only allowed when 'tools' are specified.");
    }
    return;
  }
  const tools = arrayAt('tools', body['tools']);
  if (tools.length === 0) invalid('[] is too short - tools');
  for (const [index, it] of tools.entries()) {
    const at = `tools[${index}]`;
    const { type, function: made } = objectAt(at, it, ['type', 'function']);
    if (type !== 'function') invalid(`Invalid value: '${plain(type)}'. Supported values are: 'function'`);
    const { name, strict, parameters } = objectAt(`${at}.function`, made, [
      'name',
      'description',
      'parameters',
      'strict',
    ]);
    if (!/^[\w-]{1,64}$/.test(stringAt(`${at}.function.name`, name))) {
      invalid(`Invalid '${at}.function.name'`);
    }
    if (!isObject(parameters)) invalid(`Missing required parameter: '${at}.function.parameters'`);
    if (strict === true) checkStrict(`${at}.function.parameters`, parameters);
  }
}

/** Strict there means: closed, every property required, and nothing that is not enforced. */
function checkStrict(at: string, node: Json | undefined): void {
  if (Array.isArray(node)) {
    for (const it of node as readonly Json[]) checkStrict(at, it);
    return;
  }
  if (!isObject(node)) return;
  for (const key of ['oneOf', 'allOf', 'not', 'minLength', 'maxLength', 'default']) {
    if (node[key] !== undefined) invalid(`Invalid schema for '${at}': '${key}' is not permitted.`);
  }
  if (node['type'] === 'object') {
    if (node['additionalProperties'] !== false) {
      invalid(
        `Invalid schema for '${at}': 'additionalProperties' is required to be supplied and to be false.`,
      );
    }
    const names = Object.keys(isObject(node['properties']) ? node['properties'] : {});
    const required = Array.isArray(node['required']) ? (node['required'] as readonly Json[]) : [];
    const missing = names.find((it) => !required.includes(it));
    if (missing !== undefined) {
      invalid(
        `Invalid schema for '${at}': 'required' must include every key in properties. Missing '${missing}'.`,
      );
    }
  }
  for (const it of Object.values(isObject(node['properties']) ? node['properties'] : {})) checkStrict(at, it);
  checkStrict(at, node['items']);
  checkStrict(at, node['anyOf']);
}

function checkMessages(messages: readonly Json[]): void {
  if (messages.length === 0) invalid("Invalid 'messages': empty array.");
  let open: string[] = [];
  for (const [index, it] of messages.entries()) {
    const at = `messages.[${index}]`;
    if (!isObject(it)) invalid(`Invalid type for '${at}'`);
    const role = plain(it['role']);
    const fields = MESSAGE_FIELDS[role];
    if (!fields) {
      invalid(`Invalid value: '${role}'. Supported values are: 'system', 'assistant', 'user', 'tool'.`);
    }
    objectAt(at, it, fields);
    if (role === 'tool') {
      const id = stringAt(`${at}.tool_call_id`, it['tool_call_id']);
      if (!open.includes(id)) {
        invalid("messages with role 'tool' must be a response to a preceding message with 'tool_calls'.");
      }
      open = open.filter((other) => other !== id);
      stringAt(`${at}.content`, it['content']);
      continue;
    }
    if (open.length > 0) invalid(UNANSWERED + open.join(', '));
    const calls = role === 'assistant' && Array.isArray(it['tool_calls']) ? it['tool_calls'] : [];
    open = (calls as readonly Json[]).map((call) => (isObject(call) ? plain(call['id']) : ''));
    if (role !== 'assistant' || open.length === 0) stringAt(`${at}.content`, it['content'] ?? undefined);
  }
  if (open.length > 0) invalid(UNANSWERED + open.join(', '));
}

const UNANSWERED =
  "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. Missing: ";
