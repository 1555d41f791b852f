import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate, inflateRaw } from 'node:zlib';

import { UserError } from '#src/errors.ts';

/** The largest body taken, as sent and as unpacked. */
export const BODY_MAX = 1024 * 1024;
/** A body that was refused is still read up to here, so that its sender can read the answer. */
const DRAINED_MAX = 16 * BODY_MAX;

/** The body could not be unpacked because nobody here knows how: answered 415. */
export class UnknownEncoding extends UserError {}

/**
 * Reads a request's whole body, unpacked. Bytes, because signatures are over
 * bytes. Throws `too_large`, and `bad_payload` for a body that does not unpack.
 */
export function readBody(request: IncomingMessage, max = BODY_MAX): Promise<Buffer> {
  return request.headers['content-encoding'] === undefined ? collect(request, max) : unpacked(request, max);
}

async function unpacked(request: IncomingMessage, max: number): Promise<Buffer> {
  const unpack = unpackerOf(request);
  const sent = await collect(request, max);
  if (!unpack || sent.length === 0) return sent;
  try {
    return await unpack(sent);
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new UserError(
      'bad_payload',
      `The body is not ${request.headers['content-encoding']}, as its Content-Encoding says.`,
    );
  }
}

type Unpack = (sent: Buffer) => Promise<Buffer>;

const LIMIT = { maxOutputLength: BODY_MAX };
const unzip = promisify(gunzip) as (sent: Buffer, options: typeof LIMIT) => Promise<Buffer>;
const unpackZlib = promisify(inflate) as typeof unzip;
const unpackRaw = promisify(inflateRaw) as typeof unzip;

const UNPACK: Readonly<Record<string, Unpack | null>> = {
  identity: null,
  gzip: (sent) => unzip(sent, LIMIT),
  'x-gzip': (sent) => unzip(sent, LIMIT),
  // The name means zlib; some senders leave its two bytes out.
  deflate: (sent) => (((sent[0] ?? 0) & 0x0f) === 8 ? unpackZlib(sent, LIMIT) : unpackRaw(sent, LIMIT)),
};

function unpackerOf(request: IncomingMessage): Unpack | null {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() || 'identity';
  if (Object.hasOwn(UNPACK, encoding)) return UNPACK[encoding] ?? null;
  throw new UnknownEncoding(
    'bad_payload',
    `The Content-Encoding ${encoding.slice(0, 40)} is not known; send gzip, deflate or none.`,
  );
}

function collect(request: IncomingMessage, max: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > max) {
      drain(request, 0);
      reject(tooLarge(max));
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= max) {
        chunks.push(chunk);
        return;
      }
      request.off('data', take);
      drain(request, size);
      reject(tooLarge(max));
    };
    request.on('data', take);
    request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.once('error', () => reject(new SenderGone()));
    request.once('close', () => {
      if (!request.complete) reject(new SenderGone());
    });
  });
}

/** The other side hung up in the middle of its request; there is nobody to answer. */
export class SenderGone extends Error {
  override readonly name = 'SenderGone';

  constructor() {
    super('the sender hung up before its request was complete');
  }
}

function drain(request: IncomingMessage, sofar: number): void {
  let size = sofar;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > DRAINED_MAX) request.destroy();
  });
  request.on('error', () => {});
}

function tooLarge(max = BODY_MAX): UserError {
  return new UserError('too_large', `The body is larger than ${max / 1024 / 1024} MiB.`);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
