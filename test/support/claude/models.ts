/** What the double knows of a model, from the vendor's pages of November 2026. Prices are dollars a million tokens. */
export interface Model {
  readonly id: string;
  readonly name: string;
  readonly line: 'haiku' | 'sonnet' | 'opus' | 'fable';
  readonly lifecycle: 'active' | 'deprecated' | 'retired';
  readonly retiresAt: string | null;
  readonly createdAt: string;
  readonly maxInput: number;
  readonly maxOutput: number;
  /** A shorter prefix is not cached, and nothing says so. */
  readonly minCached: number;
  /** Which `thinking.type` it takes. */
  readonly thinking: readonly ThinkingType[];
  /** Whether it thinks where a request does not say. */
  readonly thinksByDefault: boolean;
  readonly efforts: readonly EffortName[];
  /** `tool_choice` of `any` or `tool`. */
  readonly canForceTools: boolean;
  /** Whether the last turn may be the assistant's. */
  readonly hasPrefill: boolean;
  readonly prices: Prices;
  /** In place of `prices` for a prompt of more tokens than this. */
  readonly above?: { readonly tokens: number; readonly prices: Prices };
}

export type ThinkingType = 'enabled' | 'adaptive' | 'disabled';
export type EffortName = 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export interface Prices {
  readonly input: number;
  readonly output: number;
  readonly read: number;
  readonly write5m: number;
  readonly write1h: number;
}

const ALL: readonly EffortName[] = ['low', 'medium', 'high', 'xhigh', 'max'];
const MILLION = 1_000_000;

const NEW = {
  lifecycle: 'active',
  retiresAt: null,
  maxInput: MILLION,
  maxOutput: 128_000,
  minCached: 512,
  thinking: ['adaptive', 'disabled'],
  thinksByDefault: true,
  efforts: ALL,
  canForceTools: true,
  hasPrefill: false,
} as const;

export const MODELS: readonly Model[] = [
  {
    ...NEW,
    id: 'claude-haiku-5-5',
    name: 'Claude Haiku 5.5',
    line: 'haiku',
    createdAt: '2026-10-07T00:00:00Z',
    prices: { input: 0.1, output: 0.5, read: 0.01, write5m: 0.125, write1h: 0.2 },
    above: { tokens: 100_000, prices: { input: 0.5, output: 2.5, read: 0.05, write5m: 0.625, write1h: 1 } },
  },
  {
    ...NEW,
    id: 'claude-sonnet-5-5',
    name: 'Claude Sonnet 5.5',
    line: 'sonnet',
    createdAt: '2026-10-14T00:00:00Z',
    prices: priced(2, 10, 0.2),
  },
  {
    ...NEW,
    id: 'claude-sonnet-5',
    name: 'Claude Sonnet 5',
    line: 'sonnet',
    createdAt: '2026-05-20T00:00:00Z',
    minCached: 1024,
    prices: priced(2, 10, 0.2),
  },
  {
    ...NEW,
    id: 'claude-opus-5-5',
    name: 'Claude Opus 5.5',
    line: 'opus',
    createdAt: '2026-10-14T00:00:00Z',
    thinking: ['adaptive'],
    canForceTools: false,
    // A reading of the cache is a twentieth here, not the usual tenth.
    prices: priced(4, 20, 0.2),
  },
  {
    ...NEW,
    id: 'claude-opus-5',
    name: 'Claude Opus 5',
    line: 'opus',
    createdAt: '2026-04-02T00:00:00Z',
    prices: priced(5, 25, 0.5),
  },
  ...['claude-opus-4-8', 'claude-opus-4-7', 'claude-opus-4-6'].map((id) => ({
    ...NEW,
    id,
    name: `Claude Opus ${id.slice(-3).replace('-', '.')}`,
    line: 'opus' as const,
    createdAt: '2026-02-05T00:00:00Z',
    minCached: 4096,
    thinksByDefault: false,
    prices: priced(5, 25, 0.5),
  })),
  {
    ...NEW,
    id: 'claude-sonnet-4-6',
    name: 'Claude Sonnet 4.6',
    line: 'sonnet',
    createdAt: '2026-02-17T00:00:00Z',
    minCached: 1024,
    thinksByDefault: false,
    prices: priced(3, 15, 0.3),
  },
  {
    ...NEW,
    id: 'claude-fable-5-1',
    name: 'Claude Fable 5.1',
    line: 'fable',
    createdAt: '2026-09-01T00:00:00Z',
    thinking: ['adaptive'],
    canForceTools: false,
    prices: priced(10, 50, 1),
  },
  {
    // Its price is on no page; this one is only here to be added up.
    ...NEW,
    id: 'claude-fable-5-2',
    name: 'Claude Fable 5.2',
    line: 'fable',
    createdAt: '2026-11-09T00:00:00Z',
    thinking: ['adaptive'],
    canForceTools: false,
    prices: priced(10, 50, 1),
  },
  {
    ...NEW,
    id: 'claude-haiku-4-5',
    name: 'Claude Haiku 4.5',
    line: 'haiku',
    createdAt: '2025-10-15T00:00:00Z',
    maxInput: 200_000,
    maxOutput: 64_000,
    minCached: 4096,
    thinking: ['enabled', 'disabled'],
    thinksByDefault: false,
    efforts: [],
    hasPrefill: true,
    prices: priced(1, 5, 0.1),
  },
  {
    ...NEW,
    id: 'claude-sonnet-4-5',
    name: 'Claude Sonnet 4.5',
    line: 'sonnet',
    lifecycle: 'deprecated',
    retiresAt: '2026-11-30T00:00:00Z',
    createdAt: '2025-09-29T00:00:00Z',
    maxInput: 200_000,
    maxOutput: 64_000,
    minCached: 1024,
    thinking: ['enabled', 'disabled'],
    thinksByDefault: false,
    efforts: [],
    hasPrefill: true,
    prices: priced(3, 15, 0.3),
  },
  {
    ...NEW,
    id: 'claude-3-5-haiku-20241022',
    name: 'Claude Haiku 3.5',
    line: 'haiku',
    lifecycle: 'retired',
    retiresAt: '2026-02-19T00:00:00Z',
    createdAt: '2024-10-22T00:00:00Z',
    maxInput: 200_000,
    maxOutput: 8192,
    minCached: 2048,
    thinking: ['disabled'],
    thinksByDefault: false,
    efforts: [],
    hasPrefill: true,
    prices: priced(0.8, 4, 0.08),
  },
];

/** Undefined for one that cannot be asked: not known, or retired. */
export function modelCalled(id: unknown): Model | undefined {
  return MODELS.find((it) => it.id === id && it.lifecycle !== 'retired');
}

/** As `GET /v1/models/{id}` answers. */
export function modelInfo(model: Model): Readonly<Record<string, unknown>> {
  const efforts = Object.fromEntries(ALL.map((it) => [it, supported(model.efforts.includes(it))]));
  const types = ['adaptive', 'disabled', 'enabled'] as const;
  return {
    type: 'model',
    id: model.id,
    display_name: model.name,
    created_at: model.createdAt,
    lifecycle: model.lifecycle,
    deprecated_at: model.lifecycle === 'active' ? null : '2026-06-01T00:00:00Z',
    retires_at: model.retiresAt,
    line: model.line,
    max_input_tokens: model.maxInput,
    max_tokens: model.maxOutput,
    capabilities: {
      batch: supported(true),
      citations: supported(true),
      code_execution: supported(true),
      context_management: {
        supported: true,
        clear_thinking_20251015: supported(true),
        clear_tool_uses_20250919: supported(true),
        compact_20260112: supported(true),
      },
      effort: { supported: model.efforts.length > 0, ...efforts },
      image_input: supported(true),
      pdf_input: supported(true),
      server_tools: { supported: true, code_execution: supported(true), web_search: supported(true) },
      structured_outputs: supported(true),
      thinking: {
        supported: model.thinking.some((it) => it !== 'disabled'),
        types: {
          ...Object.fromEntries(types.map((it) => [it, supported(model.thinking.includes(it))])),
          between_tools: supported(false),
        },
      },
    },
  };
}

function supported(is: boolean): { readonly supported: boolean } {
  return { supported: is };
}

/** Writing to the cache costs 1.25 times the input for five minutes, and twice for an hour. */
function priced(input: number, output: number, read: number): Prices {
  return { input, output, read, write5m: input * 1.25, write1h: input * 2 };
}
