import { connect, type Socket } from 'node:net';

import { Histogram } from './histogram.ts';

/** What a sender is to do. It must be plain data: it goes to another process. */
export interface Order {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second; null: each connection sends its next when the last was answered. */
  readonly perSecond: number | null;
  /** Bodies, each said again and again in turn; the first `ID` in one becomes an id that no other request has. */
  readonly bodies: readonly string[];
  /** What all ids of this order begin with. */
  readonly run: string;
  /** Ends after so many requests, where that is sooner. */
  readonly most?: number;
}

export interface Report {
  readonly sent: number;
  readonly accepted: number;
  /** Answers by status; 0: the connection broke. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Accepted a second. */
  readonly perSecond: number;
  /** Of accepted ones, in milliseconds, from when they were due; of all the others apart. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  readonly p95OfOthers: number;
  /** From when it was sent: what it waited for a free connection is the sender's own doing. */
  readonly p95SinceSent: number;
  /** Processor time of the sender itself, in microseconds a request. */
  readonly cpuUs: number;
}

export const ID = '000000000000';

process.once('message', (order: Order) => {
  void new Sender(order).run().then((report) => process.send?.(report, () => process.exit(0)));
});

interface Line {
  readonly socket: Socket;
  /** When its request was due; null: it has none. */
  dueAt: number | null;
  sentAt: number;
  /** What has come of an answer that is not whole yet. */
  answer: string;
}

/**
 * Raw sockets and bodies made beforehand, so that a request costs the machine little beside what it costs
 * whoever is measured. One request at a time on each connection.
 */
class Sender {
  readonly #order: Order;
  readonly #pieces: readonly (readonly [string, string])[];
  readonly #accepted = new Histogram();
  readonly #others = new Histogram();
  readonly #sinceSent = new Histogram();
  readonly #statuses = new Map<number, number>();
  readonly #free: Line[] = [];
  #sent = 0;
  #answered = 0;
  #start = 0;
  #isOver = false;
  #finish: () => void = () => {};

  constructor(order: Order) {
    this.#order = order;
    this.#pieces = order.bodies.map((body) => this.#piecesOf(body));
  }

  async run(): Promise<Report> {
    const { connections, seconds, perSecond, most } = this.#order;
    const lines = await Promise.all(Array.from({ length: connections }, () => this.#open()));
    const cpu = process.cpuUsage();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#finish = resolve;
    this.#start = performance.now();
    this.#free.push(...lines);
    const clock = setInterval(() => this.#tick(), 1);
    this.#tick();
    const end = setTimeout(() => this.#end(), seconds * 1000);
    if (most !== undefined && most <= 0) this.#end();
    await promise;
    clearInterval(clock);
    clearTimeout(end);
    const elapsed = (performance.now() - this.#start) / 1000;
    const used = process.cpuUsage(cpu);
    for (const { socket } of lines) socket.destroy();
    return {
      sent: this.#sent,
      accepted: this.#accepted.count,
      statuses: Object.fromEntries(this.#statuses),
      perSecond: Math.round(
        this.#accepted.count / (perSecond === null ? elapsed : Math.max(seconds, elapsed)),
      ),
      ...this.#accepted.percentiles(),
      p95OfOthers: this.#others.percentiles().p95,
      p95SinceSent: this.#sinceSent.percentiles().p95,
      cpuUs: Math.round(((used.user + used.system) / Math.max(1, this.#sent)) * 10) / 10,
    };
  }

  #tick(): void {
    const { perSecond, most = Infinity } = this.#order;
    const now = performance.now();
    const due = perSecond === null ? Infinity : ((now - this.#start) / 1000) * perSecond;
    while (!this.#isOver && this.#sent < Math.min(due, most)) {
      const line = this.#free.pop();
      if (!line) break;
      this.#send(line, perSecond === null ? now : this.#start + (this.#sent / perSecond) * 1000);
    }
    if (this.#sent >= most) this.#end();
  }

  #end(): void {
    this.#isOver = true;
    if (this.#answered === this.#sent) this.#finish();
  }

  #send(line: Line, dueAt: number): void {
    const [before, after] = this.#pieces[this.#sent % this.#pieces.length] ?? ['', ''];
    line.dueAt = dueAt;
    line.sentAt = performance.now();
    line.socket.write(`${before}${String(this.#sent).padStart(ID.length, '0')}${after}`, 'latin1');
    this.#sent += 1;
  }

  #hear(line: Line, chunk: Buffer): void {
    line.answer = line.answer + chunk.toString('latin1');
    const head = line.answer.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(line.answer)?.[1] ?? 0);
    if (line.answer.length < head + 4 + length) return;
    this.#note(line, Number(line.answer.slice(9, 12)));
    line.answer = '';
    this.#free.push(line);
    // At its own pace a connection goes on at once; otherwise only where something is overdue.
    this.#tick();
  }

  #note(line: Line, status: number): void {
    if (line.dueAt === null) return;
    const now = performance.now();
    const took = now - line.dueAt;
    line.dueAt = null;
    this.#answered += 1;
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    const isAccepted = status >= 200 && status < 300;
    (isAccepted ? this.#accepted : this.#others).add(took);
    if (isAccepted) this.#sinceSent.add(now - line.sentAt);
    if (this.#isOver && this.#answered === this.#sent) this.#finish();
  }

  async #open(): Promise<Line> {
    const { host, port } = this.#order;
    const socket = connect({ host, port, noDelay: true });
    const line: Line = { socket, dueAt: null, sentAt: 0, answer: '' };
    socket.on('data', (chunk: Buffer) => this.#hear(line, chunk));
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    socket.on('error', () => {});
    socket.once('close', () => this.#note(line, 0));
    return line;
  }

  #piecesOf(body: string): readonly [string, string] {
    const { host, port, path, headers, run } = this.#order;
    const own = body.replaceAll('RUN', run);
    const at = own.indexOf(ID);
    const lines = Object.entries({
      host: `${host}:${port}`,
      'content-type': 'application/json',
      ...headers,
      'content-length': String(own.length),
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    const begin = `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
    if (at < 0) throw new Error(`a body has no place for an id: ${own.slice(0, 80)}`);
    return [`${begin}${own.slice(0, at)}`, own.slice(at + ID.length)];
  }
}
