import { UserError } from '#src/errors.ts';
import type { Severity } from '#src/incident/incident.ts';

import { call, idIn, type Explained } from '../call.ts';
import { threadOf, type Channel, type Notice, type Order } from '../channel.ts';
import { bodyLines, headline, lineOf, link, nameFor } from '../words.ts';

export interface PagerdutySettings {
  /** The whole address of `enqueue`. */
  readonly eventsUrl: string;
}

/** Limits of the Events API v2: 1,024 characters of summary, 255 of dedup_key, 512 kB altogether. */
const MOST_SUMMARY = 1024;
const MOST_KEY = 255;
const MOST_DETAILS = 20_000;

/** Contracts 4.5. */
const SEVERITY: Readonly<Record<Severity, string>> = {
  P0: 'critical',
  P1: 'error',
  P2: 'warning',
  P3: 'info',
  P4: 'info',
};

/**
 * PagerDuty, through Events v2. On a repeat: events with the same dedup_key are one
 * alert there while it is open, so a repeat changes nothing; acknowledging or
 * resolving what is already so is taken and does nothing.
 */
export function makePagerduty({ eventsUrl }: PagerdutySettings, timeoutMs?: number): Channel {
  return {
    name: 'pagerduty',
    title: 'PagerDuty',
    address: 'the integration key of a service (Events API v2), 32 characters',
    isSecret: true,
    limits: { subject: MOST_SUMMARY, body: MOST_DETAILS, acknowledges: 'there' },
    onRepeat: 'once',
    closes: true,
    parse(address) {
      const key = address.trim();
      if (/^[0-9A-Za-z]{32}$/.test(key)) return key;
      throw new UserError(
        'bad_arguments',
        'That is not an integration key of PagerDuty: it is 32 letters and digits, under Services, Integrations, Events API V2.',
      );
    },
    async send(order) {
      const answer = await call({
        provider: 'pagerduty',
        url: eventsUrl,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(eventOf(order)),
        signal: order.signal,
        explain,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
      return { providerId: idIn('pagerduty', answer, 'dedup_key') };
    },
  };
}

function eventOf({ to, notice, key }: Order): object {
  const event = { routing_key: to, dedup_key: keyOf(threadOf(notice, key)) };
  if (notice.kind === 'acknowledged') return { ...event, event_action: 'acknowledge' };
  if (notice.kind === 'resolved') return { ...event, event_action: 'resolve' };
  const url = link(notice.incident?.url);
  return {
    ...event,
    event_action: 'trigger',
    client: 'Incident Manager',
    ...(url === null ? {} : { client_url: url, links: [{ href: url, text: 'Open the incident' }] }),
    payload: payloadOf(notice),
  };
}

function payloadOf(notice: Notice): object {
  const { incident } = notice;
  const service = incident?.service ? lineOf(incident.service, 255) : null;
  return {
    summary: headline(notice, MOST_SUMMARY),
    source: service ?? 'Incident Manager',
    severity: incident ? SEVERITY[incident.severity] : 'info',
    timestamp: notice.at.toISOString(),
    ...(service === null ? {} : { component: service }),
    custom_details: {
      text: bodyLines(notice, MOST_DETAILS).join('\n'),
      ...(incident ? { incident: incident.id, status: incident.status } : {}),
    },
  };
}

function keyOf(thread: string): string {
  return thread.length <= MOST_KEY ? thread : nameFor(thread, 64);
}

function explain(body: unknown): Explained {
  const { message, errors } = (body ?? {}) as { message?: unknown; errors?: unknown };
  const why = Array.isArray(errors) ? errors.join('; ') : '';
  return typeof message === 'string' ? { said: [message, why].filter(Boolean).join(': ') } : {};
}
