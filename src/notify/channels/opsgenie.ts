import { UserError } from '#src/errors.ts';
import type { Severity } from '#src/incident/incident.ts';

import { call, idIn, type Explained } from '../call.ts';
import { threadOf, type Channel, type Order } from '../channel.ts';
import { parseEmail } from '../mail-address.ts';
import { bodyLines, headline, lineOf, link, nameFor } from '../words.ts';

export interface OpsgenieSettings {
  /** Without a slash at its end. */
  readonly apiUrl: string;
  readonly apiKey: string;
}

/** Limits of the Alert API: 130 characters of message, 15,000 of description, 512 of alias, 100 of source. */
const MOST_MESSAGE = 130;
const MOST_DESCRIPTION = 15_000;
const MOST_ALIAS = 512;

/** Theirs begin at 1. */
const PRIORITY: Readonly<Record<Severity, string>> = { P0: 'P1', P1: 'P2', P2: 'P3', P3: 'P4', P4: 'P5' };

const RESPONDER = /^(team|user|schedule|escalation):\s*(.{1,250})$/;

/**
 * Opsgenie, through the Alert API. On a repeat: alerts with the same alias are one
 * alert there while it is open, which only counts how often it came; acknowledging or
 * closing it once more is taken and does nothing.
 */
export function makeOpsgenie({ apiUrl, apiKey }: OpsgenieSettings, timeoutMs?: number): Channel {
  return {
    name: 'opsgenie',
    title: 'Opsgenie',
    address: 'who responds there: team:<name>, user:<e-mail>, schedule:<name> or escalation:<name>',
    isSecret: false,
    limits: { subject: MOST_MESSAGE, body: MOST_DESCRIPTION, acknowledges: 'there' },
    onRepeat: 'once',
    closes: true,
    parse,
    async send(order) {
      const { path, body } = requestOf(order);
      const answer = await call({
        provider: 'opsgenie',
        url: `${apiUrl}/v2/alerts${path}`,
        headers: { authorization: `GenieKey ${apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: order.signal,
        explain,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
      return { providerId: idIn('opsgenie', answer, 'requestId') };
    },
  };
}

function parse(address: string): string {
  const [, type, name = ''] = RESPONDER.exec(address.trim()) ?? [];
  if (type === undefined) {
    throw new UserError(
      'bad_arguments',
      'Write who responds in Opsgenie as team:<name>, user:<e-mail>, schedule:<name> or escalation:<name>.',
    );
  }
  return `${type}:${type === 'user' ? parseEmail(name) : name.trim()}`;
}

function requestOf({ to, notice, key }: Order): { path: string; body: object } {
  const thread = threadOf(notice, key);
  const alias = thread.length <= MOST_ALIAS ? thread : nameFor(thread, 64);
  const of = (action: string) => ({
    path: `/${encodeURIComponent(alias)}/${action}?identifierType=alias`,
    body: { source: 'Incident Manager', note: headline(notice, 1000) },
  });
  if (notice.kind === 'acknowledged') return of('acknowledge');
  if (notice.kind === 'resolved') return of('close');
  const { incident } = notice;
  const url = link(incident?.url);
  return {
    path: '',
    body: {
      message: headline(notice, MOST_MESSAGE),
      alias,
      description: bodyLines(notice, MOST_DESCRIPTION).join('\n'),
      responders: [responderOf(to)],
      priority: incident ? PRIORITY[incident.severity] : 'P5',
      source: 'Incident Manager',
      details: {
        ...(incident ? { incident: incident.id, status: incident.status } : {}),
        ...(url === null ? {} : { url }),
      },
      ...(incident?.service ? { entity: lineOf(incident.service, 512) } : {}),
    },
  };
}

function responderOf(to: string): object {
  const [, type = '', name = ''] = RESPONDER.exec(to) ?? [];
  return type === 'user' ? { type, username: name } : { type, name };
}

function explain(body: unknown): Explained {
  const { message } = (body ?? {}) as { message?: unknown };
  return typeof message === 'string' ? { said: message } : {};
}
