import type { IncomingMessage } from 'node:http';

import { refusal, Refusal } from './errors.ts';

/** A file of a multipart body. */
export interface Upload {
  /** `0` of `files[0]`. */
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** The largest body that Discord takes of a bot, in bytes. */
const BODY_MAX = 25 * 1024 * 1024;

/** The largest file it takes of a bot where nobody has paid for more, in bytes. */
const FILE_MAX = 10 * 1024 * 1024;

/** Body and files of a request. Throws Refusal. */
export async function readBody(
  request: IncomingMessage,
): Promise<{ body: unknown; files: readonly Upload[] }> {
  const bytes = await readAll(request);
  if (bytes.length === 0) return { body: undefined, files: [] };
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/json')) return { body: parsed(bytes.toString()), files: [] };
  if (type.startsWith('multipart/form-data')) return await readMultipart(bytes, type);
  throw new Refusal(400, 50109, 'The request body contains invalid JSON.');
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_MAX) chunks.push(chunk);
  }
  if (size > BODY_MAX) throw refusal(40005);
  return Buffer.concat(chunks);
}

async function readMultipart(
  bytes: Buffer,
  type: string,
): Promise<{ body: unknown; files: readonly Upload[] }> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  const json = form.get('payload_json');
  const files = await Promise.all(
    [...form].flatMap(([name, value]) => {
      const key = /^files\[(\d+)\]$/.exec(name)?.[1];
      return typeof value === 'string' || key === undefined ? [] : [upload(key, value)];
    }),
  );
  if (files.some((it) => it.bytes.length > FILE_MAX)) throw refusal(40005);
  return { body: typeof json === 'string' ? parsed(json) : {}, files };
}

async function upload(key: string, file: File): Promise<Upload> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { key, name: file.name, type: file.type || 'application/octet-stream', bytes };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refusal(50109);
  }
}
