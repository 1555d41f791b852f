import { Agent, request } from 'node:http';
import { parseArgs } from 'node:util';

import { sources } from '#src/alerts/sources/index.ts';
import { Histogram } from '#test/bench/histogram.ts';

import { readMessages, type Message } from './messages.ts';

/**
 * `npm run load -- --data <file or folder> --rate 100 --seconds 60 --url http://localhost:3000 --key im_...`:
 * sends what was recorded to a running program, so many requests a second, from the beginning again when it is
 * through, and prints one JSON object. At a fixed rate however slow the answers are, as senders do.
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
    url: { type: 'string', default: 'http://localhost:3000' },
    key: { type: 'string', default: process.env['INCIDENT_API_KEY'] ?? '' },
    connections: { type: 'string', default: '100' },
  },
});
const [rate, seconds, connections] = [values.rate, values.seconds, values.connections].map(Number);
if (values.data === undefined || !(rate && rate > 0) || !(seconds && seconds > 0) || !connections) {
  process.stderr.write(
    'Say what to send, how fast and how long: --data <file or folder> --rate 100 --seconds 10\n',
  );
  process.exit(1);
}
const messages = readMessages(values.data, new Set(sources.map(({ name }) => name)));
if (messages.length === 0) {
  process.stderr.write(`There is no .json or .jsonl file with alerts in ${values.data}.\n`);
  process.exit(1);
}
const figures = await replay(messages, { rate, seconds, connections });
process.stdout.write(
  `${JSON.stringify({ data: values.data, messages: messages.length, rate, ...figures })}\n`,
);

async function replay(
  all: readonly Message[],
  pace: { readonly rate: number; readonly seconds: number; readonly connections: number },
): Promise<Readonly<Record<string, unknown>>> {
  const agent = new Agent({ keepAlive: true, maxSockets: pace.connections });
  const took = new Histogram();
  const statuses: Record<string, number> = {};
  const total = Math.max(1, Math.round(pace.rate * pace.seconds));
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  const start = performance.now();
  let sent = 0;
  const one = async (index: number) => {
    const dueAt = start + (index / pace.rate) * 1000;
    const status = await post(all[index % all.length], agent).catch(() => 0);
    took.add(performance.now() - dueAt);
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (took.count === total) finish();
  };
  const timer = setInterval(() => {
    const due = Math.min(total, ((performance.now() - start) / 1000) * pace.rate);
    for (; sent < due; sent += 1) void one(sent);
    if (sent === total) clearInterval(timer);
  }, 1);
  await finished;
  agent.destroy();
  const elapsed = (performance.now() - start) / 1000;
  const accepted = Object.entries(statuses).reduce(
    (sum, [it, many]) => (it.startsWith('2') ? sum + many : sum),
    0,
  );
  return {
    seconds: Math.round(elapsed * 10) / 10,
    sent: total,
    accepted,
    statuses,
    perSecond: Math.round(total / elapsed),
    ...took.percentiles(),
  };
}

async function post(message: Message | undefined, agent: Agent): Promise<number> {
  const { source, body } = message ?? { source: 'any', body: '{}' };
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = {
    'x-api-key': values.key,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  const outgoing = request(
    `${values.url}/api/v1/events/${source}`,
    { method: 'POST', agent, headers },
    (incoming) => {
      incoming.resume();
      incoming.once('end', () => resolve(incoming.statusCode ?? 0));
    },
  );
  outgoing.once('error', reject);
  outgoing.end(body);
  return await promise;
}
