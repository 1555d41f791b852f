import { eventApart } from '../apart.ts';
import { quickEvent } from '../event-read.ts';
import { CreateEvent, fromEvent } from '../event.ts';
import { defineSource } from '../source.ts';

const event = {
  event_id: 'evt-20260301-0001',
  source: 'billing-checks',
  source_version: '2.4.0',
  timestamp: '2026-03-01T08:14:32Z',
  event_type: 'alert',
  category: 'performance',
  title: 'Invoice export takes 42 s',
  description: 'The nightly export has taken longer than its 30 s limit three times in a row.',
  severity: 'high',
  resource: { type: 'service', id: 'svc-invoices', name: 'invoices', metadata: { region: 'eu-west-1' } },
  metrics: { duration_seconds: 42, limit_seconds: 30 },
  tags: { environment: 'production', team: 'billing' },
};

/** POST /api/v1/events: any program that can build the event of contracts 1.2. Its `source` is kept as it is. */
export const generic = defineSource({
  name: 'generic',
  title: 'the events API',
  docs: '/api/v1/openapi.json',
  payload: CreateEvent,
  quick: quickEvent,
  apart: eventApart,
  read: (payload) => [fromEvent(payload)],
  samples: [
    {
      name: 'an event with everything in it',
      payload: event,
      alerts: [
        {
          eventId: 'evt-20260301-0001',
          source: 'billing-checks',
          state: 'firing',
          eventType: 'alert',
          title: 'Invoice export takes 42 s',
          severity: 'P1',
          originalSeverity: 'high',
          category: 'performance',
          service: 'invoices',
          environment: 'production',
          metrics: { duration_seconds: 42, limit_seconds: 30 },
          at: new Date('2026-03-01T08:14:32Z'),
        },
      ],
    },
    {
      name: 'the same, over',
      payload: {
        ...event,
        event_id: 'evt-20260301-0002',
        timestamp: '2026-03-01T08:40:00Z',
        status: 'resolved',
      },
      alerts: [{ state: 'resolved', service: 'invoices', at: new Date('2026-03-01T08:40:00Z') }],
    },
    {
      name: 'nothing but what is required',
      payload: {
        source: 'cron',
        timestamp: '2026-03-01T02:00:00.123456789+01:00',
        event_type: 'error',
        category: 'backup',
        title: 'Backup failed',
        description: '',
        severity: 'sev2',
      },
      alerts: [
        { state: 'firing', source: 'cron', severity: 'P1', category: 'other', service: null, eventId: null },
      ],
    },
  ],
});
