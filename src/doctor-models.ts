import type { LlmSettings } from './config-llm.ts';
import type { DoorSettings, ModelChoice } from './llm/door-settings.ts';
import { NO_USAGE } from './llm/model.ts';
import { costOf } from './llm/prices.ts';

export interface ModelFinding {
  readonly ok: boolean;
  readonly says: string;
}

/** An answer to such a question is short. */
const PATIENCE_MS = 10_000;

/** Looks up each model that is configured, at who has it; asks none of them anything. */
export async function examineModels(
  { anthropic, openai, door, maySend }: LlmSettings,
  now: Date,
): Promise<readonly ModelFinding[]> {
  if (!door) return [{ ok: true, says: notSetUp({ anthropic, openai }) }];
  if (!maySend) {
    return [{ ok: true, says: 'nothing may leave (LLM_SEND=off), so rules answer everything' }];
  }
  const { dayUsd, tenantUsd, incidentUsd } = door.budgets;
  const forTenant = tenantUsd === undefined ? '' : `, USD ${tenantUsd} of it for one tenant,`;
  const budgets = {
    ok: true,
    says: `at most USD ${dayUsd} a day${forTenant} and USD ${incidentUsd} for one incident`,
  };
  const choices = choicesOf(door);
  const found = await Promise.all(choices.map(async (it) => await examine(it, { anthropic, door, now })));
  return [budgets, ...found];
}

function notSetUp({ openai }: Pick<LlmSettings, 'anthropic' | 'openai'>): string {
  return openai
    ? 'a provider is set, but LLM_MODELS names no model of it, so rules answer everything'
    : 'none is set up, so rules answer everything; ANTHROPIC_API_KEY sets Claude up';
}

async function examine(
  { provider, model }: ModelChoice,
  {
    anthropic,
    door,
    now,
  }: { readonly anthropic: LlmSettings['anthropic']; readonly door: DoorSettings; readonly now: Date },
): Promise<ModelFinding> {
  const isPriced = costOf(model, NO_USAGE, now, door.prices) !== null;
  const price = isPriced
    ? ''
    : '; its price is not known, so it is on the budgets as the dearest, unless LLM_PRICES says it';
  if (provider !== 'anthropic' || !anthropic) return { ok: true, says: `${model} is set up${price}` };
  const { lookUpModel } = await import('./llm/claude.ts');
  try {
    const known = await lookUpModel(anthropic, model, AbortSignal.timeout(PATIENCE_MS));
    if (!known || known.lifecycle === 'retired') {
      return { ok: false, says: `there is no model ${model} any more; name another in LLM_MODELS.` };
    }
    const until = known.retiresAt?.slice(0, 10) ?? 'a day that is not known yet';
    if (known.lifecycle === 'active') return { ok: true, says: `${model} is there${price}` };
    return { ok: false, says: `${model} goes away on ${until}; name another in LLM_MODELS before.` };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      says: `${model} cannot be looked up: ${why}. See ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL.`,
    };
  }
}

/** Each once. */
function choicesOf({ sizes, tasks }: DoorSettings): readonly ModelChoice[] {
  const all = [...Object.values(sizes), ...Object.values(tasks)].flat();
  return [...new Map(all.map((it) => [`${it.provider} ${it.model}`, it])).values()];
}
