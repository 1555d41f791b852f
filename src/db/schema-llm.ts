import type { JSONColumnType, Selectable } from 'kysely';

import type { CallBegun, Verdict } from '#src/llm/ledger.ts';

/** Calls of models, and their cached answers. */
export interface LlmSchema {
  modelCalls: ModelCallTable;
  budgetNotices: { key: string; at: Date };
  modelAnswers: { key: string; value: JSONColumnType<object>; model: string; at: Date; until: Date };
}

interface ModelCallTable {
  id: string;
  at: Date;
  task: string;
  version: number;
  provider: string;
  model: string;
  incident: number | null;
  priority: CallBegun['priority'];
  inputHash: string;
  chargedUsd: number;
  /** The tag `tenant_id` of its incident. */
  tenant: string | null;
  input: number | null;
  cacheWrite5m: number | null;
  cacheWrite1h: number | null;
  cacheRead: number | null;
  output: number | null;
  thinking: number | null;
  usd: number | null;
  latencyMs: number | null;
  verdict: Verdict | null;
  why: string | null;
  requestId: string | null;
}

export type ModelCallRow = Selectable<ModelCallTable>;
