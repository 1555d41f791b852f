import type { z } from 'zod';

import type { Data, Inquiry, Task } from './task.ts';

/** What a call is about: which budget it is on, what may leave, and who waits for it. */
export interface About {
  /** Null: about none, or about many. */
  readonly incident: number | null;
  /** That incident is private, or one of the many may be. */
  readonly isPrivate: boolean;
  /** `asked`: somebody waits; `soon`: it makes a room better; `later`: nobody would miss it for an hour. */
  readonly priority: 'asked' | 'soon' | 'later';
  /** In place of the task's own deadline, where that is later. Milliseconds. */
  readonly deadlineMs?: number;
  /** Cuts it off: then rules answer. */
  readonly signal?: AbortSignal;
}

export type AnswerSource = 'model' | 'cache' | 'rules';

export interface Answer<O> {
  readonly value: O;
  readonly source: AnswerSource;
  /** Null where rules answered. */
  readonly model: string | null;
  /** Why rules answered, as a clause: `the budget of today is used up`. Null where they did not. */
  readonly why: string | null;
  /** The id of the call's record; null where nothing was called. */
  readonly call: string | null;
}

/** What is said to the model in an inquiry: words of ours, or what its tools answered. */
export type Item =
  | { readonly type: 'data'; readonly data: Data }
  /** A sentence of our own, never of a stranger. */
  | { readonly type: 'instruction'; readonly text: string }
  | { readonly type: 'result'; readonly id: string; readonly data: Data; readonly isError: boolean };

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** As the model wrote it, checked against the tool's form and with placeholders put back; null where the form is wrong. */
  readonly input: unknown;
}

/** One turn of an inquiry. */
export type Turned<O> =
  | {
      readonly ok: true;
      readonly calls: readonly ToolCall[];
      readonly text: string;
      readonly value: O | null;
    }
  /** `why` as a clause. Nothing more can be said in this inquiry. */
  | { readonly ok: false; readonly why: string };

/** An inquiry that is under way. It keeps what was said, and what placeholders stand for. */
export interface Talk {
  /** With `answer` the model has to answer in that form, and may use no tool any more. */
  say<O>(items: readonly Item[], answer?: z.ZodType<O>): Promise<Turned<O>>;
  /** Of all turns until now. `usd` is null where a price is not known. */
  readonly used: () => {
    readonly turns: number;
    readonly tokens: number;
    readonly usd: number | null;
    readonly model: string | null;
  };
}

/** The one way to a model, for everything that asks one. */
export interface Door {
  /** Whether a model is configured at all. */
  readonly isOpen: boolean;
  /** Never throws, and answers within the deadline: where no model does, rules do. */
  ask<I, O>(task: Task<I, O>, input: I, about: About): Promise<Answer<O>>;
  /** Never throws. */
  open(inquiry: Inquiry, about: About): Talk;
  /** What is behind it, for those who look after it; undefined where nothing is. */
  readonly setup?: () => DoorSetup;
}

export interface Budgets {
  /** USD for a day in UTC. */
  readonly dayUsd: number;
  /** USD for an incident, from its beginning to its end. */
  readonly incidentUsd: number;
  /** USD for a day in UTC for the incidents of one tenant; undefined: as much as all may use. */
  readonly tenantUsd?: number | undefined;
}

export interface DoorSetup {
  readonly models: readonly {
    readonly provider: string;
    readonly model: string;
    /** Sizes and tasks that it is asked for, and those where it stands in for another. */
    readonly asked: readonly string[];
    readonly standsIn: readonly string[];
    /** `open`: it is left alone after failures; `probing`: one call at a time finds out whether it is back. */
    readonly state: 'closed' | 'open' | 'probing';
    /** A request would be let through now. */
    readonly mayBeAsked: boolean;
  }[];
  /** USD. */
  readonly budgets: Budgets;
}

/** Nothing is missing then: rules are what was chosen. */
export const NO_MODEL = 'no model is set up';

/** Without a model: rules answer, at once. */
export function closedDoor(): Door {
  return {
    isOpen: false,
    ask: async (task, input) => ({
      value: task.fallback(input),
      source: 'rules',
      model: null,
      why: NO_MODEL,
      call: null,
    }),
    open: () => ({
      say: async () => ({ ok: false, why: NO_MODEL }),
      used: () => ({ turns: 0, tokens: 0, usd: null, model: null }),
    }),
  };
}
