import { UserError } from '#src/errors.ts';
import type { Severity } from '#src/incident/incident.ts';

import { call, idIn, type Explained } from '../call.ts';
import type { Channel, Order } from '../channel.ts';
import { bodyLines, headline, link, nameFor, shortenBytes } from '../words.ts';

export interface NtfySettings {
  /** Without a slash at its end. */
  readonly url: string;
  /** Where the server wants one. */
  readonly token: string | undefined;
}

const MOST_TITLE = 200;
/** What is longer becomes a file that has to be opened. */
const MOST_BYTES = 4000;

/** Emoji before the title. */
const TAG: Readonly<Record<Severity, string>> = {
  P0: 'rotating_light',
  P1: 'red_circle',
  P2: 'orange_circle',
  P3: 'blue_circle',
  P4: 'information_source',
};

/**
 * ntfy, on a server of one's own. On a repeat: the same sequence_id, by which servers
 * from 2.16 on let it take the place of the first; older ones show both.
 */
export function makeNtfy({ url, token }: NtfySettings, timeoutMs?: number): Channel {
  return {
    name: 'ntfy',
    title: 'ntfy',
    address: 'a topic, hard to guess: who knows it reads along',
    isSecret: true,
    limits: { subject: MOST_TITLE, body: MOST_BYTES, acknowledges: 'link' },
    onRepeat: 'replaces',
    closes: false,
    parse(address) {
      const topic = address.trim();
      if (/^[\w-]{1,64}$/.test(topic)) return topic;
      throw new UserError(
        'bad_arguments',
        'A topic of ntfy is 1 to 64 letters, digits, - and _; write the topic alone, without the server.',
      );
    },
    async send(order) {
      const answer = await call({
        provider: 'ntfy',
        url: `${url}/`,
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(messageOf(order)),
        signal: order.signal,
        explain,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
      return { providerId: idIn('ntfy', answer, 'id') };
    },
  };
}

/** As JSON, where nothing of it is a header. */
function messageOf({ to, notice, key }: Order): object {
  const { incident, ack, urgency } = notice;
  const [page, ackUrl] = [link(incident?.url), link(ack?.url)];
  const body = shortenBytes(bodyLines(notice, MOST_BYTES).join('\n'), MOST_BYTES);
  return {
    topic: to,
    sequence_id: nameFor(key, 32),
    title: headline(notice, MOST_TITLE),
    // Without a message ntfy says "triggered".
    message: body === '' ? headline(notice, MOST_TITLE) : body,
    priority: urgency === 'high' ? 5 : 3,
    ...(incident ? { tags: [TAG[incident.severity]] } : {}),
    ...(page === null ? {} : { click: page }),
    ...(ackUrl === null
      ? {}
      : { actions: [{ action: 'http', label: 'Acknowledge', url: ackUrl, method: 'POST', clear: true }] }),
  };
}

function explain(body: unknown): Explained {
  const { error, code } = (body ?? {}) as { error?: unknown; code?: unknown };
  return typeof error === 'string' ? { said: `${String(code)} ${error}` } : {};
}
