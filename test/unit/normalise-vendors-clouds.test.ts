import { describe, expect, it } from 'vitest';

import type { AlertState } from '#src/alerts/alert.ts';
import { readAlerts } from '#src/alerts/source.ts';
import { any } from '#src/alerts/sources/any.ts';

/** Forms as the vendors document them, values made up. */
const rows: readonly (readonly [vendor: string, payload: unknown, state: AlertState])[] = [
  [
    'CloudWatch through SNS',
    {
      Type: 'Notification',
      MessageId: 'm-1',
      TopicArn: 'arn:aws:sns:eu-west-1:1:alarms',
      Subject: 'ALARM: "orders-5xx" in EU (Ireland)',
      Message: JSON.stringify({
        AlarmName: 'orders-5xx',
        NewStateValue: 'ALARM',
        OldStateValue: 'OK',
        NewStateReason: 'Threshold Crossed',
        AlarmArn: 'arn:aws:cloudwatch:eu-west-1:1:alarm:orders-5xx',
      }),
    },
    'firing',
  ],
  [
    'CloudWatch through SNS, OK',
    {
      Type: 'Notification',
      Message: JSON.stringify({ AlarmName: 'orders-5xx', NewStateValue: 'OK', OldStateValue: 'ALARM' }),
    },
    'resolved',
  ],
  [
    'CloudWatch, not enough data',
    { AlarmName: 'orders-5xx', NewStateValue: 'INSUFFICIENT_DATA', OldStateValue: 'OK' },
    'other',
  ],
  [
    'SNS asks for confirmation',
    {
      Type: 'SubscriptionConfirmation',
      TopicArn: 'arn',
      SubscribeURL: 'https://sns.example/confirm',
      Message: 'You have chosen',
    },
    'other',
  ],
  [
    'CloudWatch through EventBridge',
    {
      id: 'e',
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName: 'orders', state: { value: 'ALARM' }, previousState: { value: 'OK' } },
    },
    'firing',
  ],
  [
    'Azure common schema, fired',
    {
      schemaId: 'azureMonitorCommonAlertSchema',
      data: {
        essentials: {
          alertId: '/a/1',
          alertRule: 'cpu',
          severity: 'Sev1',
          signalType: 'Metric',
          monitorCondition: 'Fired',
          alertTargetIDs: ['/t'],
        },
      },
    },
    'firing',
  ],
  [
    'Azure common schema, resolved',
    {
      schemaId: 'azureMonitorCommonAlertSchema',
      data: { essentials: { alertRule: 'cpu', severity: 'Sev1', monitorCondition: 'Resolved' } },
    },
    'resolved',
  ],
  [
    'Azure metric alert, over',
    {
      schemaId: 'AzureMonitorMetricAlert',
      data: { version: '2.0', status: 'Deactivated', context: { name: 'cpu', conditionType: 'x' } },
    },
    'resolved',
  ],
  [
    'Google Cloud, closed',
    {
      version: '1.2',
      incident: {
        incident_id: 'i',
        policy_name: 'cpu',
        state: 'closed',
        started_at: 1772352872,
        ended_at: 1772353000,
        summary: 's',
      },
    },
    'resolved',
  ],
  [
    'Oracle Cloud alarm',
    {
      dedupeKey: 'd',
      title: 'High CPU',
      body: 'cpu',
      type: 'OK_TO_FIRING',
      severity: 'CRITICAL',
      timestampEpochMillis: 1772352872000,
    },
    'firing',
  ],
  [
    'Oracle Cloud alarm, over',
    { dedupeKey: 'd', title: 'High CPU', type: 'FIRING_TO_OK', severity: 'CRITICAL' },
    'resolved',
  ],
  [
    'Datadog, warning again',
    { alert_transition: 'Re-Warn', alert_id: '1', alert_title: 'CPU', alert_type: 'warning' },
    'firing',
  ],
  [
    'Datadog, no data',
    { alert_transition: 'No data', alert_id: '1', alert_title: 'CPU', alert_type: 'error' },
    'firing',
  ],
  [
    'New Relic workflow',
    {
      issueId: 'n-1',
      title: ['High error rate'],
      state: 'ACTIVATED',
      priority: 'CRITICAL',
      issueUrl: 'https://one.newrelic.example',
    },
    'firing',
  ],
  [
    'New Relic workflow, closed',
    { issueId: 'n-1', title: 'High error rate', state: 'CLOSED', priority: 'CRITICAL' },
    'resolved',
  ],
  [
    'Dynatrace, merged',
    { State: 'RESOLVED', ProblemID: 'P-1', ProblemTitle: 'Failure rate increase', ProblemSeverity: 'ERROR' },
    'resolved',
  ],
  [
    'AppDynamics, policy open',
    { eventType: 'POLICY_OPEN_CRITICAL', displayName: 'Slow transactions', severity: 'ERROR' },
    'firing',
  ],
  [
    'AppDynamics, policy closed',
    { eventType: 'POLICY_CLOSE_CRITICAL', displayName: 'Slow transactions', severity: 'INFO' },
    'resolved',
  ],
  [
    'Instana, open',
    { issue: { id: 'i', type: 'issue', state: 'OPEN', text: 'Erroneous calls', severity: 10 } },
    'firing',
  ],
  [
    'Instana, closed',
    { issue: { id: 'i', type: 'issue', state: 'CLOSED', text: 'Erroneous calls', severity: 10 } },
    'resolved',
  ],
  [
    'Honeycomb',
    {
      version: 'v1',
      id: 't',
      name: 'Slow requests',
      trigger_description: 'd',
      status: 'TRIGGERED',
      summary: 's',
    },
    'firing',
  ],
  [
    'Honeycomb, OK',
    { version: 'v1', id: 't', name: 'Slow requests', status: 'OK', summary: 's' },
    'resolved',
  ],
  [
    'Kapacitor',
    {
      id: 'cpu:host=db-1',
      message: 'cpu is CRITICAL',
      level: 'CRITICAL',
      previousLevel: 'OK',
      time: '2026-03-01T08:14:32Z',
    },
    'firing',
  ],
  [
    'Kapacitor, OK',
    { id: 'cpu:host=db-1', message: 'cpu is OK', level: 'OK', previousLevel: 'CRITICAL' },
    'resolved',
  ],
  [
    'InfluxDB 2 check',
    { _check_name: 'cpu', _level: 'crit', _message: 'Check: cpu is: crit', _notification_rule_name: 'r' },
    'firing',
  ],
  ['InfluxDB 2 check, ok', { _check_name: 'cpu', _level: 'ok', _message: 'Check: cpu is: ok' }, 'resolved'],
  [
    'OpenSearch alerting',
    {
      monitor: { name: 'errors' },
      trigger: { name: 't', severity: '1' },
      message: 'Monitor errors just entered alert status',
    },
    'firing',
  ],
  [
    'Kibana rule',
    { rule: { name: 'CPU' }, alert: { id: 'db-1', actionGroup: 'threshold met' }, message: 'CPU is above' },
    'firing',
  ],
  [
    'Kibana rule, recovered',
    { ruleName: 'CPU', alertId: 'db-1', actionGroup: 'recovered', message: 'CPU' },
    'resolved',
  ],
  [
    'Splunk',
    { search_name: 'Failed logins', result: { host: 'db-1', _raw: 'x' }, sid: 's', owner: 'admin' },
    'firing',
  ],
  [
    'Sumo Logic',
    { Name: 'Errors', TriggerType: 'Critical', TriggerValue: '12', AlertResponseURL: 'https://sumo.example' },
    'firing',
  ],
  ['Sumo Logic, over', { Name: 'Errors', TriggerType: 'ResolvedCritical', TriggerValue: '0' }, 'resolved'],
  [
    'Coralogix',
    { alert_id: '1', name: 'Errors', alert_action: 'trigger', alert_severity: 'Critical' },
    'firing',
  ],
  [
    'Coralogix, over',
    { alert_id: '1', name: 'Errors', alert_action: 'resolve', alert_severity: 'Critical' },
    'resolved',
  ],
  [
    'Logz.io',
    { alert_title: 'Errors', alert_description: 'd', alert_severity: 'HIGH', alert_definition_id: 3 },
    'firing',
  ],
  [
    'Axiom',
    { action: 'Closed', event: { monitorID: 'm', title: 'Resolved: errors', body: 'b', value: 0 } },
    'resolved',
  ],
  ['Wavefront', { alertId: '1', name: 'Errors', state: 'SNOOZED', reason: 'ALERT_SNOOZED' }, 'other'],
  ['Wavefront, over', { alertId: '1', name: 'Errors', reason: 'ALERT_RESOLVED' }, 'resolved'],
  ['Elastic Watcher', { watch_id: 'errors', message: 'Found 12 errors', severity: 'high' }, 'firing'],
  [
    'Wazuh',
    {
      timestamp: '2026-03-01T08:14:32.000+0000',
      rule: { level: 12, description: 'Brute force', id: '5712' },
      agent: { name: 'db-1' },
    },
    'firing',
  ],
  [
    'Falco',
    {
      output: 'Shell in a container',
      priority: 'Critical',
      rule: 'Terminal shell',
      time: '2026-03-01T08:14:32.123456789Z',
    },
    'firing',
  ],
  [
    'Dash0, over',
    { type: 'alert.resolved', data: { issue: { id: 'i', status: 'resolved', summary: 'Errors' } } },
    'resolved',
  ],
  [
    'Dash0',
    { type: 'alert.ongoing', data: { issue: { id: 'i', status: 'critical', summary: 'Errors' } } },
    'firing',
  ],
  [
    'Lightstep',
    { kind: 'NotificationWebhook', 'event-summary': { 'is-resolved': true }, 'condition-name': 'Errors' },
    'resolved',
  ],
  [
    'Cloudflare',
    {
      name: 'Origin',
      text: 'Health check is unhealthy',
      alert_type: 'health_check_status_notification',
      data: { health: 'Unhealthy' },
    },
    'firing',
  ],
  ['Proxmox', { title: 'vzdump backup status: backup failed', message: 'm', severity: 'error' }, 'firing'],
  ['DigitalOcean', { title: 'CPU is running high', alert_uuid: 'u', state: 'resolved' }, 'resolved'],
  [
    'ServiceNow',
    { source: 's', node: 'db-1', metric_name: 'cpu', message_key: 'k', severity: '0', description: 'cpu' },
    'resolved',
  ],
  ['StackState style health', { component: 'db-1', health: 'CRITICAL', name: 'Disk' }, 'firing'],
  [
    'Centreon',
    { host: 'db-1', service: 'disk', state: 'OK', state_type: 'HARD', output: 'fine' },
    'resolved',
  ],
  ['a flag alone', { monitor: 'shop', is_up: false, message: 'no answer' }, 'firing'],
  [
    'an end time alone',
    { name: 'Errors in shop', started_at: '2026-03-01T08:00:00Z', resolved_at: '2026-03-01T08:20:00Z' },
    'resolved',
  ],
  [
    'an end time that is not set',
    { name: 'Errors in shop', resolved_at: null, endsAt: '0001-01-01T00:00:00Z' },
    'firing',
  ],
];

describe('clouds, metrics and logs', () => {
  it.each(rows)('%s', (_vendor, payload, state) => {
    expect(readAlerts(any, payload).map((alert) => alert.state)).toEqual([state]);
  });
});
