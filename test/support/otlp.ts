import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { readMessage, type Fields } from './protobuf.ts';

/** A span as a collector gets it. */
export interface ToldSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it has none. */
  readonly parentId: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly isError: boolean;
  readonly service: string;
  readonly instance: string;
}

export interface Collector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  readonly spans: readonly ToldSpan[];
  /** What a strict collector would not have taken. */
  readonly complaints: readonly string[];
  /** Everything that came, for looking for what must not be in it. */
  readonly bytes: () => Buffer;
  readonly close: () => Promise<void>;
}

/** An OpenTelemetry collector: OTLP over HTTP, protobuf, and nothing else. */
export async function startCollector(): Promise<Collector> {
  const spans: ToldSpan[] = [];
  const complaints: string[] = [];
  const chunks: Buffer[] = [];
  const server = createServer((request, response) => {
    take(request).then(
      ({ body, told }) => {
        chunks.push(body);
        spans.push(...told);
        return response.writeHead(200, { 'Content-Type': 'application/x-protobuf' }).end();
      },
      (error: unknown) => {
        complaints.push(String(error));
        return response.writeHead(400).end();
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    complaints,
    bytes: () => Buffer.concat(chunks),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function take(request: IncomingMessage): Promise<{ body: Buffer; told: ToldSpan[] }> {
  if (request.method !== 'POST' || request.url !== '/v1/traces') {
    throw new Error(`${request.method} ${request.url}`);
  }
  if (request.headers['content-type'] !== 'application/x-protobuf') throw new Error('not protobuf');
  const body = Buffer.concat(await request.toArray());
  const { resourceSpans = [] } = readMessage(body, REQUEST) as unknown as Request;
  const told = resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const of = attributesOf(resource);
    return scopeSpans.flatMap((it) => (it.spans ?? []).map((span) => toSpan(span, of)));
  });
  if (told.length === 0) throw new Error('no span is in it');
  return { body, told };
}

function toSpan(span: RawSpan, resource: ToldSpan['attributes']): ToldSpan {
  const traceId = hex(span.traceId, 16);
  const spanId = hex(span.spanId, 8);
  if (!span.name) throw new Error('a span has no name');
  if (span.start === undefined || span.end === undefined || span.end < span.start) {
    throw new Error(`${span.name} ends before it begins`);
  }
  return {
    traceId,
    spanId,
    parentId: span.parentId === undefined ? '' : hex(span.parentId, 8),
    name: span.name,
    kind: span.kind ?? 0,
    attributes: attributesOf(span),
    links: (span.links ?? []).map((it) => ({ traceId: hex(it.traceId, 16), spanId: hex(it.spanId, 8) })),
    isError: span.status?.code === 2,
    service: String(resource['service.name']),
    instance: String(resource['service.instance.id']),
  };
}

function hex(id: Buffer | undefined, length: number): string {
  const text = id?.toString('hex') ?? '';
  if (id?.length !== length || /^0*$/.test(text)) throw new Error(`${text} is no id of ${length} bytes`);
  return text;
}

function attributesOf({ attributes = [] }: { readonly attributes?: readonly Pair[] } = {}) {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.text ?? value.int ?? value.double ?? value.bool === 1]),
  );
}

interface Pair {
  readonly key: string;
  readonly value: {
    readonly text?: string;
    readonly bool?: number;
    readonly int?: number;
    readonly double?: number;
  };
}

interface RawSpan {
  readonly traceId?: Buffer;
  readonly spanId?: Buffer;
  readonly parentId?: Buffer;
  readonly name?: string;
  readonly kind?: number;
  readonly start?: bigint;
  readonly end?: bigint;
  readonly attributes?: readonly Pair[];
  readonly links?: readonly { readonly traceId?: Buffer; readonly spanId?: Buffer }[];
  readonly status?: { readonly code?: number };
}

interface Request {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly Pair[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly RawSpan[] }[];
  }[];
}

const PAIR: Fields = {
  1: ['key', 'text'],
  2: [
    'value',
    { of: { 1: ['text', 'text'], 2: ['bool', 'int'], 3: ['int', 'int'], 4: ['double', 'double'] } },
  ],
};
const LINK: Fields = {
  1: ['traceId', 'bytes'],
  2: ['spanId', 'bytes'],
  4: ['attributes', { of: PAIR, many: true }],
  5: ['dropped', 'int'],
  6: ['flags', 'fixed32'],
};
/** An event is known to nobody here: what an exception says may repeat what a stranger wrote. */
const SPAN: Fields = {
  1: ['traceId', 'bytes'],
  2: ['spanId', 'bytes'],
  4: ['parentId', 'bytes'],
  5: ['name', 'text'],
  6: ['kind', 'int'],
  7: ['start', 'fixed64'],
  8: ['end', 'fixed64'],
  9: ['attributes', { of: PAIR, many: true }],
  10: ['droppedAttributes', 'int'],
  12: ['droppedEvents', 'int'],
  13: ['links', { of: LINK, many: true }],
  14: ['droppedLinks', 'int'],
  15: ['status', { of: { 3: ['code', 'int'] } }],
  16: ['flags', 'fixed32'],
};
const SCOPE: Fields = { 1: ['name', 'text'], 2: ['version', 'text'] };
const SCOPE_SPANS: Fields = {
  1: ['scope', { of: SCOPE }],
  2: ['spans', { of: SPAN, many: true }],
  3: ['schema', 'text'],
};
const RESOURCE: Fields = { 1: ['attributes', { of: PAIR, many: true }], 2: ['dropped', 'int'] };
const RESOURCE_SPANS: Fields = {
  1: ['resource', { of: RESOURCE }],
  2: ['scopeSpans', { of: SCOPE_SPANS, many: true }],
  3: ['schema', 'text'],
};
const REQUEST: Fields = { 1: ['resourceSpans', { of: RESOURCE_SPANS, many: true }] };
