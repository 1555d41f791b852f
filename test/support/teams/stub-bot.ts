import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { FakePlatform } from '../fake-platform.ts';
import { startFakeTeams, type FakeTeamsOptions, type TeamsExtras } from './fake.ts';
import { fieldsOf, textOf, type Fields } from './json.ts';

interface Answered {
  readonly status: number;
  readonly body: Fields;
  readonly headers: Headers;
}

type Answer = (
  activity: Fields,
) =>
  | { readonly status?: number; readonly body?: unknown }
  | Promise<{ readonly status?: number; readonly body?: unknown }>;

/** The least that can be a bot: it keeps what it hears, answers what it is told to, and calls with a token. */
export class StubBot {
  readonly heard: Fields[] = [];
  /** What it answers to an activity; 200 and nothing, unless a test says otherwise. */
  answer: Answer = () => ({});
  /** Is told with which headers an activity came. */
  hears: (headers: IncomingHttpHeaders) => void = () => {};
  readonly fake: FakePlatform & TeamsExtras;
  readonly #server: Server;

  constructor(fake: FakePlatform & TeamsExtras, server: Server) {
    this.fake = fake;
    this.#server = server;
  }

  /** What it heard since it was put into the team. */
  activities(type?: string): readonly Fields[] {
    return this.heard.filter((it) => it['from'] !== undefined && (type === undefined || it['type'] === type));
  }

  async token(scope: string): Promise<string> {
    const { env } = this.fake;
    const response = await fetch(`${env['TEAMS_LOGIN_URL']}/${env['TEAMS_TENANT_ID']}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: env['TEAMS_APP_ID'] ?? '',
        client_secret: env['TEAMS_APP_PASSWORD'] ?? '',
        scope,
      }),
    });
    return textOf(fieldsOf(await response.json())['access_token']);
  }

  /** A call of the Bot Connector; `path` without `/v3`. */
  async call(verb: string, path: string, body?: unknown): Promise<Answered> {
    return await this.#call(
      `${this.fake.serviceUrl}v3${path}`,
      verb,
      'https://api.botframework.com/.default',
      body,
    );
  }

  async graph(verb: string, path: string, body?: unknown): Promise<Answered> {
    const url = `${this.fake.env['TEAMS_GRAPH_URL']}${path}`;
    return await this.#call(url, verb, 'https://graph.microsoft.com/.default', body);
  }

  async #call(url: string, method: string, scope: string, body: unknown): Promise<Answered> {
    const isBytes = body instanceof Uint8Array;
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${await this.token(scope)}`,
        'content-type': isBytes ? 'application/octet-stream' : 'application/json',
      },
      ...(body === undefined ? {} : { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? fieldsOf(JSON.parse(text)) : { text },
    };
  }

  /** Sends a message into a conversation; answers its id. */
  async says(conversation: string, activity: Fields, query = ''): Promise<string> {
    const path = `/conversations/${encodeURIComponent(conversation)}/activities${query}`;
    const { status, body } = await this.call('POST', path, { type: 'message', ...activity });
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
    return textOf(body['id']);
  }

  async stop(): Promise<void> {
    await this.fake.stop();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function respond(response: ServerResponse, answer: ReturnType<Answer> | undefined): Promise<void> {
  const { status = 200, body } = (await answer) ?? {};
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

export async function startStubBot(options: Partial<FakeTeamsOptions> = {}): Promise<StubBot> {
  const listening: { bot: StubBot | null } = { bot: null };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const activity = fieldsOf(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      listening.bot?.heard.push(activity);
      listening.bot?.hears(request.headers);
      void respond(response, listening.bot?.answer(activity));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake = await startFakeTeams({ appUrl: () => url, ...options });
  const bot = new StubBot(fake, server);
  listening.bot = bot;
  await fake.installed();
  bot.heard.length = 0;
  return bot;
}
