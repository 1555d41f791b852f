import { createHmac } from 'node:crypto';

import type { Again, Answer, Carrier, Delivery } from './deliveries.ts';
import { objectOf, parsed } from './json.ts';
import type { Measured } from './measured.ts';
import type { Patience } from './patience.ts';

/** A request to the program as Slack makes it, or as somebody makes it who only looks like Slack. */
export interface Request {
  readonly body: string;
  readonly type: 'application/json' | 'application/x-www-form-urlencoded';
  /** In seconds; else now. */
  readonly timestamp?: number;
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Deps {
  readonly appUrl: () => string;
  readonly signingSecret: string;
  readonly now: () => Date;
  readonly patience: Patience;
  readonly measured: Measured;
}

/** Delivers by signed requests to the program's own web server. */
export class Requests implements Carrier {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async send(delivery: Delivery, again: Again | null): Promise<Answer | null> {
    const { patience, measured } = this.#deps;
    const started = performance.now();
    const headers = again
      ? { 'x-slack-retry-num': String(again.num), 'x-slack-retry-reason': `http_${again.reason}` }
      : {};
    try {
      const response = await this.request(
        { ...written(delivery), headers },
        AbortSignal.timeout(patience.ackMs),
      );
      const text = await response.text();
      if (!response.ok) return null;
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
      if (text !== '' && !isJson && delivery.kind === 'interactive') {
        measured.refused.push(`an interaction is not answered with plain words: ${text.slice(0, 100)}`);
      }
      return { body: objectOf(isJson ? parsed(text) : {}), tookMs: performance.now() - started };
    } catch {
      return null;
    }
  }

  async request(
    { body, type, timestamp, secret, headers = {} }: Request,
    signal?: AbortSignal,
  ): Promise<Response> {
    const { appUrl, signingSecret, now } = this.#deps;
    const at = timestamp ?? Math.floor(now().getTime() / 1000);
    const mac = createHmac('sha256', secret ?? signingSecret)
      .update(`v0:${at}:${body}`)
      .digest('hex');
    const url = new URL(appUrl());
    if (url.pathname === '/') url.pathname = '/slack/events';
    return await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': type,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        'x-slack-request-timestamp': String(at),
        'x-slack-signature': `v0=${mac}`,
        ...headers,
      },
      body,
      redirect: 'error',
      ...(signal ? { signal } : {}),
    });
  }
}

function written({ kind, payload }: Delivery): Pick<Request, 'body' | 'type'> {
  if (kind === 'events_api') return { body: JSON.stringify(payload), type: 'application/json' };
  const fields =
    kind === 'interactive'
      ? { payload: JSON.stringify(payload) }
      : Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, String(value)]));
  return { body: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded' };
}
