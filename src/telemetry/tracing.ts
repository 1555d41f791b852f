import { randomUUID } from 'node:crypto';

import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Link,
  type Span as OtelSpan,
  type Tracer,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider } from '@opentelemetry/sdk-trace';

import { handingOver, type SpansObserver } from './handing-over.ts';
import { carriedFrom, readOrigin, type Origin } from './parent.ts';
import { samplerBy } from './sampler.ts';
import type { TelemetrySettings } from './settings.ts';
import { NO_SPAN, type OpenSpan, type SpanOptions, type Tracing } from './trace.ts';

const NAME = 'llm-incident-manager';
/** At the end what is left has so long to be handed over. */
const LAST_MS = 3000;
/** Of a batch that does the work of more, the first are pointed to. */
const MOST_LINKS = 64;

/** Traces that go to a collector, by OTLP. `stop` hands over what is left, if it can. */
export function startTracing(
  settings: TelemetrySettings,
  { version, observer }: { readonly version: string; readonly observer: SpansObserver },
): Tracing & { stop(): Promise<void> } {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': settings.serviceName,
      'service.version': version,
      'service.instance.id': randomUUID(),
      'process.pid': process.pid,
    }),
    sampler: samplerBy(settings),
    spanProcessors: [handingOver(settings, observer)],
  });
  const contexts = new AsyncLocalStorageContextManager().enable();
  const spans = new Spans(provider.getTracer(NAME, version), () => contexts.active());
  return {
    async traced(name, options, run) {
      const begun = spans.start(name, options);
      if (begun === null) return await run(NO_SPAN);
      const { span, inside } = begun;
      const open = toOpen(span);
      try {
        return await contexts.with(inside, async () => await run(open));
      } catch (error) {
        fail(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
    begin(name, options) {
      const begun = spans.start(name, options);
      return begun === null ? NO_SPAN : toOpen(begun.span);
    },
    carried(dueAt) {
      const at = trace.getSpanContext(contexts.active());
      return at === undefined ? null : carriedFrom(at, dueAt);
    },
    ids() {
      const at = trace.getSpanContext(contexts.active());
      return at === undefined ? null : { trace_id: at.traceId, span_id: at.spanId };
    },
    apart: (run) => contexts.with(ROOT_CONTEXT, run),
    async stop() {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(() => late.resolve(), LAST_MS);
      await Promise.race([provider.shutdown().catch(() => {}), late.promise]);
      clearTimeout(timer);
      contexts.disable();
    },
  };
}

const KINDS: Readonly<Record<NonNullable<SpanOptions['kind']>, SpanKind>> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
};

class Spans {
  readonly #tracer: Tracer;
  readonly #active: () => Context;

  constructor(tracer: Tracer, active: () => Context) {
    this.#tracer = tracer;
    this.#active = active;
  }

  /** Null: it is a part of nothing that is told. */
  start(
    name: string,
    { kind, attributes = {}, from, links: given = [] }: SpanOptions,
  ): { readonly span: OtelSpan; readonly inside: Context } | null {
    const origin = readOrigin(from);
    const links = given.slice(0, MOST_LINKS).flatMap((it) => linkTo(readOrigin(it)));
    const context = from === undefined ? this.#active() : ROOT_CONTEXT;
    if (from === undefined && trace.getSpan(context)?.isRecording() !== true) return null;
    const parent = origin?.isContinued ? trace.setSpanContext(context, origin.context) : context;
    if (origin?.isContinued === false) links.push(...linkTo(origin));
    const as = { kind: kind === undefined ? SpanKind.INTERNAL : KINDS[kind], attributes, links };
    const span = this.#tracer.startSpan(name, as, parent);
    return { span, inside: trace.setSpan(parent, span) };
  }
}

function linkTo(origin: Origin | null): Link[] {
  return origin ? [{ context: origin.context }] : [];
}

function toOpen(span: OtelSpan): OpenSpan {
  return {
    id: carriedFrom(span.spanContext()),
    set: (attributes) => void span.setAttributes(attributes),
    fail(why) {
      span.setAttribute('error.type', why);
      span.setStatus({ code: SpanStatusCode.ERROR });
    },
    link(id) {
      const origin = readOrigin(id);
      if (origin) span.addLink({ context: origin.context });
    },
    end(error) {
      if (error !== undefined) fail(span, error);
      span.end();
    },
  };
}

/** Its kind and nothing it says: that may repeat what a stranger wrote. */
function fail(span: OtelSpan, error: unknown): void {
  const isCoded = error instanceof Error && 'code' in error && typeof error.code === 'string';
  const name = error instanceof Error ? error.constructor.name : typeof error;
  const code = isCoded && /^\w{1,40}$/.test(String(error.code)) ? ` ${String(error.code)}` : '';
  span.setAttribute('error.type', `${name}${code}`);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
