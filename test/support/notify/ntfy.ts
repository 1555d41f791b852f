import { jsonOf, Refused, startFakeServer, type FakeServer } from './fake-server.ts';
import type { Seen } from './seen.ts';

export const TOKEN = 'tk_0000000000000000000000000000';

export interface NtfyMessage extends Seen {
  readonly id: string;
  readonly sequenceId: string;
  readonly priority: number;
  readonly tags: readonly string[];
  /** What a button does when it is pressed. */
  readonly actions: readonly { readonly label: string; readonly method: string; readonly url: string }[];
}

export interface FakeNtfy extends FakeServer {
  /** What is shown on the phones that follow the topic: of one sequence the latest. */
  shown(topic: string): NtfyMessage[];
}

/** A server of version 2.16 or newer that wants a token. */
export async function startNtfy(): Promise<FakeNtfy> {
  const messages: NtfyMessage[] = [];
  const server = await startFakeServer((request) => {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) throw refusal(401, 40101, 'unauthorized');
    if (request.method !== 'POST' || request.path !== '/') throw refusal(404, 40401, 'page not found');
    const message = read(jsonOf(request), messages.length);
    const same = messages.findIndex(
      ({ to, sequenceId }) => to === message.to && sequenceId === message.sequenceId,
    );
    if (same === -1) messages.push(message);
    else messages[same] = message;
    return { status: 200, body: { id: message.id, event: 'message', topic: message.to } };
  });
  return { ...server, shown: (topic) => messages.filter((it) => it.to === topic) };
}

function read(body: Readonly<Record<string, unknown>>, count: number): NtfyMessage {
  const { topic, title, message, priority, tags, click, actions, sequence_id: sequence } = body;
  if (!/^[\w-]{1,64}$/.test(String(topic))) throw refusal(400, 40009, 'invalid request: topic invalid');
  if (!Number.isInteger(priority) || Number(priority) < 1 || Number(priority) > 5) {
    throw refusal(400, 40007, 'invalid priority parameter');
  }
  if (!/^[\w-]{1,64}$/.test(String(sequence))) throw refusal(400, 40049, 'sequence ID invalid');
  // Longer ones become attachments, which nobody reads at night.
  if (Buffer.byteLength(String(message)) > 4096) throw refusal(413, 41301, 'attachment too large');
  const list = (actions ?? []) as { action: string; label: string; url: string; method: string }[];
  if (list.length > 3 || list.some((it) => it.action !== 'http' || !it.label || !URL.canParse(it.url))) {
    throw refusal(400, 40018, 'invalid request: actions invalid');
  }
  const links = Object.fromEntries(list.map(({ label, url }) => [label, url]));
  return {
    to: String(topic),
    title: String(title),
    text: `${String(title)}\n${String(message)}`,
    links: { ...links, ...(typeof click === 'string' ? { click } : {}) },
    id: `msg${String(count).padStart(9, '0')}`,
    sequenceId: String(sequence),
    priority: Number(priority),
    tags: (tags ?? []) as string[],
    actions: list,
  };
}

function refusal(status: number, code: number, error: string): Refused {
  return new Refused(status, { code, http: status, error });
}
