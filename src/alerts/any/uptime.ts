import { firstText, get, isFields, text } from '../fields.ts';
import { SCALES } from '../normalise.ts';
import { has, type Shape, table } from './shape.ts';

const upOrDown = table({ firing: '0|down', resolved: '1|up', other: '2|3|pending|maintenance' });

/** Uptime monitors, host monitoring and status pages. */
export const uptime: readonly Shape[] = [
  {
    vendor: 'uptime-kuma',
    docs: 'https://github.com/louislam/uptime-kuma/wiki/Notification-Methods',
    when: (body) => has(body, 'heartbeat', 'monitor', 'msg'),
    state: ({ heartbeat }) => (isFields(heartbeat) ? upOrDown(heartbeat['status']) : 'other'),
    fields: ({ heartbeat, monitor, msg }) => ({
      title: firstText(monitor, 'name') ?? text(msg) ?? 'Uptime Kuma',
      description: firstText(heartbeat, 'msg') ?? text(msg) ?? '',
      rule: firstText(monitor, 'name') ?? '',
      service: firstText(monitor, 'name'),
      key: firstText(heartbeat, 'monitorID') ?? firstText(monitor, 'id'),
    }),
  },
  {
    vendor: 'uptimerobot',
    docs: 'https://uptimerobot.com/help/web-hook-alert-contacts/',
    when: (body) => has(body, 'alertType', 'monitorID') || has(body, 'alert_type', 'monitor_url'),
    // 1 down, 2 up, 3 the certificate expires
    state: (body) => table({ firing: '1|3', resolved: '2' })(body['alertType'] ?? body['alert_type']),
  },
  {
    vendor: 'updown',
    docs: 'https://updown.io/api#webhooks',
    when: (body) => has(body, 'check.token', 'event') && (text(body['event']) ?? '').startsWith('check.'),
    state: ({ event }) =>
      table({
        firing: 'check.down|check.still_down|check.ssl_invalid|check.ssl_expiration|check.performance_drop',
        resolved: 'check.up|check.ssl_valid|check.ssl_renewed',
      })(event),
    fields: ({ check }) => ({
      title: firstText(check, 'alias', 'url') ?? 'Check at updown.io',
      key: firstText(check, 'token'),
      service: firstText(check, 'alias', 'url'),
    }),
  },
  {
    vendor: 'freshstatus',
    docs: 'https://support.freshstatus.io/en/support/solutions/articles/50000003782-webhooks',
    when: (body) => has(body, 'event_data.event_type', 'event_data.webhook_id'),
    state: (body) => {
      if (isSample(body)) return 'other';
      const closed = firstText(body, 'incident_status', 'status') === 'Closed';
      const kind = firstText(body, 'event_data.event_type') ?? '';
      return kind.startsWith('MAINTENANCE') ? 'other' : closed ? 'resolved' : null;
    },
    fields: (body) => ({ key: firstText(body, 'incident_id', 'id') }),
  },
  {
    vendor: 'statuspage',
    docs: 'https://support.atlassian.com/statuspage/docs/enable-webhook-notifications/',
    when: (body) => has(body, 'page.status_indicator', 'component_update.new_status'),
    state: (body) =>
      table({
        firing: 'degraded_performance|partial_outage|major_outage',
        resolved: 'operational',
        other: 'under_maintenance',
      })(get(body, 'component_update.new_status')),
    fields: ({ component }) => ({
      title: `${firstText(component, 'name') ?? 'A component'}: ${firstText(component, 'status') ?? 'changed'}`,
      service: firstText(component, 'name'),
      key: firstText(component, 'id'),
    }),
  },
  {
    vendor: 'statuspage',
    docs: 'https://support.atlassian.com/statuspage/docs/enable-webhook-notifications/',
    when: (body) => has(body, 'page.status_indicator', 'incident.status'),
    state: (body) =>
      firstText(body, 'incident.scheduled_for') === null
        ? table({ firing: 'investigating|identified', resolved: 'resolved|postmortem', other: 'monitoring' })(
            get(body, 'incident.status'),
          )
        : 'other',
    fields: ({ incident }) => ({ originalSeverity: firstText(incident, 'impact_override', 'impact') }),
  },
  {
    vendor: 'librenms',
    docs: 'https://docs.librenms.org/Alerting/Transports/API/',
    when: (body) =>
      has(body, 'sysName', 'alert_id') || (has(body, 'device_id', 'faults') && has(body, 'state')),
    // 0 it is over, 1 it alerts, 2 acknowledged, 3 got worse, 4 got better, 5 changed
    state: (body) => table({ resolved: '0', firing: '1|3|4|5', acknowledged: '2' })(body['state']),
    fields: (body) => ({ key: firstText(body, 'id', 'alert_id'), service: firstText(body, 'hostname') }),
  },
  {
    vendor: 'zabbix',
    docs: 'https://www.zabbix.com/documentation/current/en/manual/config/notifications/media/webhook',
    when: (body) =>
      has(body, 'severity', 'trigger', 'item') ||
      has(body, 'event_value', 'event_id') ||
      has(body, 'trigger_id', 'event_nseverity') ||
      has(body, 'TriggerSeverity'),
    // {EVENT.VALUE}: 1 problem, 0 recovery; {EVENT.UPDATE.STATUS}: 1 for an update by a person
    state: (body) =>
      String(body['event_update_status']) === '1'
        ? 'other'
        : table({ firing: '1|problem', resolved: '0|ok|resolved|recovery' })(body['event_value']),
    scale: SCALES.zabbix,
  },
  {
    vendor: 'checkmk',
    docs: 'https://docs.checkmk.com/latest/en/notifications_spooling.html',
    when: (body) => has(body, 'what', 'notification_type'),
    fields: ({ host, service, site }) => ({
      key: [text(site), text(host), text(service)].filter((it) => it !== null).join('/') || null,
      service: text(host),
    }),
  },
  {
    vendor: 'sensu',
    docs: 'https://docs.sensu.io/sensu-go/latest/observability-pipeline/observe-events/events/',
    when: (body) => has(body, 'entity', 'check.state') || has(body, 'entity', 'check.status'),
    state: (body) => table({ firing: 'failing|flapping', resolved: 'passing' })(get(body, 'check.state')),
    fields: ({ check, entity }) => ({
      title: `${firstText(check, 'metadata.name', 'name') ?? 'Check'} on ${firstText(entity, 'metadata.name', 'name') ?? 'an entity'}`,
      description: firstText(check, 'output') ?? '',
      rule: firstText(check, 'metadata.name', 'name') ?? '',
      // 0 passes, 1 warning, 2 critical
      originalSeverity: ['ok', 'warning', 'critical'][Number(get(check, 'status'))] ?? null,
      key: [firstText(entity, 'metadata.name', 'name'), firstText(check, 'metadata.name', 'name')].join('/'),
      service: firstText(entity, 'metadata.name', 'name'),
    }),
  },
  {
    vendor: 'prtg',
    docs: 'https://www.paessler.com/manuals/prtg/execute_http_action',
    when: (body) => has(body, 'sensorid', 'laststatus') || has(body, 'sensorid', 'status', 'device'),
    fields: ({ sensorid }) => ({ key: text(sensorid) }),
  },
];

/** A sender's test message: texts that name their own field, `"title": "Sample title"`. */
function isSample(body: object): boolean {
  const own = Object.entries(body).filter(
    ([name, value]) => typeof value === 'string' && value.toLowerCase() === `sample ${name.toLowerCase()}`,
  );
  return own.length >= 2;
}
