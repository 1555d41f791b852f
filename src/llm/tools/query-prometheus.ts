import { z } from 'zod';

import { ProviderError, UserError } from '#src/errors.ts';

import { getJson } from './http/get.ts';
import { evidenceId, spanWithin } from './http/outside.ts';
import type { Finding, Window } from './sight.ts';
import { defineTool } from './tool.ts';

const MOST_SERIES = 20;
/** Steps of a range at the most; each step is at least a quarter of a minute. */
const MOST_STEPS = 60;
const SHORTEST_STEP_S = 15;
/** A query may look so far back from each step. */
const LONGEST_RANGE_S = 86_400;

const when = (what: string) =>
  z.iso
    .datetime({ offset: true })
    .nullable()
    .describe(`${what}, like 2026-03-01T08:00:00Z; null for that of the window`);

export const queryPrometheus = defineTool({
  name: 'query_prometheus',
  description:
    'Asks Prometheus with one PromQL expression: `range` for how it went over time, `instant` for how it stood at `to`. Times lie in the window of the incident. Every series comes back with its first, last, lowest and highest value. Use rate(), sum by (...) and topk() so that few series come back.',
  input: z.strictObject({
    query: z.string().min(1).max(500).describe('One PromQL expression'),
    kind: z.enum(['range', 'instant']),
    from: when('From when'),
    to: when('Until when'),
  }),
  isThere: ({ prometheus }) => prometheus !== undefined,
  async run({ query, kind, from, to }, { outside: { prometheus }, window, signal }) {
    if (!prometheus) throw new UserError('not_found', 'No Prometheus is set up.');
    check(query);
    const span = spanWithin({ from, to }, window);
    const read = Answer.safeParse(
      kind === 'range'
        ? await getJson(prometheus, '/api/v1/query_range', rangeOf(query, span), signal)
        : await getJson(
            prometheus,
            '/api/v1/query',
            { query, time: seconds(span.to), timeout: '10s' },
            signal,
          ),
    );
    if (!read.success) throw unreadable();
    const series = seriesOf(read.data, span.to);
    const findings = series.slice(0, MOST_SERIES).map((it) => asFinding(query, it, span));
    return { findings, ...noteOn(series.length) };
  },
});

function unreadable(): ProviderError {
  return new ProviderError('Prometheus', 'answered with something that cannot be read', { retry: false });
}

/** Words of PromQL that leave the window, and ranges that make one question a load. */
function check(query: string): void {
  if (/\p{Cc}/u.test(query.replaceAll('\n', ' '))) {
    throw new UserError('bad_arguments', 'query: it has characters that do not belong in PromQL.');
  }
  const plain = query.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '""');
  if (/@|\boffset\b/i.test(plain)) {
    throw new UserError(
      'bad_arguments',
      'query: leave out `offset` and `@`; choose `from` and `to` instead.',
    );
  }
  const ranges = [...plain.matchAll(/\[([^\]]*)\]/g)].flatMap(([, inside = '']) => inside.split(':'));
  if (ranges.some((it) => secondsIn(it) > LONGEST_RANGE_S)) {
    throw new UserError('bad_arguments', 'query: a range like [5m] may be one day long at the most.');
  }
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** `1h30m`, or bare seconds; what is no duration Prometheus refuses itself. */
function secondsIn(duration: string): number {
  const bare = Number(duration);
  if (duration.trim() !== '' && !Number.isNaN(bare)) return bare;
  return [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)]
    .map(([, count, unit]) => Number(count) * (UNITS[unit ?? ''] ?? 0))
    .reduce((sum, it) => sum + it, 0);
}

function rangeOf(query: string, { from, to }: Window): Record<string, string> {
  const span = (to.getTime() - from.getTime()) / 1000;
  const step = Math.max(SHORTEST_STEP_S, Math.ceil(span / MOST_STEPS));
  return { query, start: seconds(from), end: seconds(to), step: String(step), timeout: '10s' };
}

function seconds(at: Date): string {
  return (at.getTime() / 1000).toFixed(3);
}

const Sample = z.tuple([z.number(), z.string()]);
const Labels = z.record(z.string(), z.string());
const Answer = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ metric: Labels, values: z.array(Sample).default([]) })),
    }),
    z.object({
      resultType: z.literal('vector'),
      result: z.array(z.object({ metric: Labels, value: Sample.optional() })),
    }),
    z.object({ resultType: z.literal('scalar'), result: Sample }),
    z.object({ resultType: z.literal('string'), result: Sample }),
  ]),
});

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly { readonly at: Date; readonly value: number }[];
}

function seriesOf({ data }: z.output<typeof Answer>, at: Date): Series[] {
  const point = ([time, value]: z.output<typeof Sample>) => ({
    at: new Date(time * 1000),
    value: Number(value),
  });
  if (data.resultType === 'matrix') {
    return data.result.map(({ metric, values }) => ({ labels: metric, points: values.map(point) }));
  }
  if (data.resultType === 'vector') {
    return data.result.map(({ metric, value }) => ({
      labels: metric,
      points: value ? [point(value)] : [],
    }));
  }
  return [{ labels: {}, points: [point([at.getTime() / 1000, data.result[1]])] }];
}

/** A series as a sentence of figures: all of them are counted here, none by a model. */
function asFinding(query: string, { labels, points }: Series, span: Window): Finding {
  const name = Object.entries(labels)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}="${value}"`)
    .join(', ');
  const id = evidenceId('metric', query, name, span.from.toISOString(), span.to.toISOString());
  const real = points.filter(({ value }) => Number.isFinite(value));
  const last = real.at(-1);
  return {
    id,
    at: last?.at ?? null,
    about: labels['service'] ?? labels['app'] ?? labels['job'] ?? labels['pod'] ?? null,
    text: `${query} {${name}}: ${figuresOf(real)}`,
  };
}

function figuresOf(points: Series['points']): string {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return 'no value';
  if (points.length === 1) return `${figure(last.value)} at ${clock(last.at)}`;
  const high = points.reduce((best, it) => (it.value > best.value ? it : best));
  const low = points.reduce((best, it) => (it.value < best.value ? it : best));
  return [
    `first ${figure(first.value)} at ${clock(first.at)}`,
    `last ${figure(last.value)} at ${clock(last.at)}`,
    `highest ${figure(high.value)} at ${clock(high.at)}`,
    `lowest ${figure(low.value)} at ${clock(low.at)}`,
    `${points.length} values`,
  ].join('; ');
}

function figure(value: number): string {
  return String(Number(value.toPrecision(5)));
}

function clock(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

function noteOn(count: number): { readonly note?: string } {
  if (count === 0) return { note: 'No series matches; the metric may be called something else.' };
  if (count <= MOST_SERIES) return {};
  return { note: `${count - MOST_SERIES} more series match; use sum by (...) or topk().` };
}
