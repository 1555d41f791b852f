import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';

import { describe, expect, test as base } from 'vitest';

interface Asked {
  readonly url: string | undefined;
  readonly key: unknown;
  readonly text: string;
}

const test = base.extend('port', 0).extend('server', async ({ port }, { onCleanup }) => {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const { text } = JSON.parse(body) as { text: string };
      asked.push({ url: request.url, key: request.headers['x-api-key'], text });
      const isRefused = text === 'resolve INC-9';
      response.writeHead(isRefused ? 404 : request.headers['x-api-key'] ? 200 : 401);
      response.end(
        JSON.stringify(isRefused ? { message: 'There is no INC-9.' } : { text: 'Done.', message: {} }),
      );
    });
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  onCleanup(() => void server.close());
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
});

describe('the incident command', () => {
  test('runs the line and prints the reply', async ({ server }) => {
    const ran = await incident(server.url, 'k', 'ack', 'INC-1');
    expect(ran).toEqual({ code: 0, out: 'Done.\n', err: '' });
    expect(server.asked).toEqual([{ url: '/api/v1/commands', key: 'k', text: 'ack INC-1' }]);
  });

  test('gives back the quotes that the shell took', async ({ server }) => {
    await incident(server.url, 'k', 'declare', 'sev1', 'checkout is "down"', '--impact=all shops', 'x');
    expect(server.asked[0]?.text).toBe(
      String.raw`declare sev1 "checkout is \"down\"" --impact="all shops" x`,
    );
    await incident(server.url, 'k', 'note INC-1 disk is full');
    expect(server.asked[1]?.text).toBe('note INC-1 disk is full');
  });

  test('says why not, and ends with 1', async ({ server }) => {
    expect(await incident(server.url, 'k', 'resolve', 'INC-9')).toEqual({
      code: 1,
      out: '',
      err: 'There is no INC-9.\n',
    });
    expect((await incident(server.url, '', 'help')).err).toContain('Set INCIDENT_API_KEY.');
    const nobody = await incident('http://127.0.0.1:1', 'k', 'help');
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('INCIDENT_URL says where it is')]);
  });
});

function incident(
  url: string,
  key: string,
  ...words: string[]
): Promise<{ code: number; out: string; err: string }> {
  const file = resolve(import.meta.dirname, '../../src/cli.ts');
  const env = { INCIDENT_URL: url, ...(key ? { INCIDENT_API_KEY: key } : null) };
  return new Promise((done) => {
    const child = execFile(process.execPath, [file, ...words], { env }, (_, out, err) => {
      done({ code: child.exitCode ?? -1, out, err });
    });
  });
}
