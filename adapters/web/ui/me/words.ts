import { duration } from '../times.ts';
import type { ReceiptView, SentView } from './views.ts';

const MINUTE = 60_000;

/** Channels as people call them; a chat is called by its own name. */
const CHANNELS: Readonly<Record<string, string>> = {
  web: 'This chat',
  email: 'E-mail',
  sms: 'Text',
  voice: 'Call',
  push: 'Browser',
  ntfy: 'ntfy',
  pagerduty: 'PagerDuty',
  opsgenie: 'Opsgenie',
  webhook: 'Webhook',
};

export function channelName(channel: string): string {
  return CHANNELS[channel] ?? `${channel.charAt(0).toUpperCase()}${channel.slice(1)}`;
}

export type Mark = 'good' | 'busy' | 'bad' | 'quiet';

/** What became of one message: a sentence, and how it is to be marked. */
export function outcomeOf(
  sent: SentView,
  page: Pick<ReceiptView, 'requested_at'>,
  now: number,
): { readonly text: string; readonly mark: Mark } {
  const since = Date.parse(page.requested_at);
  if (sent.state === 'refused') return { text: 'not used', mark: 'bad' };
  if (sent.state === 'cancelled') return { text: 'not needed any more', mark: 'quiet' };
  if (sent.state === 'failed') return { text: `failed: ${sent.detail ?? 'nobody knows why'}`, mark: 'bad' };
  if (sent.state === 'waiting') return { text: waiting(sent, now), mark: sent.attempts > 0 ? 'bad' : 'busy' };
  const handed = sent.sent_at === null ? 'sent' : `sent after ${gap(Date.parse(sent.sent_at) - since)}`;
  const arrived =
    sent.delivered_at === null ? '' : `, delivered after ${gap(Date.parse(sent.delivered_at) - since)}`;
  return { text: `${handed}${arrived}`, mark: 'good' };
}

/** Whether something may still change without anybody doing anything. */
export function isMoving(page: ReceiptView, now: number): boolean {
  if (page.answered_at !== null) return false;
  const isFresh = now - Date.parse(page.requested_at) < 5 * MINUTE;
  return isFresh || page.messages.some((it) => it.state === 'waiting');
}

/** `0.4 s` where it was quick; else as any length of time. */
export function gap(ms: number): string {
  return ms < 10_000 ? `${(Math.max(100, ms) / 1000).toFixed(1)} s` : duration(ms);
}

/** `at once`, `after 5 min`. */
export function afterWords(ms: number): string {
  return ms === 0 ? 'at once' : `after ${duration(ms)}`;
}

function waiting({ due_at, attempts, detail }: SentView, now: number): string {
  if (attempts > 0 && detail !== null) return `did not go yet, and is tried again: ${detail}`;
  const left = due_at === null ? 0 : Date.parse(due_at) - now;
  return left > 0 ? `in ${countdown(left)}` : 'going out now';
}

/** To the second where it is worth waiting for. */
function countdown(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60 || seconds >= 600 || seconds % 60 === 0) return duration(seconds * 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
