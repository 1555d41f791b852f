import { Duplex } from 'node:stream';
import type { Worker } from 'node:worker_threads';

/**
 * The "socket" between the client and the thread of the embedded database.
 * Everything written in one go travels as one message: a whole query with its
 * parameters is one question and one answer.
 */
export class EmbeddedStream extends Duplex {
  readonly #worker: Worker;

  constructor(worker: Worker) {
    super();
    this.#worker = worker;
  }

  /** What came back from the thread. */
  receive(bytes: Uint8Array<ArrayBuffer>): void {
    this.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  override _read(): void {
    // Nothing to ask for: answers come when they come.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#send([chunk]);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#send(chunks.map((it) => it.chunk));
    done();
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  /* The client believes it speaks over a socket and sets it up as one. */

  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  #send(chunks: readonly Buffer[]): void {
    const bytes = new Uint8Array(chunks.reduce((sum, it) => sum + it.byteLength, 0));
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.byteLength;
    }
    this.#worker.postMessage(bytes, [bytes.buffer]);
  }
}
