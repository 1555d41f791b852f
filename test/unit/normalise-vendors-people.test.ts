import { describe, expect, it } from 'vitest';

import type { AlertState } from '#src/alerts/alert.ts';
import { parseBody } from '#src/alerts/body.ts';
import { readAlerts } from '#src/alerts/source.ts';
import { any } from '#src/alerts/sources/any.ts';

/** Bodies in the form that the vendors document, as they arrive; values made up. Where there are several alerts, the first counts. */
const bodies: readonly (readonly [vendor: string, state: AlertState, body: string])[] = [
  [
    'PagerDuty, triggered',
    'firing',
    '{"event":{"id":"01A","event_type":"incident.triggered","resource_type":"incident","occurred_at":"2026-03-01T08:14:32Z","data":{"id":"PX","type":"incident","status":"triggered","title":"Errors","urgency":"high","service":{"summary":"shop"}}}}',
  ],
  [
    'PagerDuty, acknowledged',
    'acknowledged',
    '{"event":{"id":"01A","event_type":"incident.acknowledged","resource_type":"incident","occurred_at":"2026-03-01T08:14:32Z","data":{"id":"PX","type":"incident","status":"acknowledged","title":"Errors","urgency":"high","service":{"summary":"shop"}}}}',
  ],
  [
    'PagerDuty, resolved',
    'resolved',
    '{"event":{"id":"01A","event_type":"incident.resolved","resource_type":"incident","occurred_at":"2026-03-01T08:14:32Z","data":{"id":"PX","type":"incident","status":"resolved","title":"Errors","urgency":"high","service":{"summary":"shop"}}}}',
  ],
  [
    'PagerDuty, reopened',
    'firing',
    '{"event":{"id":"01A","event_type":"incident.reopened","resource_type":"incident","occurred_at":"2026-03-01T08:14:32Z","data":{"id":"PX","type":"incident","status":"triggered","title":"Errors","urgency":"high","service":{"summary":"shop"}}}}',
  ],
  [
    'PagerDuty, a responder is added',
    'other',
    '{"event":{"id":"01A","event_type":"incident.responder.added","resource_type":"incident","occurred_at":"2026-03-01T08:14:32Z","data":{"id":"PX","type":"incident","status":"triggered","title":"Errors","urgency":"high","service":{"summary":"shop"}}}}',
  ],
  [
    'PagerDuty, a note',
    'other',
    '{"event":{"id":"01A","event_type":"incident.annotated","resource_type":"incident","occurred_at":"2026-03-01T08:14:32Z","data":{"id":"PX","type":"incident","status":"triggered","title":"Errors","urgency":"high","service":{"summary":"shop"}}}}',
  ],
  [
    'PagerDuty v2, delegated',
    'other',
    '{"messages":[{"id":"1","event":"incident.delegate","incident":{"id":"PX","title":"Errors","status":"triggered"}}]}',
  ],
  [
    'Opsgenie, created',
    'firing',
    '{"action":"Create","alert":{"alertId":"a-1","message":"Errors","priority":"P2"},"source":{"name":""}}',
  ],
  [
    'Opsgenie, acknowledged',
    'acknowledged',
    '{"action":"Acknowledge","alert":{"alertId":"a-1","message":"Errors","priority":"P2"},"source":{"name":""}}',
  ],
  [
    'Opsgenie, closed',
    'resolved',
    '{"action":"Close","alert":{"alertId":"a-1","message":"Errors","priority":"P2"},"source":{"name":""}}',
  ],
  [
    'Opsgenie, a note',
    'other',
    '{"action":"AddNote","alert":{"alertId":"a-1","message":"Errors","priority":"P2"},"source":{"name":""}}',
  ],
  [
    'Opsgenie, an action of its users',
    'other',
    '{"action":"Restart server","alert":{"alertId":"a-1","message":"Errors","priority":"P2"},"source":{"name":""}}',
  ],
  [
    'Splunk On-Call, critical',
    'firing',
    '{"message_type":"CRITICAL","entity_id":"db-1/disk","state_message":"Disk is full"}',
  ],
  [
    'Splunk On-Call, recovery',
    'resolved',
    '{"message_type":"RECOVERY","entity_id":"db-1/disk","state_message":"fine"}',
  ],
  [
    'Splunk On-Call, acknowledged',
    'acknowledged',
    '{"message_type":"ACKNOWLEDGEMENT","entity_id":"db-1/disk"}',
  ],
  [
    'Squadcast, resolved',
    'resolved',
    '{"event_type":"incident_resolved","incident":{"id":"s","title":"Errors","status":"resolved"}}',
  ],
  [
    'Zenduty, acknowledged',
    'acknowledged',
    '{"payload":{"event_type":"acknowledged","incident":{"title":"Errors","status":2}}}',
  ],
  [
    'Grafana OnCall, alert group created',
    'firing',
    '{"event":{"type":"alert group created"},"alert_group":{"id":"g","title":"Errors","state":"firing"}}',
  ],
  [
    'Grafana OnCall, resolved',
    'resolved',
    '{"event":{"type":"resolve"},"alert_group":{"id":"g","title":"Errors","state":"resolved"}}',
  ],
  [
    'FireHydrant style',
    'resolved',
    '{"event":{"operation":"UPDATED","resource_type":"incident"},"data":{"incident":{"name":"Errors","current_milestone":"resolved","status":"resolved"}}}',
  ],
  [
    'incident.io alert',
    'firing',
    '{"title":"Errors","status":"firing","deduplication_key":"k","description":"d"}',
  ],
  [
    'Rootly, mitigated then resolved',
    'resolved',
    '{"event":{"type":"incident.resolved"},"data":{"title":"Errors","status":"resolved"}}',
  ],
  ['BigPanda, ok', 'resolved', '{"status":"ok","host":"db-1","check":"disk","description":"fine"}'],
  ['BigPanda, critical', 'firing', '{"status":"critical","host":"db-1","check":"disk","description":"full"}'],
  [
    'IncidentHub',
    'firing',
    '{"type":"triggered","event":"incident","data":{"service":"Mail","title":"Delays","content":"We are experiencing delays"}}',
  ],
  [
    'IncidentHub, over',
    'resolved',
    '{"type":"resolved","event":"incident","data":{"service":"Mail","title":"Delays"}}',
  ],
  [
    'IncidentHub, maintenance',
    'other',
    '{"type":"triggered","event":"maintenance","data":{"service":"Mail","title":"Upgrade"}}',
  ],
  [
    'Sentry, created',
    'firing',
    '{"action":"created","data":{"issue":{"id":"9","title":"TypeError","status":"unresolved","level":"error"}}}',
  ],
  [
    'Sentry, resolved',
    'resolved',
    '{"action":"resolved","data":{"issue":{"id":"9","title":"TypeError","status":"unresolved","level":"error"}}}',
  ],
  [
    'Sentry, archived',
    'other',
    '{"action":"archived","data":{"issue":{"id":"9","title":"TypeError","status":"unresolved","level":"error"}}}',
  ],
  [
    'Sentry, a metric alert',
    'firing',
    '{"action":"critical","data":{"metric_alert":{"id":"1","title":"Errors"},"description_title":"Critical: errors"}}',
  ],
  [
    'Sentry, a metric alert is over',
    'resolved',
    '{"action":"resolved","data":{"metric_alert":{"id":"1","title":"Errors"},"description_title":"Resolved: errors"}}',
  ],
  [
    'Rollbar, new item',
    'firing',
    '{"event_name":"new_item","data":{"item":{"id":1,"title":"TypeError","level":40}}}',
  ],
  [
    'Rollbar, deploy',
    'other',
    '{"event_name":"deploy","data":{"deploy":{"id":1,"environment":"production"}}}',
  ],
  [
    'Bugsnag',
    'firing',
    '{"trigger":{"type":"firstException","message":"New error"},"error":{"id":"e","exceptionClass":"TypeError","message":"x","status":"open"},"project":{"name":"shop"}}',
  ],
  [
    'Bugsnag, fixed',
    'resolved',
    '{"trigger":{"type":"errorStateManualChange","stateChange":"fixed","message":"x"},"error":{"id":"e","message":"x","status":"fixed"}}',
  ],
  [
    'Raygun',
    'firing',
    '{"event":"error_notification","eventType":"NewErrorOccurred","error":{"url":"https://raygun.example","message":"x","totalOccurrences":1}}',
  ],
  [
    'Honeybadger, a check-in reports again',
    'resolved',
    '{"event":"check_in_reporting","message":"[Shop] REPORTING: backup","project":{"fault_count":0},"check_in":{"id":"c"}}',
  ],
  [
    'AppSignal style',
    'firing',
    '{"exception":{"exception":"TypeError","message":"x"},"site":"shop","action":"Cart#show","message":"TypeError: x"}',
  ],
  ['a comment', 'other', '{"event":"comment.created","comment":{"body":"looking"},"title":"Errors"}'],
];

describe('pagers and error trackers', () => {
  it.each(bodies)('%s: %s', (_vendor, state, body) => {
    expect(readAlerts(any, parseBody(body))[0]?.state).toBe(state);
  });
});
