import { type Fields, firstText, get, isFields, text } from '../fields.ts';
import { SCALES } from '../normalise.ts';
import { has, type Shape, table } from './shape.ts';

const pagerDutyWords = table({
  firing: 'incident.trigger|incident.triggered|incident.reopened',
  acknowledged: 'incident.acknowledge|incident.acknowledged',
  resolved: 'incident.resolve|incident.resolved',
});

const opsgenieWords = table({
  firing: 'create',
  acknowledged: 'acknowledge',
  resolved: 'close|delete',
});

/** Paging and on-call systems, which forward other systems' alerts. */
export const pagers: readonly Shape[] = [
  {
    vendor: 'pagerduty',
    docs: 'https://developer.pagerduty.com/docs/webhooks/v3-overview/',
    when: (body) => has(body, 'event.event_type', 'event.data') && has(body, 'event.occurred_at'),
    state: (body) => pagerDutyWords(get(body, 'event.event_type')) ?? 'other',
    scale: SCALES.priorityOfFive,
    fields: ({ event }) => ({
      eventId: firstText(event, 'id'),
      ...pagerDutyIncident(get(event, 'data')),
    }),
  },
  {
    vendor: 'pagerduty',
    docs: 'https://developer.pagerduty.com/docs/webhooks/v2-overview/',
    when: (body) => isIncident(body['event']) && isFields(body['incident']),
    state: (body) => pagerDutyWords(body['event']) ?? 'other',
    scale: SCALES.priorityOfFive,
    fields: ({ id, incident }) => ({ eventId: text(id), ...pagerDutyIncident(incident) }),
  },
  {
    vendor: 'pagerduty',
    docs: 'https://developer.pagerduty.com/docs/webhooks/v1-overview/',
    when: (body) => isIncident(body['type']) && has(body, 'data.incident'),
    state: (body) => pagerDutyWords(body['type']) ?? 'other',
    fields: ({ id, data }) => ({ eventId: text(id), ...pagerDutyIncident(get(data, 'incident')) }),
  },
  {
    vendor: 'opsgenie',
    docs: 'https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/',
    when: (body) => has(body, 'action', 'alert.alertId'),
    state: (body) => opsgenieWords(body['action']) ?? 'other',
    scale: SCALES.priorityOfFive,
    fields: ({ alert }) => ({
      title: firstText(alert, 'message') ?? 'Alert from Opsgenie',
      description: firstText(alert, 'description', 'note') ?? '',
      key: firstText(alert, 'alias', 'alertId'),
      service: firstText(alert, 'entity'),
    }),
  },
  {
    vendor: 'splunk-oncall',
    docs: 'https://help.splunk.com/en/splunk-on-call/integrations/rest-endpoint-integration-guide',
    when: (body) => has(body, 'message_type', 'entity_id'),
    state: (body) =>
      table({
        firing: 'critical|warning',
        resolved: 'recovery',
        acknowledged: 'acknowledgement|acknowledged',
        other: 'info',
      })(body['message_type']),
  },
  {
    vendor: 'servicenow',
    docs: 'https://docs.servicenow.com/bundle/it-operations-management/page/product/event-management/task/send-events-via-web-service.html',
    when: (body) => has(body, 'metric_name', 'message_key', 'node') && has(body, 'severity'),
    state: (body) =>
      String(body['severity']) === '0' || body['resolution_state'] === 'Closing' ? 'resolved' : 'firing',
    scale: SCALES.servicenow,
    fields: ({ message_key: key }) => ({ key: text(key) }),
  },
];

function isIncident(kind: unknown): boolean {
  return typeof kind === 'string' && kind.startsWith('incident.');
}

/** The incident object of all three webhook versions. Its labels, if any, stand in the text of the alert's details. */
function pagerDutyIncident(incident: unknown) {
  const fields: Fields = isFields(incident) ? incident : {};
  const urgency = firstText(fields, 'priority.summary', 'priority.name', 'urgency');
  return {
    title:
      firstText(
        fields,
        'title',
        'trigger_summary_data.subject',
        'trigger_summary_data.description',
        'description',
        'summary',
      ) ?? `PagerDuty incident ${firstText(fields, 'number', 'incident_number', 'id') ?? ''}`,
    key: firstText(fields, 'incident_key', 'id'),
    service: firstText(fields, 'service.summary', 'service.name'),
    originalSeverity: urgency,
  };
}
