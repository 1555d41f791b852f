import { isSpanContextValid, TraceFlags, type SpanContext } from '@opentelemetry/api';

/** Before what is carried for later than a minute: it is pointed to, and not continued. */
const POINTED = 'link ';
/** What is due sooner is a part of the same story. */
const SOON_MS = 60_000;

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** Where something comes from: what it continues, or what it only points to. */
export interface Origin {
  readonly context: SpanContext;
  readonly isContinued: boolean;
}

/** Reads a W3C traceparent, or what `carriedFrom` wrote; null where it is neither. */
export function readOrigin(text: string | null | undefined): Origin | null {
  if (text === null || text === undefined) return null;
  const isContinued = !text.startsWith(POINTED);
  const [, traceId = '', spanId = '', flags = ''] =
    TRACEPARENT.exec(isContinued ? text : text.slice(POINTED.length)) ?? [];
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const context: SpanContext = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(context) ? { context, isContinued } : null;
}

/** A W3C traceparent; marked where what it is for is due only later than in a minute. */
export function carriedFrom({ traceId, spanId, traceFlags }: SpanContext, dueAt?: Date): string {
  const parent = `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`;
  const now = performance.timeOrigin + performance.now();
  return dueAt !== undefined && dueAt.getTime() > now + SOON_MS ? `${POINTED}${parent}` : parent;
}
