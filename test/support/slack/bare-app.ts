import { WebSocket } from 'ws';

import type { FakeSlack } from './fake.ts';
import { objectOf, parsed, textOf, type Json } from './json.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Json;
}

export interface Envelope {
  readonly envelope_id: string;
  readonly type: string;
  readonly payload: Json;
  readonly retry_attempt?: number;
}

/** An app without a library: what it sends is what the test says, however wrong. */
export interface BareApp {
  call(method: string, args?: Readonly<Record<string, unknown>>, token?: string): Promise<Answered>;
  /** Like `call`, and gives one member of the answer as text. */
  text(method: string, args: Readonly<Record<string, unknown>>, ...path: readonly string[]): Promise<string>;
  /** Opens a socket; `answer` gives what comes with the acknowledgement, and null where there is none. */
  listen(answer?: (envelope: Envelope) => Json | null): Promise<WebSocket>;
  /** Everything that came over its sockets, in order. */
  readonly envelopes: Envelope[];
  /** What was said besides. */
  readonly notices: Json[];
}

export function bareApp({ env }: FakeSlack): BareApp {
  const url = env['SLACK_API_URL'] ?? '';
  const envelopes: Envelope[] = [];
  const notices: Json[] = [];

  async function call(
    method: string,
    args: Readonly<Record<string, unknown>> = {},
    token = env['SLACK_BOT_TOKEN'] ?? '',
  ) {
    const fields = Object.entries(args).map(
      ([name, it]) => [name, typeof it === 'string' ? it : JSON.stringify(it)] as [string, string],
    );
    const response = await fetch(`${url}${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });
    return {
      status: response.status,
      headers: response.headers,
      json: objectOf(parsed(await response.text())),
    };
  }

  return {
    call,
    envelopes,
    notices,
    async text(method, args, ...path) {
      const { json } = await call(method, args);
      const found = path.reduce<unknown>((value, name) => objectOf(value)[name], json);
      if (typeof found !== 'string') throw new Error(`${method} answered ${JSON.stringify(json)}`);
      return found;
    },
    async listen(answer = () => ({})) {
      const { json } = await call('apps.connections.open', {}, env['SLACK_APP_TOKEN']);
      const socket = new WebSocket(textOf(json['url']));
      socket.on('error', () => {});
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      socket.once('error', reject);
      socket.on('message', (data) => {
        const message = objectOf(parsed((data as Buffer).toString()));
        if (typeof message['envelope_id'] !== 'string') {
          notices.push(message);
          if (message['type'] === 'hello') resolve();
          return;
        }
        const envelope = message as Json & Envelope;
        envelopes.push(envelope);
        const payload = answer(envelope);
        if (payload) socket.send(JSON.stringify({ envelope_id: envelope.envelope_id, payload }));
      });
      await promise;
      return socket;
    },
  };
}
