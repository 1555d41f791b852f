import { sentinel } from '#src/alerts/sources/sentinel.ts';
import type { Intake } from '#src/engine/intake.ts';

import type { AlertStream, StreamLog } from './stream.ts';
import { takeInto } from './take.ts';

interface Starting {
  readonly rabbitmq: { readonly url: string; readonly queue: string } | undefined;
  readonly intake: Pick<Intake, 'submit'>;
  /** Bytes to what can be stored, as for webhooks. */
  readonly read: (raw: Buffer) => unknown;
  readonly log: StreamLog;
  readonly observe: (stream: string, outcome: 'taken' | 'later' | 'dead') => void;
}

/** All queues that alerts come by. */
export interface Streams {
  figures(): readonly { readonly name: string; readonly isConnected: boolean }[];
  areConnected(): boolean;
  stop(): Promise<void>;
}

/**
 * Starts taking alerts from every queue that is set up. It does not wait for a broker: the program is
 * ready without it, and says so. The library of a broker that is not set up is not loaded.
 */
export async function startStreams({ rabbitmq, ...parts }: Starting): Promise<Streams> {
  const streams: AlertStream[] = [];
  if (rabbitmq) {
    const { RabbitStream } = await import('./rabbitmq.ts');
    const { log, observe } = parts;
    streams.push(new RabbitStream({ ...rabbitmq, log, observe: (outcome) => observe('rabbitmq', outcome) }));
  }
  for (const it of streams) it.start(takeInto({ ...parts, source: sentinel }));
  return {
    figures: () => streams.map((it) => ({ name: it.name, isConnected: it.isConnected() })),
    areConnected: () => streams.every((it) => it.isConnected()),
    stop: async () => void (await Promise.all(streams.map(async (it) => await it.stop()))),
  };
}
