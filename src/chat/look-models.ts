import {
  incidentCalls,
  incidentSpend,
  lastAnswers,
  modelSpend,
  type TaskSpend,
} from '#src/db/model-figures.ts';
import type { ModelCallRow } from '#src/db/schema-llm.ts';
import type { DoorSetup } from '#src/llm/door.ts';

import type { CommandContext } from './command.ts';

type Eyes = Pick<CommandContext, 'db' | 'now'> & {
  readonly llm: { readonly setup?: () => DoorSetup | undefined };
};

/** What is set up, how it is, and what it cost. Days and months are of UTC, as the budgets are. */
export interface ModelUse {
  /** Null: no model is set up. */
  readonly setup: DoorSetup | null;
  readonly last: Awaited<ReturnType<typeof lastAnswers>>;
  readonly today: readonly TaskSpend[];
  readonly month: readonly TaskSpend[];
}

export async function modelUse({ db, now, llm }: Eyes): Promise<ModelUse> {
  const to = new Date(now().getTime() + 1);
  const day = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth(), to.getUTCDate()));
  const month = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth(), 1));
  return {
    setup: llm.setup?.() ?? null,
    last: await lastAnswers(db, month),
    today: await modelSpend(db, { from: day, to }),
    month: await modelSpend(db, { from: month, to }),
  };
}

/** What was asked about one incident, by task and one by one, latest first. Whoever asks must be able to see the incident. */
export async function modelUseOf(
  { db }: Pick<CommandContext, 'db'>,
  incident: number,
  limit: number,
): Promise<{ readonly tasks: readonly TaskSpend[]; readonly calls: readonly ModelCallRow[] }> {
  return { tasks: await incidentSpend(db, incident), calls: await incidentCalls(db, incident, limit) };
}

/** All tasks together. */
export function sumOf(tasks: readonly TaskSpend[]): Omit<TaskSpend, 'task'> {
  const sum = (of: (it: TaskSpend) => number) => tasks.reduce((before, it) => before + of(it), 0);
  return {
    calls: sum((it) => it.calls),
    cached: sum((it) => it.cached),
    used: sum((it) => it.used),
    underWay: sum((it) => it.underWay),
    usd: sum((it) => it.usd),
    unknown: sum((it) => it.unknown),
    chargedUsd: sum((it) => it.chargedUsd),
  };
}
