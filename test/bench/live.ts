import { WebSocket } from 'ws';

import type { MessageView, Push } from '#adapters/web/protocol.ts';

/** A page that watches: what it is pushed, and when. */
export interface Watcher {
  /** Milliseconds, on the clock of `performance.now()`, at which the first fitting message arrives from now on. */
  sees(fits: (message: MessageView) => boolean, withinMs?: number): Promise<number>;
  close(): void;
}

export async function watch(url: string): Promise<Watcher> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/web/live`, { headers: { origin: url } });
  const waiting = new Set<(message: MessageView, at: number) => void>();
  socket.on('message', (data: Buffer) => {
    const at = performance.now();
    const push = JSON.parse(data.toString()) as Push;
    if (push.type === 'message') for (const hear of waiting) hear(push.message, at);
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    sees: async (fits, withinMs = 10_000) => {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const hear = (message: MessageView, at: number) => {
        if (fits(message)) resolve(at);
      };
      waiting.add(hear);
      const timer = setTimeout(
        () => reject(new Error(`nothing of the kind was seen in ${withinMs} ms`)),
        withinMs,
      );
      return await promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(hear);
      });
    },
    close: () => socket.close(),
  };
}
