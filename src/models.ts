import { randomUUID } from 'node:crypto';

import type { LlmSettings } from './config-llm.ts';
import { keepEgress } from './db/egress.ts';
import { modelLedger } from './db/model-calls.ts';
import type { Db } from './db/schema.ts';
import { closedDoor, type Door } from './llm/door.ts';
import { openEgress } from './llm/egress.ts';
import type { Provider } from './llm/model.ts';
import { openDoor } from './llm/open-door.ts';
import { Redaction } from './llm/redact.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

interface Parts {
  readonly db: Db;
  readonly now: () => Date;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'modelCalled'>;
}

/** The way to the models that are set up; without any, rules answer. The library of a provider that is not set up is not even loaded. */
export async function doorBy(settings: LlmSettings, { db, now, log, metrics }: Parts): Promise<Door> {
  if (!settings.door) return closedDoor();
  const { maySend, withPrivate, masks } = settings;
  return openDoor({
    providers: await providersOf(settings),
    settings: settings.door,
    ledger: modelLedger(db),
    egress: openEgress(
      () => ({ isOn: true, isSealed: !maySend, withPrivate }),
      async (entry) => await keepEgress(db, entry),
    ),
    now,
    newId: randomUUID,
    newRedaction: () => new Redaction(masks),
    log,
    observe: (call) => metrics.modelCalled(call),
  });
}

async function providersOf({ anthropic, openai }: LlmSettings): Promise<readonly Provider[]> {
  const providers: Provider[] = [];
  if (anthropic) providers.push((await import('./llm/claude.ts')).claude(anthropic));
  if (openai) providers.push((await import('./llm/openai-compatible.ts')).openAiCompatible(openai));
  return providers;
}
