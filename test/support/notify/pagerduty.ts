import { jsonOf, Refused, startFakeServer, type FakeServer } from './fake-server.ts';
import type { Seen } from './seen.ts';

export const ROUTING_KEY = 'R0'.padEnd(32, 'a');

export interface PagerdutyAlert extends Seen {
  readonly dedupKey: string;
  readonly state: 'triggered' | 'acknowledged' | 'resolved';
  readonly severity: string;
  /** How many events it was made of. */
  readonly events: number;
}

export interface FakePagerduty extends FakeServer {
  readonly eventsUrl: string;
  alerts(): PagerdutyAlert[];
}

const MOST_BYTES = 512 * 1024;
const SEVERITIES = ['critical', 'error', 'warning', 'info'];

/** Events API v2: one service, its alerts by dedup_key. */
export async function startPagerduty(): Promise<FakePagerduty> {
  const alerts: PagerdutyAlert[] = [];
  const server = await startFakeServer((request) => {
    const address = `${request.method} ${request.path}`;
    if (address !== 'POST /v2/enqueue') throw new Refused(404, { message: 'Not Found' });
    if (request.body.length > MOST_BYTES) throw new Refused(413, { message: 'Event object is too large' });
    const event = jsonOf(request);
    const { routing_key: routing, event_action: action, dedup_key: key } = event;
    if (routing !== ROUTING_KEY) invalid('routing_key is not valid');
    const dedupKey = typeof key === 'string' ? key : '';
    if (dedupKey === '' || dedupKey.length > 255) invalid('dedup_key is missing or too long');
    const known = alerts.findIndex((it) => it.dedupKey === dedupKey && it.state !== 'resolved');
    const before = alerts[known];
    if (action === 'trigger') {
      const alert = triggered(event, dedupKey, (before?.events ?? 0) + 1);
      if (before) alerts[known] = { ...alert, state: before.state };
      else alerts.push(alert);
    } else if (action === 'acknowledge' || action === 'resolve') {
      const state = action === 'resolve' ? 'resolved' : 'acknowledged';
      if (before) alerts[known] = { ...before, state, events: before.events + 1 };
    } else invalid("event_action is not one of 'trigger', 'acknowledge', 'resolve'");
    return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: dedupKey } };
  });
  return { ...server, eventsUrl: `${server.url}/v2/enqueue`, alerts: () => [...alerts] };
}

function triggered(
  event: Readonly<Record<string, unknown>>,
  dedupKey: string,
  events: number,
): PagerdutyAlert {
  const payload = (event['payload'] ?? {}) as Readonly<Record<string, unknown>>;
  const { summary, source, severity, timestamp, custom_details: details } = payload;
  if (typeof summary !== 'string' || summary === '') invalid('summary is missing or blank');
  if (summary.length > 1024) invalid('summary is too long');
  if (typeof source !== 'string' || source === '') invalid('source is missing or blank');
  if (!SEVERITIES.includes(String(severity))) invalid(`severity is not one of ${SEVERITIES.join(', ')}`);
  if (Number.isNaN(Date.parse(String(timestamp)))) invalid('timestamp is not ISO 8601');
  const links = (event['links'] ?? []) as { href: string; text: string }[];
  if (links.some(({ href }) => !/^https?:/.test(href))) invalid('a link has no valid href');
  const { text = '' } = (details ?? {}) as { text?: string };
  return {
    to: String(event['routing_key']),
    title: summary,
    text: `${summary}\n${text}`,
    links: Object.fromEntries(links.map(({ href, text: on }) => [on, href])),
    dedupKey,
    state: 'triggered',
    severity: String(severity),
    events,
  };
}

function invalid(why: string): never {
  throw new Refused(400, { status: 'invalid event', message: 'Event object is invalid', errors: [why] });
}
