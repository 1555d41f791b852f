import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Mount } from '#src/chat/mount.ts';
import { traced, type Span } from '#src/telemetry/trace.ts';

type Traced = (request: IncomingMessage, answer: (span: Span) => Promise<void>) => Promise<void>;

/**
 * Answers each request of a route as a part of the trace that the sender names, or of one of its own. `answer` says in
 * its span with which status (`tellStatus`). The address is never told: there are ids and secrets in it.
 */
export function tracedRoute({ method, route }: { readonly method: string; readonly route: string }): Traced {
  const name = `${method} ${route}`;
  const attributes = { 'http.request.method': method, 'http.route': route };
  return ({ headers: { traceparent } }, answer) => {
    const from = typeof traceparent === 'string' ? traceparent : null;
    return traced(name, { kind: 'server', from, attributes }, answer);
  };
}

/** How the request was answered that this span is about. */
export function tellStatus(span: Span, status: number): void {
  span.set({ 'http.response.status_code': status });
  if (status >= 500) span.fail(String(status));
}

/** The same for what is handed to somebody else, who answers when they like. Rejects with what they throw at once. */
export async function tracedMount(
  mount: Mount,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<number>();
  response.once('close', () => resolve(response.statusCode));
  await tracedRoute({ method: request.method ?? 'GET', route: mount.path })(request, async (span) => {
    mount.handle(request, response);
    tellStatus(span, await promise);
  });
}
