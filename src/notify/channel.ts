import type { Severity, Status } from '#src/incident/incident.ts';

/**
 * A way to reach somebody outside the room. One file each in channels/. A channel
 * makes one call and says what came of it: repeats, breakers, receipts and the
 * next route are the caller's.
 */
export interface Channel {
  readonly name: ChannelName;
  /** As people read it. */
  readonly title: string;
  /** What an address of it is, for a form. */
  readonly address: string;
  /** The address is also the key to it, so it is shown to its owner only. */
  readonly isSecret: boolean;
  readonly limits: ChannelLimits;
  readonly onRepeat: OnRepeat;
  /** Whether it also wants `acknowledged` and `resolved`, to close what a page opened there. */
  readonly closes: boolean;
  /**
   * An address as somebody typed it, in the one form in which it is kept and sent to.
   *
   * @throws UserError that says what is wrong with it
   */
  parse(address: string): string;
  /**
   * Sends it once.
   *
   * @throws ProviderError whose `retry` says whether it may be tried again, `gone: 'person'`
   *   that the address does not take anything any more; and `signal.reason` when it was cut off
   */
  send(order: Order): Promise<Sent>;
}

export const CHANNEL_NAMES = [
  'email',
  'ntfy',
  'opsgenie',
  'pagerduty',
  'push',
  'sms',
  'voice',
  'webhook',
] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

export interface ChannelLimits {
  /** Of the headline, in UTF-16 units; what is longer is cut, with an ellipsis. */
  readonly subject: number;
  /** Of all that stands under the headline; 0: nothing does. */
  readonly body: number;
  /** Whether the one who is told can acknowledge right there: by a link, a reply or a key. */
  readonly acknowledges: 'link' | 'reply' | 'key' | 'there' | 'no';
}

/**
 * What comes of it when the same order is sent twice, because nobody knows how the
 * first try ended: `once`, they drop the second; `replaces`, it takes the place of
 * the first where it is shown; `marked`, both arrive, with the same id by which the
 * receiver can tell; `again`, both arrive.
 */
export type OnRepeat = 'once' | 'replaces' | 'marked' | 'again';

export interface Order {
  /** As `parse` gave it. */
  readonly to: string;
  readonly notice: Notice;
  /** Names this order; a repeat of it has the same. */
  readonly key: string;
  /** When the first try of this order began, if there was one and nobody knows how it ended. */
  readonly triedAt?: Date;
  readonly signal: AbortSignal;
}

/** The provider took it. That is not yet that anybody has it. */
export interface Sent {
  /** What the provider calls it; receipts have it. */
  readonly providerId: string | null;
  /** What the provider said, for receipts. */
  readonly detail?: string;
}

export const NOTICE_KINDS = [
  'page',
  'reminder',
  'handoff',
  'verification',
  'test',
  'bundle',
  'acknowledged',
  'resolved',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What there is to say. The channel decides how. */
export interface Notice {
  readonly kind: NoticeKind;
  /** High breaks through and makes a noise. */
  readonly urgency: 'high' | 'low';
  readonly incident: NoticeIncident | null;
  /** One line that says it all; channels put number and severity of the incident before it. */
  readonly subject: string;
  readonly lines: readonly string[];
  /** Null where there is nothing to acknowledge. */
  readonly ack: Ack | null;
  readonly at: Date;
  /**
   * What it is about, where that is no incident: a later `resolved` about the same
   * closes it, mails about the same stand together.
   */
  readonly about?: string;
}

export interface NoticeIncident {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly severity: Severity;
  readonly status: Status;
  readonly service: string | null;
  /** Where it is in the browser. */
  readonly url: string;
}

export interface Ack {
  /** Asks before it acknowledges when it is opened, and acknowledges when it is posted to. */
  readonly url: string | null;
  /** What a reply names it by: `ACK 42`. */
  readonly code: string | null;
}

/** What belongs together has the same thread: all about one incident. */
export function threadOf({ incident, about }: Notice, key: string): string {
  return incident?.id ?? about ?? key;
}
