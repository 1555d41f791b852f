import type { Sample } from '../source.ts';

/** One of each way in which senders differ, from the vendors' documentation, values made up. */
export const samples: readonly Sample[] = [
  {
    name: 'PagerDuty, an incident is triggered',
    payload: {
      event: {
        id: '01CAPHV0Z1BO6I47UQ3W3RO7E2',
        event_type: 'incident.triggered',
        resource_type: 'incident',
        occurred_at: '2026-03-01T08:14:32.000Z',
        data: {
          id: 'Q2AIXW2ZIMCI4P',
          type: 'incident',
          status: 'triggered',
          title: 'Checkout answers with errors',
          html_url: 'https://acme.pagerduty.example/incidents/Q2AIXW2ZIMCI4P',
          urgency: 'high',
          priority: { summary: 'P1' },
          service: { id: 'PF9KMXH', summary: 'checkout' },
        },
      },
    },
    alerts: [
      {
        eventId: '01CAPHV0Z1BO6I47UQ3W3RO7E2',
        source: 'pagerduty',
        state: 'firing',
        title: 'Checkout answers with errors',
        severity: 'P0',
        originalSeverity: 'P1',
        service: 'checkout',
        key: 'Q2AIXW2ZIMCI4P',
        at: new Date('2026-03-01T08:14:32Z'),
      },
    ],
  },
  {
    name: 'Opsgenie, somebody takes the alert',
    payload: {
      action: 'Acknowledge',
      alert: {
        alertId: '70413a06-38d6-4c85-92b8-5ebc900d42e2',
        message: 'Queue grows',
        priority: 'P3',
        entity: 'mailer',
      },
      source: { name: '', type: 'web' },
    },
    alerts: [
      { source: 'opsgenie', state: 'acknowledged', title: 'Queue grows', severity: 'P2', service: 'mailer' },
    ],
  },
  {
    name: 'Datadog, a monitor recovers',
    payload: {
      id: '6941234568999',
      alert_id: '9182736',
      alert_title: '[Recovered on {host:web-7}] High CPU on the web tier',
      alert_transition: 'Recovered',
      alert_type: 'success',
      alert_priority: 'P2',
      alert_scope: 'host:web-7,env:prod',
      date: '1772352872000',
      link: 'https://app.datadog.example/monitors/9182736',
      tags: 'env:prod,host:web-7,service:web',
    },
    alerts: [
      {
        source: 'datadog',
        state: 'resolved',
        severity: 'P1',
        service: 'web',
        environment: 'production',
        key: '9182736|host:web-7,env:prod',
        at: new Date('2026-03-01T08:14:32Z'),
      },
    ],
  },
  {
    name: 'CloudWatch through Amazon SNS',
    payload: {
      Type: 'Notification',
      MessageId: 'da41e39f-ea4d-435a-b922-c6aae3915ebe',
      TopicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms',
      Subject: 'ALARM: "orders-5xx" in EU (Ireland)',
      Message: JSON.stringify({
        AlarmName: 'orders-5xx',
        AlarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders-5xx',
        NewStateValue: 'ALARM',
        OldStateValue: 'OK',
        NewStateReason: 'Threshold crossed: 3 datapoints were greater than 5.',
        Trigger: {
          MetricName: '5XXError',
          Namespace: 'AWS/ApiGateway',
          Dimensions: [{ name: 'ApiName', value: 'orders' }],
        },
      }),
      Timestamp: '2026-03-01T08:14:32.000Z',
    },
    alerts: [
      {
        eventId: 'da41e39f-ea4d-435a-b922-c6aae3915ebe',
        source: 'cloudwatch',
        state: 'firing',
        rule: 'orders-5xx',
        service: 'orders',
        originalSeverity: null,
      },
    ],
  },
  {
    name: 'Sentry, an issue is resolved',
    payload: {
      action: 'resolved',
      data: {
        issue: {
          id: '1170820242',
          title: 'TypeError: cart is undefined',
          level: 'error',
          status: 'resolved',
          web_url: 'https://sentry.example/issues/1170820242/',
          project: { name: 'shop', slug: 'shop' },
        },
      },
    },
    alerts: [{ source: 'sentry', state: 'resolved', severity: 'P1', service: 'shop', key: '1170820242' }],
  },
  {
    name: 'a build that fails',
    payload: {
      object_kind: 'pipeline',
      object_attributes: { id: 31, ref: 'main', status: 'failed' },
      project: { name: 'shop', path_with_namespace: 'acme/shop' },
    },
    alerts: [{ source: 'gitlab', state: 'firing', service: 'shop', key: 'acme/shop|main' }],
  },
  {
    name: 'a comment, which opens nothing',
    payload: { event: 'comment.created', incident: { id: 'i-9', title: 'Checkout answers with errors' } },
    alerts: [{ state: 'other', title: 'Checkout answers with errors' }],
  },
  {
    name: 'a system nobody has heard of',
    payload: {
      monitor: 'tape robot 3',
      state: 'CRITICAL',
      severity: 'major',
      message: 'The arm does not move.',
      environment: 'prod',
      time: 1772352872,
    },
    alerts: [
      {
        source: 'webhook',
        state: 'firing',
        title: 'The arm does not move.',
        severity: 'P1',
        originalSeverity: 'major',
        environment: 'production',
        at: new Date('2026-03-01T08:14:32Z'),
      },
    ],
  },
  {
    name: 'plain text',
    payload: 'RESOLVED: tape robot 3 moves again',
    alerts: [{ state: 'resolved', title: 'RESOLVED: tape robot 3 moves again' }],
  },
];
