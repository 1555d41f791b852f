import type { Model } from './models.ts';
import type { InputUsage } from './prefix-cache.ts';

/** What one request is billed for, in tokens; `thinking` is a part of `output`. */
export interface Billed extends InputUsage {
  readonly requestId: string;
  readonly model: string;
  readonly output: number;
  readonly thinking: number;
  readonly usd: number;
  /** Whether the client could read it: `part` where a stream broke off. */
  readonly told: 'all' | 'part' | 'nothing';
}

/** Dollars, by the vendor's price list. The tier goes by the whole prompt. */
export function priceOf(model: Model, used: InputUsage & { readonly output: number }): number {
  const prompt = used.input + used.cacheRead + used.cacheWrite5m + used.cacheWrite1h;
  const { prices } = model.above && prompt > model.above.tokens ? model.above : model;
  const sum =
    used.input * prices.input +
    used.cacheRead * prices.read +
    used.cacheWrite5m * prices.write5m +
    used.cacheWrite1h * prices.write1h +
    used.output * prices.output;
  return sum / 1_000_000;
}

/** As in an answer, with every field there. */
export function usageFields(used: InputUsage & { readonly output: number; readonly thinking: number }): {
  readonly [key: string]: unknown;
} {
  return {
    input_tokens: used.input,
    cache_creation_input_tokens: used.cacheWrite5m + used.cacheWrite1h,
    cache_read_input_tokens: used.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: used.cacheWrite5m,
      ephemeral_1h_input_tokens: used.cacheWrite1h,
    },
    output_tokens: used.output,
    output_tokens_details: { thinking_tokens: used.thinking },
    server_tool_use: null,
    service_tier: 'standard',
    inference_geo: 'global',
    speed: 'standard',
  };
}
