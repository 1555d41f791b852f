import { z } from 'zod';

import { setting, text } from './config-chat.ts';
import { UserError } from './errors.ts';
import type { ClaudeSettings } from './llm/claude.ts';
import type { Chain, DoorSettings, ModelChoice } from './llm/door-settings.ts';
import { ratesOf } from './llm/gate.ts';
import type { OpenAiSettings } from './llm/openai-compatible.ts';
import type { OwnPrices } from './llm/prices.ts';
import type { Mask } from './llm/redact-people.ts';
import { EFFORTS, SIZES, type Effort, type Size } from './llm/task.ts';
import { tasks } from './llm/tasks/index.ts';

/** The settings of the models. Without a key there is none, and rules answer. */
export const LLM_SETTINGS = {
  ANTHROPIC_API_KEY: setting(
    'Claude: the API key, `sk-ant-...`. Set, models answer where rules did before.',
    text(),
  ),
  ANTHROPIC_BASE_URL: setting('Claude: where its API is.', endpoint('https://api.anthropic.com')),
  OPENAI_API_KEY: setting(
    'A second provider, or the only one: the key, where it wants one. Asked only where LLM_MODELS names a model of it.',
    text(),
  ),
  OPENAI_BASE_URL: setting(
    'Where that one is, which speaks like OpenAI (also Ollama, vLLM, LiteLLM): `http://localhost:11434/v1`. Not set: OpenAI.',
    z.url({ protocol: /^https?$/ }).optional(),
  ),
  LLM_MODELS: setting(
    'Which model stands for small, middle and large, or for a task, each with an effort if you like, and behind a | the one to ask where it fails: `small=claude-haiku-5-5|gpt-5-mini,classify=claude-haiku-5-5:low`. `all=` is for all three.',
    models(),
  ),
  LLM_PRICES: setting(
    'USD for a million tokens read/written, of models that the price table does not know: `qwen3=0/0`.',
    prices(),
  ),
  LLM_BUDGET_DAY: setting('USD for models in a day (UTC); then rules answer.', money(10)),
  LLM_BUDGET_TENANT: setting(
    'USD for models in a day (UTC) on the incidents of one tenant, which the tag tenant_id names; then rules answer. Not set: as much as LLM_BUDGET_DAY.',
    z.coerce.number().positive().optional(),
  ),
  LLM_BUDGET_INCIDENT: setting('USD for models on one incident; then rules answer.', money(2)),
  LLM_REQUESTS_PER_MINUTE: setting(
    'Requests to models in a minute; forty times as many in an hour.',
    z.coerce.number().int().positive().default(50),
  ),
  LLM_TOKENS_PER_MINUTE: setting(
    'Tokens in a minute, but for those that come from a cache; fifty times as many in a day.',
    z.coerce.number().int().positive().default(100_000),
  ),
  LLM_SEND: setting(
    'Whether anything may leave for a model: on, or off, where rules answer everything.',
    onOff('on'),
  ),
  LLM_PRIVATE: setting('Whether private incidents may be sent to a model too: on or off.', onOff('off')),
  LLM_LINK_HOSTS: setting(
    'Hosts besides our own that answers of models may link to, separated by commas, like `wiki.example.com`. Other links are left out.',
    hosts(),
  ),
  LLM_MASK: setting(
    'What else is taken out of what is sent, besides secrets and personal data: ip, host, user; separated by commas.',
    masks(),
  ),
} as const;

export interface LlmSettings {
  readonly anthropic: ClaudeSettings | undefined;
  readonly openai: OpenAiSettings | undefined;
  /** Undefined: no model is set up. */
  readonly door: DoorSettings | undefined;
  readonly maySend: boolean;
  readonly withPrivate: boolean;
  readonly masks: readonly Mask[];
}

type Schemas = { readonly [K in keyof typeof LLM_SETTINGS]: (typeof LLM_SETTINGS)[K]['schema'] };
type Raw = z.output<z.ZodObject<Schemas>>;

/**
 * @param publicUrl of which links may stand in answers
 * @throws UserError that says which model is missing
 */
export function toLlm(raw: Raw, publicUrl: string): LlmSettings {
  const { ANTHROPIC_API_KEY: apiKey, OPENAI_API_KEY: openAiKey, OPENAI_BASE_URL: openAiUrl } = raw;
  const anthropic =
    apiKey === undefined ? undefined : { apiKey, baseUrl: withoutSlash(raw.ANTHROPIC_BASE_URL) };
  const openai =
    openAiKey === undefined && openAiUrl === undefined
      ? undefined
      : { apiKey: openAiKey, baseUrl: withoutSlash(openAiUrl ?? 'https://api.openai.com/v1') };
  return {
    anthropic,
    openai,
    door: doorOf(raw, { anthropic, openai, linkHosts: [new URL(publicUrl).host, ...raw.LLM_LINK_HOSTS] }),
    maySend: raw.LLM_SEND,
    withPrivate: raw.LLM_PRIVATE,
    masks: raw.LLM_MASK,
  };
}

function doorOf(
  raw: Raw,
  {
    anthropic,
    openai,
    linkHosts,
  }: Pick<LlmSettings, 'anthropic' | 'openai'> & { readonly linkHosts: readonly string[] },
): DoorSettings | undefined {
  const named = raw.LLM_MODELS;
  // A key of OpenAI may lie around for something else.
  if (!anthropic && (!openai || named.size === 0)) return undefined;
  const providerOf = (model: string) => {
    if (!openai) return 'anthropic';
    return anthropic && model.startsWith('claude-') ? 'anthropic' : 'openai';
  };
  const chainOf = (names: readonly Named[]): Chain => {
    const [first, ...others] = names.map((it): ModelChoice => ({ ...it, provider: providerOf(it.model) }));
    if (!first) throw new UserError('bad_arguments', 'LLM_MODELS: a model is missing.');
    return [first, ...others];
  };
  const sizeOf = (size: Size): Chain => {
    const names = named.get(size) ?? named.get('all') ?? (anthropic && [USUAL[size]]);
    if (names) return chainOf(names);
    throw new UserError(
      'bad_arguments',
      `LLM_MODELS: say which model stands for ${size} (\`${size}=...\`), or for all three (\`all=...\`).`,
    );
  };
  const ownNames = [...named].filter(([name]) => !SIZE_NAMES.has(name));
  const stray = ownNames.find(([name]) => !TASK_NAMES.has(name));
  if (stray) {
    const known = [...SIZE_NAMES, ...TASK_NAMES].join(', ');
    throw new UserError('bad_arguments', `LLM_MODELS: there is no ${stray[0]}. There are ${known}.`);
  }
  return {
    sizes: { small: sizeOf('small'), middle: sizeOf('middle'), large: sizeOf('large') },
    tasks: Object.fromEntries(ownNames.map(([name, names]) => [name, chainOf(names)])),
    budgets: {
      dayUsd: raw.LLM_BUDGET_DAY,
      incidentUsd: raw.LLM_BUDGET_INCIDENT,
      tenantUsd: raw.LLM_BUDGET_TENANT,
    },
    prices: raw.LLM_PRICES,
    rates: ratesOf(raw.LLM_REQUESTS_PER_MINUTE, raw.LLM_TOKENS_PER_MINUTE),
    linkHosts,
  };
}

interface Named {
  readonly model: string;
  readonly effort: Effort | null;
}

const SIZE_NAMES: ReadonlySet<string> = new Set([...SIZES, 'all']);

/** What can have a model of its own. */
const TASK_NAMES: ReadonlySet<string> = new Set([...tasks.map(({ name }) => name), 'investigate']);

/** By what they cost and what a task of that size needs. */
const USUAL: Readonly<Record<Size, Named>> = {
  small: { model: 'claude-haiku-5-5', effort: null },
  middle: { model: 'claude-sonnet-5-5', effort: null },
  large: { model: 'claude-opus-5-5', effort: null },
};

const NAME = /^[a-z][a-z0-9-]*$/;
const MODEL = /^[\w.:/@-]+$/;
const WITH_EFFORT = new RegExp(`^(.+):(${EFFORTS.join('|')})$`);

function models() {
  return z
    .string()
    .default('')
    .transform((written, context): ReadonlyMap<string, readonly Named[]> => {
      const named = new Map<string, readonly Named[]>();
      for (const [name, value] of pairsOf(written)) {
        const chain = value.split('|').map((it) => namedOf(it.trim()));
        if (!NAME.test(name) || chain.some(({ model }) => !MODEL.test(model))) {
          context.addIssue({ code: 'custom', message: `\`${name}=${value}\` is not a name and a model` });
        } else if (chain.length > MOST_IN_CHAIN) {
          context.addIssue({ code: 'custom', message: `${name} has more than ${MOST_IN_CHAIN} models` });
        }
        named.set(name, chain);
      }
      return named;
    });
}

/** Who waits does not wait for more. */
const MOST_IN_CHAIN = 2;

function namedOf(written: string): Named {
  const [, model, effort] = WITH_EFFORT.exec(written) ?? [];
  return model === undefined ? { model: written, effort: null } : { model, effort: effort as Effort };
}

function prices() {
  return z
    .string()
    .default('')
    .transform((written, context): OwnPrices => {
      const own: Record<string, OwnPrices[string]> = {};
      for (const [model, value] of pairsOf(written)) {
        const [input, output] = /^(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/.exec(value)?.slice(1).map(Number) ?? [];
        if (input === undefined || output === undefined) {
          const message = `\`${model}=${value}\` is not a model and two prices`;
          context.addIssue({ code: 'custom', message });
        } else {
          own[model] = { input, output };
        }
      }
      return own;
    });
}

/** `a=b,c=d`. */
function pairsOf(written: string): readonly (readonly [string, string])[] {
  const entries = written.split(',').map((it) => it.trim());
  return entries
    .filter((it) => it !== '')
    .map((it) => {
      const at = it.indexOf('=');
      return at === -1 ? [it, ''] : [it.slice(0, at).trim(), it.slice(at + 1).trim()];
    });
}

function hosts() {
  return z
    .string()
    .default('')
    .transform((it) => it.split(',').map((host) => host.trim().toLowerCase()))
    .transform((all) => all.filter((host) => host !== ''))
    .refine((all) => all.every((host) => /^[a-z0-9.-]+(?::\d+)?$/.test(host)), 'write hosts, not addresses');
}

const MASKS: readonly Mask[] = ['ip', 'host', 'user'];

function masks() {
  return z
    .string()
    .default('')
    .transform((it) => it.split(',').map((word) => word.trim()))
    .transform((words) => words.filter((word) => word !== ''))
    .refine((words): words is Mask[] => words.every((it) => MASKS.some((mask) => mask === it)), {
      message: 'it has a word that is none of these',
    });
}

function money(otherwise: number) {
  return z.coerce.number().nonnegative().default(otherwise);
}

function onOff(otherwise: 'on' | 'off') {
  return z
    .enum(['on', 'off'])
    .default(otherwise)
    .transform((it) => it === 'on');
}

function endpoint(otherwise: string) {
  return z.url({ protocol: /^https?$/ }).default(otherwise);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
