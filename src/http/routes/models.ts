import { z } from 'zod';

import { modelUse, modelUseOf } from '#src/chat/look-models.ts';
import type { TaskSpend } from '#src/db/model-figures.ts';
import type { ModelCallRow } from '#src/db/schema-llm.ts';

import { route } from '../route.ts';
import { time } from '../shapes/common.ts';
import { incidentFor } from '../visible.ts';
import { IncidentRef } from './incidents.ts';

const usd = z.number().meta({ description: 'USD.' });

const TaskSpendShape = z
  .object({
    task: z.string(),
    calls: z.int().meta({ description: 'Requests that were made.' }),
    cached: z.int().meta({ description: 'Answers that were used again, with no request.' }),
    used: z.int().meta({ description: 'Of the calls: those whose answer was used.' }),
    usd: usd.meta({ description: 'USD of the calls whose cost is known.' }),
    cost_unknown: z.int().meta({ description: 'Calls whose cost is not known.' }),
    charged_usd: usd.meta({ description: 'USD on the budgets, with the most that those can have cost.' }),
  })
  .meta({ id: 'ModelSpend' });

const ModelCallShape = z
  .object({
    id: z.string(),
    at: time,
    task: z.string(),
    version: z.int(),
    provider: z.string(),
    model: z.string(),
    priority: z.string(),
    input_hash: z.string(),
    input_tokens: z.int().nullable(),
    cache_write_5m_tokens: z.int().nullable(),
    cache_write_1h_tokens: z.int().nullable(),
    cache_read_tokens: z.int().nullable(),
    output_tokens: z.int().nullable(),
    thinking_tokens: z.int().nullable(),
    usd: usd.nullable().meta({ description: 'Null: not known.' }),
    latency_ms: z.int().nullable(),
    verdict: z.string().nullable().meta({ description: 'Null: under way.' }),
    why: z.string().nullable(),
    request_id: z.string().nullable(),
  })
  .meta({ id: 'ModelCall' });

const ModelsShape = z
  .object({
    models: z.array(
      z.object({
        provider: z.string(),
        model: z.string(),
        asked_for: z.array(z.string()),
        stands_in_for: z.array(z.string()),
        state: z
          .enum(['closed', 'open', 'probing'])
          .meta({ description: 'open: left alone after failures.' }),
      }),
    ),
    budgets: z
      .object({
        day_usd: usd,
        incident_usd: usd,
        tenant_usd: usd.nullable().meta({ description: 'For one tenant a day; null: as much as the day.' }),
      })
      .nullable()
      .meta({ description: 'Null: no model is set up.' }),
    today: z.array(TaskSpendShape),
    month: z.array(TaskSpendShape),
  })
  .meta({ id: 'Models' });

/** The latest of an incident. */
const SHOWN = 100;

export const modelRoutes = [
  route({
    name: 'getModels',
    method: 'get',
    path: '/api/v1/models',
    tag: 'Operations',
    summary: 'Which models are set up, how they are, and what they cost today and this month (UTC)',
    access: 'admin',
    answers: { status: 200, description: 'By task, the dearest first.', body: ModelsShape },
    run: async ({ deps: { db, now, setupOfModels } }) => {
      const { setup, today, month } = await modelUse({ db, now, llm: { setup: () => setupOfModels?.() } });
      const models = (setup?.models ?? []).map(({ provider, model, asked, standsIn, state }) => ({
        provider,
        model,
        asked_for: [...asked],
        stands_in_for: [...standsIn],
        state,
      }));
      const budgets = setup && {
        day_usd: setup.budgets.dayUsd,
        incident_usd: setup.budgets.incidentUsd,
        tenant_usd: setup.budgets.tenantUsd ?? null,
      };
      return { body: { models, budgets, today: today.map(showSpend), month: month.map(showSpend) } };
    },
  }),
  route({
    name: 'getIncidentModels',
    method: 'get',
    path: '/api/v1/incidents/{id}/models',
    tag: 'Incidents',
    summary: 'What models were asked about an incident, and what that cost',
    access: 'incidents:write',
    params: IncidentRef,
    answers: {
      status: 200,
      description: 'By task, and the latest 100 calls.',
      body: z.object({ tasks: z.array(TaskSpendShape), calls: z.array(ModelCallShape) }),
    },
    refuses: [404],
    run: async ({ deps, who, params }) => {
      const { number } = await incidentFor({ deps, who }, params.id);
      const { tasks, calls } = await modelUseOf(deps, number, SHOWN);
      return { body: { tasks: tasks.map(showSpend), calls: calls.map(showCall) } };
    },
  }),
];

function showSpend({ task, calls, cached, used, usd: cost, unknown, chargedUsd }: TaskSpend) {
  return { task, calls, cached, used, usd: cost, cost_unknown: unknown, charged_usd: chargedUsd };
}

function showCall(it: ModelCallRow) {
  return {
    id: it.id,
    at: it.at.toISOString(),
    task: it.task,
    version: it.version,
    provider: it.provider,
    model: it.model,
    priority: it.priority,
    input_hash: it.inputHash,
    input_tokens: it.input,
    cache_write_5m_tokens: it.cacheWrite5m,
    cache_write_1h_tokens: it.cacheWrite1h,
    cache_read_tokens: it.cacheRead,
    output_tokens: it.output,
    thinking_tokens: it.thinking,
    usd: it.usd,
    latency_ms: it.latencyMs,
    verdict: it.verdict,
    why: it.why,
    request_id: it.requestId,
  };
}
