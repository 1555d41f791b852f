import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { started } from '#test/support/slack/given.ts';
import type { Json } from '#test/support/slack/json.ts';

describe('the requests of the fake Slack', () => {
  it('are signed, and carry commands, interactions and events as Slack writes them', async () => {
    const program = await listening(() => ({ body: { text: 'heard' } }));
    const { slack, app, ana } = await started({ mode: 'http', appUrl: () => program.url });
    expect(Object.keys(slack.env)).toContain('SLACK_SIGNING_SECRET');
    await slack.types(ana, slack.general, '/incident a & b=c');
    await app.call('conversations.join', { channel: slack.general });
    await slack.opensHome(ana);
    const [command] = program.requests;
    expect(command?.path).toBe('/slack/events');
    expect(command?.headers['x-slack-signature']).toMatch(/^v0=[0-9a-f]{64}$/);
    expect(Object.fromEntries(new URLSearchParams(command?.body))).toMatchObject({
      command: '/incident',
      text: 'a &amp; b=c',
    });
    expect(program.requests.at(-1)?.headers['content-type']).toBe('application/json');
    expect(slack.messages(ana, slack.general).map(({ text }) => text)).toEqual(['heard']);
  });

  it('come again, and say so, until they are taken', async () => {
    let count = 0;
    const program = await listening(() => ({ status: (count += 1) < 3 ? 500 : 200 }));
    const { slack, ana } = await started({
      mode: 'http',
      appUrl: () => program.url,
      patience: { againMs: [1, 1, 1] },
    });
    await slack.opensHome(ana);
    expect(program.requests.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([
      undefined,
      '1',
      '2',
    ]);
  });

  it('can be forged', async () => {
    const program = await listening(() => ({}));
    const { slack } = await started({ mode: 'http', appUrl: () => program.url });
    const request = { body: 'ssl_check=1', type: 'application/x-www-form-urlencoded' } as const;
    await slack.request(request);
    await slack.request({ ...request, timestamp: 1, secret: 'guessed' });
    const [good, bad] = program.requests.map(({ headers }) => headers);
    expect(good?.['x-slack-signature']).not.toBe(bad?.['x-slack-signature']);
    expect(bad?.['x-slack-request-timestamp']).toBe('1');
  });
});

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A program's web server that answers everything alike. */
async function listening(answer: () => { readonly status?: number; readonly body?: Json }) {
  const requests: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      const { status = 200, body: json } = answer();
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(json ? JSON.stringify(json) : '');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
