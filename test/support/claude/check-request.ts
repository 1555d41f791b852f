import { checkSchema, type Counted } from './check-schema.ts';
import { checkTurns, type Issued } from './check-turns.ts';
import { modelCalled, type Model } from './models.ts';
import {
  plain,
  arrayAt,
  invalid,
  isObject,
  objectAt,
  Refused,
  stringAt,
  type Json,
  type JsonObject,
} from './refusal.ts';

/** A request that the API would take. */
export interface Checked {
  readonly model: Model;
  readonly body: JsonObject;
  /** Whether it thinks before it answers. */
  readonly thinks: boolean;
  readonly maxTokens: number;
  readonly isStream: boolean;
}

const COUNTED_FIELDS = [
  'cache_control',
  'messages',
  'model',
  'output_config',
  'system',
  'thinking',
  'tool_choice',
  'tools',
];
const FIELDS = [
  ...COUNTED_FIELDS,
  'container',
  'diagnostics',
  'inference_geo',
  'max_tokens',
  'metadata',
  'service_tier',
  'speed',
  'stop_sequences',
  'stream',
];
const TOOL_FIELDS = [
  'allowed_callers',
  'cache_control',
  'defer_loading',
  'description',
  'eager_input_streaming',
  'input_examples',
  'input_schema',
  'name',
  'strict',
  'type',
];
const MOST_MARKS = 4;
const MOST_STRICT_TOOLS = 20;

/** @throws Refused with what the API would say */
export function checkRequest(body: JsonObject, issued: Issued, kind: 'create' | 'count'): Checked {
  for (const key of Object.keys(body)) {
    if (!(kind === 'create' ? FIELDS : COUNTED_FIELDS).includes(key)) {
      invalid(`${key}: Extra inputs are not permitted`);
    }
  }
  for (const key of kind === 'create' ? ['model', 'max_tokens', 'messages'] : ['model', 'messages']) {
    if (body[key] === undefined) invalid(`${key}: Field required`);
  }
  const id = stringAt('model', body['model']);
  const model = modelCalled(id);
  if (!model) throw new Refused(404, 'not_found_error', `model: ${id}`);
  const maxTokens = kind === 'create' ? checkMaxTokens(body, model) : model.maxOutput;
  checkSystem(body['system']);
  const thinks = checkThinking(body, model);
  checkEffort(body, model);
  checkTools(body, model);
  checkSmall(body);
  checkTurns(arrayAt('messages', body['messages']), model, issued, thinks);
  checkMarks(body);
  return { model, body, thinks, maxTokens, isStream: body['stream'] === true };
}

function checkMaxTokens(body: JsonObject, model: Model): number {
  const most = body['max_tokens'];
  if (!Number.isInteger(most)) invalid('max_tokens: Input should be a valid integer');
  if (Number(most) < 0) invalid('max_tokens: Input should be greater than or equal to 0');
  if (Number(most) > model.maxOutput) {
    invalid(
      `max_tokens: ${Number(most)} > ${model.maxOutput}, which is the maximum allowed number of output tokens for ${model.id}`,
    );
  }
  return Number(most);
}

function checkSystem(system: Json | undefined): void {
  if (system === undefined || typeof system === 'string') return;
  for (const [index, it] of arrayAt('system', system).entries()) {
    const block = objectAt(`system.${index}`, it, ['type', 'text', 'cache_control', 'citations']);
    if (block['type'] !== 'text') invalid(`system.${index}: Input tag found does not match 'text'`);
    if (stringAt(`system.${index}.text`, block['text']) === '') {
      invalid('system: text content blocks must be non-empty');
    }
  }
}

function checkThinking(body: JsonObject, model: Model): boolean {
  if (body['thinking'] === undefined) return model.thinksByDefault;
  const thinking = objectAt('thinking', body['thinking'], ['type', 'budget_tokens', 'display']);
  const type = plain(thinking['type']);
  if (!['adaptive', 'disabled', 'enabled'].includes(type)) {
    invalid(`thinking: Input tag '${type}' does not match any of the expected tags`);
  }
  if (!model.thinking.some((it) => it === type)) {
    invalid(`thinking.type: "${type}" is not supported for this model`);
  }
  if (type !== 'enabled' && thinking['budget_tokens'] !== undefined) {
    invalid(`thinking.${type}.budget_tokens: Extra inputs are not permitted`);
  }
  if (type === 'enabled') {
    const budget = thinking['budget_tokens'];
    if (!Number.isInteger(budget) || Number(budget) < 1024) {
      invalid('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
    }
    if (Number(budget) >= Number(body['max_tokens'])) {
      invalid('`max_tokens` must be greater than `thinking.budget_tokens`');
    }
  }
  if (![undefined, null, 'summarized', 'omitted'].includes(thinking['display'] as string)) {
    invalid("thinking.display: Input should be 'summarized' or 'omitted'");
  }
  const effort = isObject(body['output_config']) ? body['output_config']['effort'] : undefined;
  if (model.id === 'claude-opus-5' && type === 'disabled' && ['xhigh', 'max'].includes(plain(effort))) {
    invalid('thinking.type: "disabled" is not supported at this effort level');
  }
  return type !== 'disabled';
}

function checkEffort(body: JsonObject, model: Model): void {
  if (body['output_config'] === undefined) return;
  const config = objectAt('output_config', body['output_config'], ['effort', 'format']);
  const effort = config['effort'];
  if (effort !== undefined && effort !== null && !model.efforts.some((it) => it === effort)) {
    invalid(`output_config.effort: ${JSON.stringify(effort)} is not supported for this model`);
  }
  if (config['format'] === undefined || config['format'] === null) return;
  const format = objectAt('output_config.format', config['format'], ['type', 'schema']);
  if (format['type'] !== 'json_schema') invalid("output_config.format.type: Input should be 'json_schema'");
}

function checkTools(body: JsonObject, model: Model): void {
  const tools = body['tools'] === undefined ? [] : arrayAt('tools', body['tools']);
  const counted: Counted = { optional: 0, unions: 0 };
  const names = new Set<string>();
  let strict = 0;
  for (const [index, it] of tools.entries()) {
    const at = `tools.${index}.custom`;
    const tool = objectAt(at, it, TOOL_FIELDS);
    const name = stringAt(`${at}.name`, tool['name']);
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
      invalid(`${at}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
    if (names.has(name)) invalid('tools: Tool names must be unique.');
    names.add(name);
    if (tool['description'] !== undefined) stringAt(`${at}.description`, tool['description']);
    const schema = tool['input_schema'];
    if (schema === undefined) invalid(`${at}.input_schema: Field required`);
    if (!isObject(schema) || schema['type'] !== 'object') {
      invalid(`${at}.input_schema.type: Input should be 'object'`);
    }
    if (tool['strict'] !== true) continue;
    strict += 1;
    checkSchema(`${at}.input_schema`, schema, counted);
  }
  if (strict > MOST_STRICT_TOOLS) invalid(`tools: At most ${MOST_STRICT_TOOLS} strict tools are supported`);
  const format = isObject(body['output_config']) ? body['output_config']['format'] : undefined;
  if (isObject(format)) checkSchema('output_config.format.schema', format['schema'], counted);
  checkChoice(body, model, names);
}

function checkChoice(body: JsonObject, model: Model, names: ReadonlySet<string>): void {
  if (body['tool_choice'] === undefined) return;
  const choice = objectAt('tool_choice', body['tool_choice'], ['type', 'name', 'disable_parallel_tool_use']);
  const type = plain(choice['type']);
  if (!['auto', 'any', 'tool', 'none'].includes(type)) {
    invalid(`tool_choice: Input tag '${type}' does not match any of the expected tags`);
  }
  if (names.size === 0) invalid('tool_choice may only be specified while providing tools.');
  if (type === 'tool' && !names.has(plain(choice['name']))) {
    invalid(`Tool '${plain(choice['name'])}' not found in provided tools`);
  }
  if (type === 'none' && choice['disable_parallel_tool_use'] !== undefined) {
    invalid('tool_choice.none.disable_parallel_tool_use: Extra inputs are not permitted');
  }
  if (type !== 'any' && type !== 'tool') return;
  if (!model.canForceTools) invalid(`tool_choice: "${type}" is not supported for this model`);
  const thinking = isObject(body['thinking']) ? body['thinking']['type'] : undefined;
  if (thinking === 'enabled' || thinking === 'adaptive') {
    invalid('Thinking may not be enabled when tool_choice forces tool use.');
  }
}

/** The fields of few rules. */
function checkSmall(body: JsonObject): void {
  if (body['metadata'] !== undefined) {
    const user = objectAt('metadata', body['metadata'], ['user_id'])['user_id'];
    if (user !== undefined && user !== null && stringAt('metadata.user_id', user).length > 256) {
      invalid('metadata.user_id: String should have at most 256 characters');
    }
  }
  if (body['stream'] !== undefined && typeof body['stream'] !== 'boolean') {
    invalid('stream: Input should be a valid boolean');
  }
  if (![undefined, 'auto', 'standard_only'].includes(body['service_tier'] as undefined)) {
    invalid("service_tier: Input should be 'auto' or 'standard_only'");
  }
  if (body['stop_sequences'] !== undefined) {
    for (const it of arrayAt('stop_sequences', body['stop_sequences'])) {
      if (typeof it !== 'string' || it.trim() === '') {
        invalid('stop_sequences: each stop sequence must contain non-whitespace');
      }
    }
  }
}

/** At most four, each of five minutes or an hour, and those of an hour first. */
function checkMarks(body: JsonObject): void {
  const marks = marksIn([body['tools'], body['system'], body['messages']]);
  const all = [...marks, ...(body['cache_control'] ? [body['cache_control']] : [])];
  if (all.length > MOST_MARKS) {
    invalid(`A maximum of 4 blocks with cache_control may be provided. Found ${all.length}.`);
  }
  const ttls = all.map((it) => {
    const mark = objectAt('cache_control', it, ['type', 'ttl']);
    if (mark['type'] !== 'ephemeral') invalid("cache_control.type: Input should be 'ephemeral'");
    const ttl = mark['ttl'] ?? '5m';
    if (ttl !== '5m' && ttl !== '1h') invalid("cache_control.ephemeral.ttl: Input should be '5m' or '1h'");
    return ttl;
  });
  if (ttls.lastIndexOf('1h') > ttls.indexOf('5m') && ttls.includes('5m')) {
    invalid("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block");
  }
}

/** In the order in which they are rendered; a schema's property of that name is none. */
function marksIn(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap((it: unknown) => marksIn(it));
  if (!isObject(value)) return [];
  const own = value['cache_control'] ? [value['cache_control']] : [];
  return [...marksIn(value['content']), ...own];
}
