import { setTimeout as sleep } from 'node:timers/promises';

import { WebSocket } from 'ws';

import type { FakePlatform } from '#test/support/fake-platform.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape.
  readonly body: any;
}

export interface Heard {
  readonly op: number;
  readonly t: string | null;
  readonly s: number | null;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into events of every shape.
  readonly d: any;
}

export const AGENT = 'DiscordBot (https://example.com, 1.0.0)';

/** Calls Discord's HTTP interface with nothing in between. */
export async function call(
  { env }: Pick<FakePlatform, 'env'>,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const isForm = body instanceof FormData;
  const response = await fetch(`${env['DISCORD_API_URL']}/v10${path}`, {
    method,
    headers: {
      authorization: `Bot ${env['DISCORD_TOKEN']}`,
      'user-agent': AGENT,
      ...(body === undefined || isForm ? null : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? null : { body: isForm ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

/** One connection to the gateway, and what came over it. */
export class RawGateway {
  readonly heard: Heard[] = [];
  readonly #socket: WebSocket;
  readonly closed: Promise<number>;

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.closed = new Promise((resolve) => this.#socket.on('close', resolve));
    this.#socket.on('message', (data: Buffer) => this.heard.push(JSON.parse(data.toString()) as Heard));
    this.#socket.on('error', () => {});
  }

  send(op: number, d: unknown): void {
    this.#socket.send(JSON.stringify({ op, d }));
  }

  /** Breaks off without a word, so that the session lives on. */
  breakOff(): void {
    this.#socket.terminate();
  }

  /** Waits for the first thing of this name, or number, that has not been waited for. */
  async hears(what: string | number, times = 1): Promise<Heard> {
    for (let tries = 0; tries < 300; tries += 1) {
      const all = this.heard.filter((it) => it.t === what || (it.t === null && it.op === what));
      const found = all[times - 1];
      if (found) return found;
      await sleep(10);
    }
    throw new Error(
      `the gateway did not say ${what}; it said: ${this.heard.map((it) => it.t ?? it.op).join(', ')}`,
    );
  }

  /** Names of the events so far, without those at the beginning. */
  get events(): string[] {
    return this.heard.flatMap(({ t }) => (t === null || t === 'READY' || t === 'GUILD_CREATE' ? [] : [t]));
  }
}

/** A connection that has identified with these intents. */
export async function identified(fake: Pick<FakePlatform, 'env'>, intents: number): Promise<RawGateway> {
  const { body } = await call(fake, 'GET', '/gateway/bot');
  const gateway = new RawGateway(`${body.url}/?v=10&encoding=json`);
  await gateway.hears(10);
  gateway.send(2, {
    token: fake.env['DISCORD_TOKEN'],
    intents,
    properties: { os: 'linux', browser: 'x', device: 'x' },
  });
  await gateway.hears('READY');
  return gateway;
}
