import { describe, expect, it } from 'vitest';

import type { AlertState } from '#src/alerts/alert.ts';
import { parseBody } from '#src/alerts/body.ts';
import { readAlerts } from '#src/alerts/source.ts';
import { any } from '#src/alerts/sources/any.ts';

/** Bodies in the form that the vendors document, as they arrive; values made up. Where there are several alerts, the first counts. */
const bodies: readonly (readonly [vendor: string, state: AlertState, body: string])[] = [
  [
    'CloudWatch through SNS',
    'firing',
    '{"Type":"Notification","MessageId":"m-1","TopicArn":"arn:aws:sns:eu-west-1:1:alarms","Subject":"ALARM: \\"orders-5xx\\" in EU (Ireland)","Message":"{\\"AlarmName\\":\\"orders-5xx\\",\\"NewStateValue\\":\\"ALARM\\",\\"OldStateValue\\":\\"OK\\",\\"NewStateReason\\":\\"Threshold Crossed\\",\\"AlarmArn\\":\\"arn:aws:cloudwatch:eu-west-1:1:alarm:orders-5xx\\"}"}',
  ],
  [
    'CloudWatch through SNS, OK',
    'resolved',
    '{"Type":"Notification","Message":"{\\"AlarmName\\":\\"orders-5xx\\",\\"NewStateValue\\":\\"OK\\",\\"OldStateValue\\":\\"ALARM\\"}"}',
  ],
  [
    'CloudWatch, not enough data',
    'other',
    '{"AlarmName":"orders-5xx","NewStateValue":"INSUFFICIENT_DATA","OldStateValue":"OK"}',
  ],
  [
    'SNS asks for confirmation',
    'other',
    '{"Type":"SubscriptionConfirmation","TopicArn":"arn","SubscribeURL":"https://sns.example/confirm","Message":"You have chosen"}',
  ],
  [
    'CloudWatch through EventBridge',
    'firing',
    '{"id":"e","detail-type":"CloudWatch Alarm State Change","detail":{"alarmName":"orders","state":{"value":"ALARM"},"previousState":{"value":"OK"}}}',
  ],
  [
    'Azure common schema, fired',
    'firing',
    '{"schemaId":"azureMonitorCommonAlertSchema","data":{"essentials":{"alertId":"/a/1","alertRule":"cpu","severity":"Sev1","signalType":"Metric","monitorCondition":"Fired","alertTargetIDs":["/t"]}}}',
  ],
  [
    'Azure common schema, resolved',
    'resolved',
    '{"schemaId":"azureMonitorCommonAlertSchema","data":{"essentials":{"alertRule":"cpu","severity":"Sev1","monitorCondition":"Resolved"}}}',
  ],
  [
    'Azure metric alert, over',
    'resolved',
    '{"schemaId":"AzureMonitorMetricAlert","data":{"version":"2.0","status":"Deactivated","context":{"name":"cpu","conditionType":"x"}}}',
  ],
  [
    'Google Cloud, closed',
    'resolved',
    '{"version":"1.2","incident":{"incident_id":"i","policy_name":"cpu","state":"closed","started_at":1772352872,"ended_at":1772353000,"summary":"s"}}',
  ],
  [
    'Oracle Cloud alarm',
    'firing',
    '{"dedupeKey":"d","title":"High CPU","body":"cpu","type":"OK_TO_FIRING","severity":"CRITICAL","timestampEpochMillis":1772352872000}',
  ],
  [
    'Oracle Cloud alarm, over',
    'resolved',
    '{"dedupeKey":"d","title":"High CPU","type":"FIRING_TO_OK","severity":"CRITICAL"}',
  ],
  [
    'Datadog, warning again',
    'firing',
    '{"alert_transition":"Re-Warn","alert_id":"1","alert_title":"CPU","alert_type":"warning"}',
  ],
  [
    'Datadog, no data',
    'firing',
    '{"alert_transition":"No data","alert_id":"1","alert_title":"CPU","alert_type":"error"}',
  ],
  [
    'New Relic workflow',
    'firing',
    '{"issueId":"n-1","title":["High error rate"],"state":"ACTIVATED","priority":"CRITICAL","issueUrl":"https://one.newrelic.example"}',
  ],
  [
    'New Relic workflow, closed',
    'resolved',
    '{"issueId":"n-1","title":"High error rate","state":"CLOSED","priority":"CRITICAL"}',
  ],
  [
    'Dynatrace, merged',
    'resolved',
    '{"State":"RESOLVED","ProblemID":"P-1","ProblemTitle":"Failure rate increase","ProblemSeverity":"ERROR"}',
  ],
  [
    'AppDynamics, policy open',
    'firing',
    '{"eventType":"POLICY_OPEN_CRITICAL","displayName":"Slow transactions","severity":"ERROR"}',
  ],
  [
    'AppDynamics, policy closed',
    'resolved',
    '{"eventType":"POLICY_CLOSE_CRITICAL","displayName":"Slow transactions","severity":"INFO"}',
  ],
  [
    'Instana, open',
    'firing',
    '{"issue":{"id":"i","type":"issue","state":"OPEN","text":"Erroneous calls","severity":10}}',
  ],
  [
    'Instana, closed',
    'resolved',
    '{"issue":{"id":"i","type":"issue","state":"CLOSED","text":"Erroneous calls","severity":10}}',
  ],
  [
    'Honeycomb',
    'firing',
    '{"version":"v1","id":"t","name":"Slow requests","trigger_description":"d","status":"TRIGGERED","summary":"s"}',
  ],
  [
    'Honeycomb, OK',
    'resolved',
    '{"version":"v1","id":"t","name":"Slow requests","status":"OK","summary":"s"}',
  ],
  [
    'Kapacitor',
    'firing',
    '{"id":"cpu:host=db-1","message":"cpu is CRITICAL","level":"CRITICAL","previousLevel":"OK","time":"2026-03-01T08:14:32Z"}',
  ],
  [
    'Kapacitor, OK',
    'resolved',
    '{"id":"cpu:host=db-1","message":"cpu is OK","level":"OK","previousLevel":"CRITICAL"}',
  ],
  [
    'InfluxDB 2 check',
    'firing',
    '{"_check_name":"cpu","_level":"crit","_message":"Check: cpu is: crit","_notification_rule_name":"r"}',
  ],
  ['InfluxDB 2 check, ok', 'resolved', '{"_check_name":"cpu","_level":"ok","_message":"Check: cpu is: ok"}'],
  [
    'OpenSearch alerting',
    'firing',
    '{"monitor":{"name":"errors"},"trigger":{"name":"t","severity":"1"},"message":"Monitor errors just entered alert status"}',
  ],
  [
    'Kibana rule',
    'firing',
    '{"rule":{"name":"CPU"},"alert":{"id":"db-1","actionGroup":"threshold met"},"message":"CPU is above"}',
  ],
  [
    'Kibana rule, recovered',
    'resolved',
    '{"ruleName":"CPU","alertId":"db-1","actionGroup":"recovered","message":"CPU"}',
  ],
  [
    'Splunk',
    'firing',
    '{"search_name":"Failed logins","result":{"host":"db-1","_raw":"x"},"sid":"s","owner":"admin"}',
  ],
  [
    'Sumo Logic',
    'firing',
    '{"Name":"Errors","TriggerType":"Critical","TriggerValue":"12","AlertResponseURL":"https://sumo.example"}',
  ],
  ['Sumo Logic, over', 'resolved', '{"Name":"Errors","TriggerType":"ResolvedCritical","TriggerValue":"0"}'],
  [
    'Coralogix',
    'firing',
    '{"alert_id":"1","name":"Errors","alert_action":"trigger","alert_severity":"Critical"}',
  ],
  [
    'Coralogix, over',
    'resolved',
    '{"alert_id":"1","name":"Errors","alert_action":"resolve","alert_severity":"Critical"}',
  ],
  [
    'Logz.io',
    'firing',
    '{"alert_title":"Errors","alert_description":"d","alert_severity":"HIGH","alert_definition_id":3}',
  ],
  [
    'Axiom',
    'resolved',
    '{"action":"Closed","event":{"monitorID":"m","title":"Resolved: errors","body":"b","value":0}}',
  ],
  ['Wavefront', 'other', '{"alertId":"1","name":"Errors","state":"SNOOZED","reason":"ALERT_SNOOZED"}'],
  ['Wavefront, over', 'resolved', '{"alertId":"1","name":"Errors","reason":"ALERT_RESOLVED"}'],
  ['Elastic Watcher', 'firing', '{"watch_id":"errors","message":"Found 12 errors","severity":"high"}'],
  [
    'Wazuh',
    'firing',
    '{"timestamp":"2026-03-01T08:14:32.000+0000","rule":{"level":12,"description":"Brute force","id":"5712"},"agent":{"name":"db-1"}}',
  ],
  [
    'Falco',
    'firing',
    '{"output":"Shell in a container","priority":"Critical","rule":"Terminal shell","time":"2026-03-01T08:14:32.123456789Z"}',
  ],
  [
    'Dash0, over',
    'resolved',
    '{"type":"alert.resolved","data":{"issue":{"id":"i","status":"resolved","summary":"Errors"}}}',
  ],
  [
    'Dash0',
    'firing',
    '{"type":"alert.ongoing","data":{"issue":{"id":"i","status":"critical","summary":"Errors"}}}',
  ],
  [
    'Lightstep',
    'resolved',
    '{"kind":"NotificationWebhook","event-summary":{"is-resolved":true},"condition-name":"Errors"}',
  ],
  [
    'Cloudflare',
    'firing',
    '{"name":"Origin","text":"Health check is unhealthy","alert_type":"health_check_status_notification","data":{"health":"Unhealthy"}}',
  ],
  ['Proxmox', 'firing', '{"title":"vzdump backup status: backup failed","message":"m","severity":"error"}'],
  ['DigitalOcean', 'resolved', '{"title":"CPU is running high","alert_uuid":"u","state":"resolved"}'],
  [
    'ServiceNow',
    'resolved',
    '{"source":"s","node":"db-1","metric_name":"cpu","message_key":"k","severity":"0","description":"cpu"}',
  ],
  ['StackState style health', 'firing', '{"component":"db-1","health":"CRITICAL","name":"Disk"}'],
  [
    'Centreon',
    'resolved',
    '{"host":"db-1","service":"disk","state":"OK","state_type":"HARD","output":"fine"}',
  ],
  ['a flag alone', 'firing', '{"monitor":"shop","is_up":false,"message":"no answer"}'],
  [
    'an end time alone',
    'resolved',
    '{"name":"Errors in shop","started_at":"2026-03-01T08:00:00Z","resolved_at":"2026-03-01T08:20:00Z"}',
  ],
  [
    'an end time that is not set',
    'firing',
    '{"name":"Errors in shop","resolved_at":null,"endsAt":"0001-01-01T00:00:00Z"}',
  ],
];

describe('clouds, metrics and logs', () => {
  it.each(bodies)('%s: %s', (_vendor, state, body) => {
    expect(readAlerts(any, parseBody(body))[0]?.state).toBe(state);
  });
});
