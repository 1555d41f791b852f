import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, opendir, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/**
 * A folder as one file, a tar in gzip: what `tar xzf` reads, too. Written and
 * read as a stream, so it takes no memory to speak of, however large it is.
 * Regular files and folders with short names are all there is in it.
 */

const BLOCK = 512;
/** Checked at every read, so that a file that was cut off is never taken for a whole one. */
const END = Buffer.alloc(2 * BLOCK);

/** Everything in the folder, under its own relative names. */
export function packFolder(folder: string): Readable {
  const packed = createGzip({ level: 1 });
  pipeline(Readable.from(entriesOf(resolve(folder))), packed).catch((error: unknown) =>
    packed.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return packed;
}

/**
 * Fills a folder, which is made, from such a file.
 *
 * @throws Error when the file is not whole, is no such file, or wants to write elsewhere
 */
export async function unpackTo(folder: string, packed: Readable): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const reader = new BlockReader(packed.pipe(createGunzip().on('error', () => {})), packed);
  for (;;) {
    const head = await reader.take(BLOCK);
    if (head.every((it) => it === 0)) break;
    const { name, size, isFolder } = readHead(head);
    const target = resolve(folder, name);
    if (target !== folder && !target.startsWith(resolve(folder) + sep)) {
      throw new Error(`The backup wants to write outside of the folder: ${name}`);
    }
    await mkdir(isFolder ? target : dirname(target), { recursive: true, mode: 0o700 });
    if (isFolder) continue;
    await pipeline(reader.stream(size), createWriteStream(target, { mode: 0o600 }));
    await reader.take((BLOCK - (size % BLOCK)) % BLOCK);
  }
  await reader.rest();
}

async function* entriesOf(folder: string): AsyncGenerator<Buffer> {
  for await (const entry of await opendir(folder, { recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).replaceAll(sep, '/');
    if (entry.isDirectory()) yield headOf(`${name}/`, 0, '5');
    if (!entry.isFile()) continue;
    const { size } = await stat(path);
    yield headOf(name, size, '0');
    let read = 0;
    if (size > 0) {
      for await (const part of createReadStream(path, { end: size - 1 }) as AsyncIterable<Buffer>) {
        read += part.byteLength;
        yield part;
      }
    }
    if (read !== size) throw new Error(`${name} became shorter while it was read`);
    yield Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
  }
  yield END;
}

/** The old, plain form of a head, which every tar reads. */
function headOf(name: string, size: number, kind: '0' | '5'): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`The name is too long for a backup: ${name}`);
  const head = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  head.write(name, 0);
  head.write(octal(kind === '5' ? 0o700 : 0o600, 7), 100);
  head.write(octal(0, 7), 108);
  head.write(octal(0, 7), 116);
  head.write(octal(size, 11), 124);
  head.write(octal(0, 11), 136);
  head.write(kind, 156);
  head.write('ustar\u000000', 257);
  head.write(`${sumOf(head).toString(8).padStart(6, '0')}\0 `, 148);
  return head;
}

function readHead(head: Buffer): { name: string; size: number; isFolder: boolean } {
  const text = (from: number, to: number) => head.toString('utf8', from, to).replace(/\0.*$/s, '');
  const kind = text(156, 157);
  if (Number.parseInt(text(148, 156), 8) !== sumOf(head) || (kind !== '0' && kind !== '5')) {
    throw new Error('This is no backup of this program, or it was damaged.');
  }
  return { name: text(0, 100), size: Number.parseInt(text(124, 136), 8), isFolder: kind === '5' };
}

/** Of all bytes, with blanks in the place of the sum itself. */
function sumOf(head: Buffer): number {
  return head.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

/** Reads a stream in pieces of the wanted size. */
class BlockReader {
  readonly #parts: AsyncIterator<Buffer>;
  #left: Buffer = Buffer.alloc(0);

  constructor(unpacked: Readable, source: Readable) {
    source.once('error', (error) => unpacked.destroy(error));
    this.#parts = (unpacked as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Buffer> {
    const taken: Buffer[] = [];
    for await (const part of this.#pieces(count)) taken.push(part);
    return Buffer.concat(taken);
  }

  stream(count: number): Readable {
    return Readable.from(this.#pieces(count));
  }

  /** To the very end, where the sum over everything stands. */
  async rest(): Promise<void> {
    for (;;) {
      const { done } = await this.#parts.next();
      if (done === true) return;
    }
  }

  async *#pieces(count: number): AsyncGenerator<Buffer> {
    for (let wanted = count; wanted > 0;) {
      if (this.#left.byteLength === 0) {
        const next = await this.#parts.next();
        if (next.done === true) throw new Error('The backup ends too early: it is not whole.');
        this.#left = next.value;
      }
      const piece = this.#left.subarray(0, wanted);
      this.#left = this.#left.subarray(piece.byteLength);
      wanted -= piece.byteLength;
      yield piece;
    }
  }
}
