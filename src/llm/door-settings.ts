import type { Budgets } from './door.ts';
import type { Rates } from './gate.ts';
import type { OwnPrices } from './prices.ts';
import type { Effort, Size } from './task.ts';

export interface ModelChoice {
  /** The name of the provider that has it. */
  readonly provider: string;
  readonly model: string;
  /** In place of the task's own; null: that one. */
  readonly effort: Effort | null;
}

/** The model that is asked, and those that are asked where it fails. */
export type Chain = readonly [ModelChoice, ...ModelChoice[]];

export interface DoorSettings {
  readonly sizes: Readonly<Record<Size, Chain>>;
  /** By the name of a task or an inquiry, in place of its size's. */
  readonly tasks: Readonly<Record<string, Chain>>;
  readonly budgets: Budgets;
  readonly prices: OwnPrices;
  readonly rates: Rates;
  /** Hosts of which addresses may stand in answers: our own, and those that people look things up at. */
  readonly linkHosts?: readonly string[];
}

export function chainOf(settings: DoorSettings, task: { readonly name: string; readonly size: Size }): Chain {
  return settings.tasks[task.name] ?? settings.sizes[task.size];
}
