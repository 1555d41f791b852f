import { Writable } from 'node:stream';

import { afterEach, expect, test } from 'vitest';

import { readSettings } from '#src/config.ts';
import { makeLog } from '#src/log.ts';
import { apart, beginSpan, carried, traced, useTracing } from '#src/telemetry/trace.ts';
import { startTracing } from '#src/telemetry/tracing.ts';
import { startCollector } from '#test/support/otlp.ts';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const settings = { headers: {}, serviceName: 'us', sampler: 'parentbased_always_on', ratio: 1 } as const;

afterEach(() => useTracing(null));

async function tracing(sampler: 'parentbased_always_on' | 'parentbased_traceidratio', ratio = 1) {
  const collector = await startCollector();
  const counts = { exported: 0, full: 0, refused: 0 };
  const observer = {
    exported: (spans: number) => void (counts.exported += spans),
    dropped: (spans: number, why: 'full' | 'refused') => void (counts[why] += spans),
  };
  const url = `${collector.endpoint}/v1/traces`;
  const made = startTracing({ ...settings, url, sampler, ratio }, { version: '1', observer });
  useTracing(made);
  const stop = async () => {
    await made.stop();
    await collector.close();
  };
  return { collector, counts, stop };
}

test('where traces are off everything runs as it would without them', async () => {
  expect(await traced('x', { from: null }, async ({ id }) => [id, carried()])).toEqual([null, null]);
  beginSpan('y', { from: PARENT }).end(new Error('z'));
});

test('a line of the log says of which trace it is, and outside of one nothing of it', async () => {
  const lines: string[] = [];
  const log = makeLog(
    { level: 'info' },
    new Writable({ write: (chunk: Buffer, _, done) => done(void lines.push(chunk.toString())) }),
  );
  const { stop } = await tracing('parentbased_always_on');
  log.info('before');
  await traced('x', { from: PARENT }, async () => log.info('within'));
  await stop();
  expect(lines.map((it) => (JSON.parse(it) as { trace_id?: string }).trace_id)).toEqual([
    undefined,
    '4bf92f3577b34da6a3ce929d0e0e4736',
  ]);
});

test('what is due soon goes on in the trace, what is due later points to it, and neither is lost to a ratio', async () => {
  const { collector, counts, stop } = await tracing('parentbased_traceidratio', 0);
  const soon = await traced('set', { from: PARENT }, async () => carried(new Date(0)));
  const late = await traced('set', { from: PARENT }, async () => carried(new Date(8e14)));
  await traced('soon', { from: soon }, async () => {});
  await traced('late', { from: late }, async () => await traced('part', {}, async () => {}));
  await traced('untold', { from: null }, async () => await traced('part', {}, async () => {}));
  await stop();
  expect(collector.complaints).toEqual([]);
  const [trace = ''] = /[0-9a-f]{32}/.exec(PARENT) ?? [];
  const told = collector.spans.map((it) => [it.name, it.traceId === trace, it.links.map((to) => to.traceId)]);
  const byName = told.toSorted(([a], [b]) => String(a).localeCompare(String(b)));
  expect(byName).toEqual([
    ['late', false, [trace]],
    ['part', false, []],
    ['set', true, []],
    ['set', true, []],
    ['soon', true, []],
  ]);
  expect(counts).toEqual({ exported: 5, full: 0, refused: 0 });
});

test('of what fails the kind is told, and not a word of it; what is apart is no part', async () => {
  const { collector, stop } = await tracing('parentbased_always_on');
  const failing = traced('outer', { from: null }, async () => {
    await apart(async () => await traced('apart', {}, async () => {}));
    throw new RangeError('zyzzyva');
  });
  await expect(failing).rejects.toThrow('zyzzyva');
  await stop();
  expect(collector.spans.map((it) => [it.name, it.isError, it.attributes['error.type']])).toEqual([
    ['outer', true, 'RangeError'],
  ]);
  expect(collector.bytes().includes('zyzzyva')).toBe(false);
});

test('a collector that is away costs spans, which are counted, and no time', async () => {
  const { collector, counts, stop } = await tracing('parentbased_always_on');
  await collector.close();
  for (let times = 0; times < 5000; times += 1) await traced('x', { from: null }, async () => {});
  expect(counts.full).toBeGreaterThanOrEqual(5000 - 4096);
  expect(counts.exported).toBe(0);
  await stop().catch(() => {});
});

test('the standard settings are read, and a wrong header is refused without being named', () => {
  const { telemetry } = readSettings({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20b, x=y',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.01',
  });
  expect(telemetry).toEqual({
    url: 'http://collector:4318/v1/traces',
    headers: { 'api-key': 'a b', x: 'y' },
    serviceName: 'llm-incident-manager',
    sampler: 'parentbased_traceidratio',
    ratio: 0.01,
  });
  expect(readSettings({}).telemetry).toBeUndefined();
  const wrong = () =>
    readSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_HEADERS: 'a b=hidden' });
  expect(wrong).toThrow(/name=value/);
  expect(wrong).not.toThrow(/hidden/);
});
