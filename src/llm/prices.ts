import type { Usage } from './model.ts';
import table from './prices.json' with { type: 'json' };

/** USD for a million tokens: what a person set for a model that the table does not know, or has otherwise. */
export interface OwnPrice {
  readonly input: number;
  readonly output: number;
}

export type OwnPrices = Readonly<Record<string, OwnPrice>>;

interface Tier {
  readonly prompt_up_to: number | null;
  readonly input: number;
  readonly output: number;
}

interface Price {
  readonly models: readonly string[];
  readonly effective_from: string;
  readonly tiers: readonly Tier[];
  readonly cache: { readonly write_5m: number; readonly write_1h: number; readonly read: number };
}

const PRICES: readonly Price[] = table.prices;

/**
 * USD of a call by the price table (`prices.json`) at that time; null where the price of the model is not
 * known, which is never 0. The tier follows from the whole prompt, cached or not. Thinking is in the output.
 */
export function costOf(model: string, usage: Usage, at: Date, own: OwnPrices = {}): number | null {
  const price = priceOf(model, at, own);
  return price && billed(price, usage);
}

/**
 * The most in USD that a call can cost: every two bytes of what is sent a token, written to the dearer
 * cache, and an answer of full length. Where the price is not known, the dearest one that is.
 */
export function worstCost(
  model: string,
  { bytes, maxTokens }: { readonly bytes: number; readonly maxTokens: number },
  at: Date,
  own: OwnPrices = {},
): number {
  const usage: Usage = {
    input: 0,
    cacheWrite5m: Math.ceil(bytes / BYTES_A_TOKEN) + OVERHEAD_TOKENS,
    cacheWrite1h: 0,
    cacheRead: 0,
    output: maxTokens,
    thinking: 0,
  };
  const price = priceOf(model, at, own);
  return price ? billed(price, usage) : Math.max(...PRICES.map((it) => billed(it, usage)));
}

const BYTES_A_TOKEN = 2;
/** What the other side adds of its own, for tools and forms. */
const OVERHEAD_TOKENS = 1000;
const MILLION = table.per_tokens;

function billed({ tiers, cache }: Price, usage: Usage): number {
  const { input, cacheWrite5m, cacheWrite1h, cacheRead, output } = usage;
  const prompt = input + cacheWrite5m + cacheWrite1h + cacheRead;
  const tier = tiers.find(({ prompt_up_to: most }) => most === null || prompt <= most);
  if (!tier) throw new Error('a price has no tier for a prompt of any size');
  const read = input + cacheWrite5m * cache.write_5m + cacheWrite1h * cache.write_1h + cacheRead * cache.read;
  return (read * tier.input + output * tier.output) / MILLION;
}

/** The latest that held at that time; before all of them, the first: nothing says that it was another. */
function priceOf(model: string, at: Date, own: OwnPrices): Price | null {
  const set = own[model];
  if (set) {
    // What is set for a model of one's own knows no cache: all that is read costs the same.
    return {
      models: [model],
      effective_from: '',
      tiers: [{ prompt_up_to: null, ...set }],
      cache: { write_5m: 1, write_1h: 1, read: 1 },
    };
  }
  const name = model.replace(/-20\d{6}$/, '');
  const day = at.toISOString().slice(0, 10);
  const known = PRICES.filter(({ models }) => models.includes(name)).toSorted((a, b) =>
    a.effective_from < b.effective_from ? -1 : 1,
  );
  return known.findLast((it) => it.effective_from <= day) ?? known[0] ?? null;
}
