import { ModelError, NO_USAGE, type ModelReply, type ModelRequest, type Provider } from '#src/llm/model.ts';

import { GOOD } from './model-door.ts';

export type Step = (request: ModelRequest, signal: AbortSignal) => Promise<ModelReply>;

export const USAGE = { ...NO_USAGE, input: 200, output: 50 };

/** An answer, as JSON. */
export function said(json: unknown, more: Partial<ModelReply> = {}): ModelReply {
  return {
    model: 'claude-haiku-5-5',
    stop: 'done',
    note: null,
    text: typeof json === 'string' ? json : JSON.stringify(json),
    calls: [],
    content: { opaque: [] },
    usage: USAGE,
    requestId: 'req_1',
    ...more,
  };
}

/** As an API that failed and was not paid. */
export async function failing(more: { mayRetry?: boolean; retryAfterMs?: number } = {}): Promise<never> {
  throw new ModelError('down', 'the API failed (500)', { mayRetry: false, usage: NO_USAGE, ...more });
}

export interface Scripted extends Provider {
  readonly requests: readonly ModelRequest[];
  says(step: Step): void;
  as(name: string): Scripted;
}

/** A provider that does each of these in turn, and the last for ever. A word among them is its name. */
export function scripted(...given: readonly (Step | string)[]): Scripted {
  const names = given.filter((it) => typeof it === 'string');
  let steps = given.filter((it) => typeof it === 'function');
  const requests: ModelRequest[] = [];
  const self: Scripted = {
    name: names[0] ?? 'anthropic',
    requests,
    says: (step) => void (steps = [step]),
    as: (name) => ({ ...self, name }),
    async call(request, signal) {
      requests.push(request);
      const step = (steps.length > 1 ? steps.shift() : steps[0]) ?? (async () => said(GOOD));
      return await step(request, signal);
    },
  };
  return self;
}
