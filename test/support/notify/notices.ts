import type { Notice, NoticeIncident } from '#src/notify/channel.ts';

export const NOW = new Date('2027-03-04T05:06:07Z');
export const PAGE_URL = 'https://incidents.example.com/i/42';
export const ACK_URL = 'https://incidents.example.com/ack?token=abc.def';

export const INCIDENT: NoticeIncident = {
  id: 'INC-20270304-00042',
  number: 42,
  title: 'checkout is down',
  severity: 'P1',
  status: 'NEW',
  service: 'checkout',
  url: PAGE_URL,
};

/** Somebody is paged because of an incident. */
export function page(changes: Partial<Notice> = {}): Notice {
  return {
    kind: 'page',
    urgency: 'high',
    incident: INCIDENT,
    subject: 'checkout is down',
    lines: ['You are on call for payments.', 'Error rate is 35 %.'],
    ack: { url: ACK_URL, code: '42' },
    at: NOW,
    ...changes,
  };
}
