import { type Fields, firstText, get, isFields } from '../fields.ts';
import { linksTo } from '../links.ts';
import { SCALES } from '../normalise.ts';
import { has, type Shape, table } from './shape.ts';

const alarmStates = table({ firing: 'alarm', resolved: 'ok', other: 'insufficient_data' });

/** Cloud providers and metric services. */
export const clouds: readonly Shape[] = [
  {
    vendor: 'aws-sns',
    docs: 'https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html',
    when: (body) => has(body, 'SubscribeURL', 'TopicArn'),
    state: () => 'other',
    fields: (body) => ({
      title: 'Amazon SNS asks to confirm a subscription',
      description: firstText(body, 'Message') ?? '',
      eventId: firstText(body, 'MessageId'),
      key: firstText(body, 'TopicArn'),
      links: linksTo(['Confirm the subscription', body['SubscribeURL']]),
    }),
  },
  {
    vendor: 'cloudwatch',
    docs: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html',
    when: (body) => has(body, 'AlarmName') || has(body, 'Message.AlarmName'),
    state: (body) => alarmStates(get(alarmOf(body), 'NewStateValue')),
    fields: (body) => cloudwatchAlarm(body, alarmOf(body)),
  },
  {
    vendor: 'cloudwatch',
    docs: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html',
    when: (body) => has(body, 'detail.alarmName', 'detail.state.value'),
    state: (body) => alarmStates(get(body, 'detail.state.value')),
    fields: (body) => ({
      eventId: firstText(body, 'id'),
      title: firstText(body, 'detail.alarmName') ?? 'CloudWatch alarm',
      rule: firstText(body, 'detail.alarmName') ?? '',
      description: firstText(body, 'detail.state.reason') ?? '',
      key: firstText(body, 'resources.0', 'detail.alarmName'),
    }),
  },
  {
    vendor: 'azure-monitor',
    docs: 'https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema',
    when: (body) => has(body, 'data.essentials.monitorCondition'),
    state: (body) =>
      table({ firing: 'fired', resolved: 'resolved' })(get(body, 'data.essentials.monitorCondition')),
    scale: SCALES.azure,
    fields: (body) => ({
      title: firstText(body, 'data.essentials.alertRule') ?? 'Azure Monitor alert',
      rule: firstText(body, 'data.essentials.alertRule') ?? '',
      description: firstText(body, 'data.essentials.description') ?? '',
      key: azureKey(body),
      service: firstText(body, 'data.essentials.configurationItems.0'),
    }),
  },
  {
    vendor: 'azure-monitor',
    docs: 'https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-webhooks',
    when: (body) => has(contextOf(body), 'context.conditionType') && has(contextOf(body), 'status'),
    state: (body) =>
      table({ firing: 'activated', resolved: 'deactivated|resolved' })(get(contextOf(body), 'status')),
    scale: SCALES.azure,
    fields: (body) => ({
      title: firstText(contextOf(body), 'context.name') ?? 'Azure Monitor alert',
      rule: firstText(contextOf(body), 'context.name') ?? '',
      key: firstText(contextOf(body), 'context.id'),
      service: firstText(contextOf(body), 'context.resourceName'),
    }),
  },
  {
    vendor: 'gcp-monitoring',
    docs: 'https://cloud.google.com/monitoring/support/notification-options#webhooks',
    when: (body) => has(body, 'incident.incident_id', 'incident.policy_name'),
    state: (body) =>
      table({ firing: 'open', resolved: 'closed', acknowledged: 'acknowledged' })(
        get(body, 'incident.state'),
      ),
    fields: ({ incident }) => ({
      rule: firstText(incident, 'policy_name', 'condition_name') ?? '',
      service: firstText(incident, 'resource_display_name', 'resource_name'),
    }),
  },
  {
    vendor: 'datadog',
    docs: 'https://docs.datadoghq.com/integrations/webhooks/',
    when: (body) =>
      has(body, 'alert_transition') || has(body, 'monitor_id', 'query') || has(body, 'alert_cycle_key'),
    state: (body) =>
      table({
        firing: 'triggered|re-triggered|no data|re-no data|warn|re-warn|renotify',
        resolved: 'recovered',
      })(body['alert_transition']),
    scale: SCALES.priorityOfFive,
    fields: (body) => ({
      originalSeverity: firstText(body, 'alert_priority', 'priority', 'alert_type'),
      rule: firstText(body, 'alert_name', 'alert_metric') ?? '',
      key: datadogKey(body),
    }),
  },
  {
    vendor: 'signalfx',
    docs: 'https://help.splunk.com/en/splunk-observability-cloud/manage-data/available-data-sources/send-alerts-to-a-webhook',
    when: (body) => has(body, 'statusExtended', 'detectorUrl') || has(body, 'incidentId', 'detector'),
    state: (body) =>
      table({ firing: 'anomalous', resolved: 'ok|manually resolved|stopped|auto resolved' })(
        body['statusExtended'] ?? body['status'],
      ),
  },
  {
    vendor: 'graylog',
    docs: 'https://go2docs.graylog.org/current/interacting_with_your_log_data/notifications.html',
    when: (body) => has(body, 'event_definition_id'),
    state: () => 'firing',
    scale: SCALES.graylog,
    fields: (body) => ({
      title: firstText(body, 'event_definition_title') ?? 'Graylog event',
      rule: firstText(body, 'event_definition_title') ?? '',
      eventId: firstText(body, 'event.id'),
      key:
        [firstText(body, 'event_definition_id'), firstText(body, 'event.key')].filter(Boolean).join('|') ||
        null,
    }),
  },
  {
    vendor: 'vmware-aria',
    docs: 'https://techdocs.broadcom.com/us/en/vmware-cis/aria/aria-operations.html',
    when: (body) => has(body, 'criticality', 'adapterKind'),
    state: (body) => table({ firing: 'active|new|updated', resolved: 'canceled|cancelled' })(body['status']),
  },
];

function alarmOf(body: Fields): Fields {
  const inner = body['Message'];
  return isFields(inner) ? inner : body;
}

function cloudwatchAlarm(body: Fields, alarm: Fields) {
  const name = firstText(alarm, 'AlarmName') ?? 'CloudWatch alarm';
  return {
    eventId: firstText(body, 'MessageId'),
    title: name,
    rule: name,
    description: firstText(alarm, 'NewStateReason', 'AlarmDescription') ?? '',
    key: firstText(alarm, 'AlarmArn') ?? name,
    service: firstText(alarm, 'Trigger.Dimensions.0.value', 'Trigger.Namespace', 'Namespace'),
  };
}

/** The classic form has the alert at the top, the newer metric alert under `data`. */
function contextOf(body: Fields): Fields {
  const data = body['data'];
  return isFields(data) && has(data, 'context') ? data : body;
}

/** An alert id names one firing; rule and target name the alert. */
function azureKey(body: Fields): string | null {
  const parts = [
    firstText(body, 'data.essentials.alertRuleID', 'data.essentials.alertRule'),
    firstText(body, 'data.essentials.alertTargetIDs.0'),
  ].filter((it) => it !== null);
  return parts.length === 0 ? firstText(body, 'data.essentials.alertId') : parts.join('|');
}

/** One monitor fires once for each group of its scope. */
function datadogKey(body: Fields): string | null {
  const monitor = firstText(body, 'alert_id', 'monitor_id');
  const scope = firstText(body, 'alert_scope', 'scopes.0', 'hostname');
  return monitor === null ? null : [monitor, scope].filter((it) => it !== null).join('|');
}
