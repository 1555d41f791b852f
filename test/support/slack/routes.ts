import type { IncomingMessage } from 'node:http';

import type { Body } from './body.ts';
import type { Core } from './core.ts';
import { parsed } from './json.ts';
import type { Reply } from './reply.ts';
import { BOT } from './world.ts';

const SIGN_IN: Reply = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<html><title>Sign in | Slack</title></html>',
};

/** What there is beside the Web API: addresses to answer at, to put files to, and to fetch them from. */
export async function otherRoute(core: Core, request: IncomingMessage, url: URL, body: Body): Promise<Reply> {
  const [, first, ...rest] = url.pathname.split('/');
  if (first === 'commands' || first === 'actions') {
    return core.responses.answer(url.pathname, parsed(textOf(body)), body.type);
  }
  if (first === 'upload') return await upload(core, rest.at(-1) ?? '', body);
  if (first === 'files-pri') return download(core, request, rest[0] ?? '');
  if (first === 'signin') return SIGN_IN;
  core.measured.refused.push(`there is nothing at ${url.pathname}`);
  return { status: 404, body: 'not found' };
}

function textOf({ bytes }: Body): string {
  return new TextDecoder().decode(bytes);
}

async function upload(core: Core, ticket: string, { bytes, type }: Body): Promise<Reply> {
  const file = [...core.world.files.values()].find((it) => it.ticket === ticket);
  if (!file || file.uploaded) return { status: 404, body: 'no such upload' };
  const part = type.startsWith('multipart/form-data') ? await filePart(bytes, type) : { bytes, type };
  if (part.bytes.length !== file.length) {
    core.measured.refused.push(`upload: ${file.length} bytes were announced, and ${part.bytes.length} came`);
    return { status: 400, body: 'length mismatch' };
  }
  file.bytes = part.bytes;
  file.type = TYPES[file.name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
  file.uploaded = true;
  return { status: 200, body: `OK - ${part.bytes.length}` };
}

/** Slack looks at the name, whatever was said. */
const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  csv: 'text/csv',
  json: 'application/json',
  pdf: 'application/pdf',
};

async function filePart(bytes: Uint8Array, type: string): Promise<{ bytes: Uint8Array }> {
  const form = await new Response(Buffer.from(bytes), { headers: { 'content-type': type } }).formData();
  for (const [, it] of form) {
    if (typeof it !== 'string') return { bytes: new Uint8Array(await it.arrayBuffer()) };
  }
  return { bytes: new Uint8Array() };
}

/** Whom Slack does not let in is shown a page to sign in, as if all were well. */
function download(core: Core, request: IncomingMessage, name: string): Reply {
  const { world, tokens, settings } = core;
  const file = world.files.get(name.split('-').slice(1).join('-'));
  if (!file) return { status: 404, body: 'file_not_found' };
  const isOurs = request.headers.authorization === `Bearer ${tokens.bot}` && !tokens.revoked;
  const isSeen = file.shares.some((it) => world.channels.get(it.channel)?.members.has(BOT.user) === true);
  if (!isOurs || !settings.scopes.includes('files:read') || !isSeen) {
    return {
      status: 302,
      headers: { location: `${core.url()}/signin?redir=${encodeURIComponent(request.url ?? '')}` },
      body: '',
    };
  }
  return { status: 200, headers: { 'content-type': file.type }, body: file.bytes };
}
