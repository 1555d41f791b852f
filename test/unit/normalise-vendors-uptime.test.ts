import { describe, expect, it } from 'vitest';

import type { AlertState } from '#src/alerts/alert.ts';
import { parseBody } from '#src/alerts/body.ts';
import { readAlerts } from '#src/alerts/source.ts';
import { any } from '#src/alerts/sources/any.ts';

/** Bodies in the form that the vendors document, as they arrive; values made up. Where there are several alerts, the first counts. */
const bodies: readonly (readonly [vendor: string, state: AlertState, body: string])[] = [
  [
    'Pingdom, down',
    'firing',
    '{"check_id":12345,"check_name":"Shop","check_type":"HTTP","previous_state":"UP","current_state":"DOWN","importance_level":"HIGH","state_changed_timestamp":1772352872,"description":"HTTP Server Error 503"}',
  ],
  [
    'Pingdom, up again',
    'resolved',
    '{"check_id":12345,"check_name":"Shop","previous_state":"DOWN","current_state":"UP","description":"OK"}',
  ],
  [
    'StatusCake, a form',
    'resolved',
    'URL=https%3A%2F%2Fshop.example&Name=Shop&StatusCode=200&Status=Up&Tags=prod',
  ],
  [
    'UptimeRobot, the default form',
    'firing',
    'monitorID=777&monitorURL=https://shop.example&monitorFriendlyName=Shop&alertType=1&alertTypeFriendlyName=Down&alertDetails=Timeout',
  ],
  [
    'UptimeRobot, up',
    'resolved',
    '{"monitorID":777,"monitorURL":"https://shop.example","monitorFriendlyName":"Shop","alertType":2,"alertDetails":"OK"}',
  ],
  [
    'Better Stack, an incident begins',
    'firing',
    '{"data":{"id":"25","type":"incident","attributes":{"name":"shop.example","url":"https://shop.example","cause":"Status 503","started_at":"2026-03-01T08:14:32Z","acknowledged_at":null,"resolved_at":null,"status":"Started"}}}',
  ],
  [
    'Better Stack, it is over',
    'resolved',
    '{"data":{"id":"25","type":"incident","attributes":{"name":"shop.example","cause":"Status 503","started_at":"2026-03-01T08:14:32Z","resolved_at":"2026-03-01T08:20:00Z","status":"Resolved"}}}',
  ],
  [
    'Healthchecks.io, a template with the words it offers',
    'firing',
    '{"name":"nightly-backup","status":"down","tags":"prod db"}',
  ],
  ['Healthchecks.io, up', 'resolved', '{"name":"nightly-backup","status":"up","tags":"prod db"}'],
  [
    'Cronitor, failing',
    'firing',
    '{"id":"abc","monitor":"nightly-backup","description":"Nightly backup has failed","type":"ALERT","rule":"ran longer than"}',
  ],
  [
    'Cronitor, recovered',
    'resolved',
    '{"id":"abc","monitor":"nightly-backup","type":"RECOVERY","description":"Recovered"}',
  ],
  [
    'Freshping, down',
    'firing',
    '{"text":"Shop (https://shop.example) is DOWN.","check_id":3,"check_name":"Shop","response_state":"Not Responding","webhook_event_data":{"check_state_name":"Not Responding","check_name":"Shop"}}',
  ],
  [
    'Checkly, failing',
    'firing',
    '{"event":"Shop API has failed","alert_type":"ALERT_FAILURE","check_name":"Shop API","check_id":"1"}',
  ],
  [
    'Checkly, degraded is over',
    'resolved',
    '{"event":"x","alert_type":"ALERT_DEGRADED_RECOVERY","check_name":"Shop API","check_id":"1"}',
  ],
  [
    'Uptime Kuma, pending',
    'other',
    '{"heartbeat":{"monitorID":4,"status":2,"msg":"timeout"},"monitor":{"id":4,"name":"Shop"},"msg":"[Shop] pending"}',
  ],
  [
    'Updown, down and up in one message',
    'firing',
    '[{"event":"check.down","check":{"token":"a1","url":"https://a.example"},"downtime":{"error":"500"}},{"event":"check.up","check":{"token":"b2","url":"https://b.example"},"downtime":{"error":null}}]',
  ],
  [
    'Site24x7, trouble',
    'firing',
    '{"MONITORNAME":"Shop","STATUS":"TROUBLE","INCIDENT_REASON":"Slow","MONITORTYPE":"URL"}',
  ],
  ['Site24x7, up', 'resolved', '{"MONITORNAME":"Shop","STATUS":"UP","MONITORTYPE":"URL"}'],
  [
    'HetrixTools, offline',
    'firing',
    '{"monitor_id":"m1","monitor_name":"Shop","monitor_status":"offline","monitor_errors":{}}',
  ],
  ['HetrixTools, online', 'resolved', '{"monitor_id":"m1","monitor_name":"Shop","monitor_status":"online"}'],
  [
    'Nagios through a webhook script',
    'firing',
    '{"notification_type":"PROBLEM","host":"db-1","service":"disk","state":"CRITICAL","output":"DISK CRITICAL - 2% free"}',
  ],
  [
    'Nagios, acknowledged',
    'acknowledged',
    '{"notification_type":"ACKNOWLEDGEMENT","host":"db-1","service":"disk","state":"CRITICAL"}',
  ],
  [
    'Nagios, downtime begins',
    'resolved',
    '{"notification_type":"DOWNTIMESTART","host":"db-1","service":"disk","state":"OK"}',
  ],
  [
    'Icinga 2, recovered',
    'resolved',
    '{"host":{"name":"db-1","display_name":"db-1","state":"UP"},"service":{"name":"disk","state":"OK"},"type":"RECOVERY"}',
  ],
  [
    'Zabbix with its own webhook parameters',
    'firing',
    '{"event_id":"100","event_value":"1","event_nseverity":"5","trigger_id":"7","event_name":"db-1 is unreachable","event_update_status":"0","host_name":"db-1"}',
  ],
  [
    'Zabbix, recovery',
    'resolved',
    '{"event_id":"100","event_value":"0","trigger_id":"7","event_nseverity":"5","event_name":"db-1 is unreachable"}',
  ],
  [
    'PRTG, down',
    'firing',
    '{"sensorid":"2001","device":"db-1","name":"Ping","status":"Down","laststatus":"Up","message":"Request timed out"}',
  ],
  [
    'PRTG, up',
    'resolved',
    '{"sensorid":"2001","device":"db-1","name":"Ping","status":"Up","laststatus":"Down","message":"OK"}',
  ],
  [
    'Sensu Go, a check in state 2',
    'firing',
    '{"entity":{"metadata":{"name":"db-1"}},"check":{"metadata":{"name":"disk"},"state":"failing","status":2,"output":"CRITICAL"}}',
  ],
  [
    'Sensu Go, passing',
    'resolved',
    '{"entity":{"metadata":{"name":"db-1"}},"check":{"metadata":{"name":"disk"},"state":"passing","status":0}}',
  ],
  [
    'Netdata, critical',
    'firing',
    '{"host":"db-1","alarm":"disk_full","status":"CRITICAL","old_status":"CLEAR","info":"disk is full"}',
  ],
  [
    'Netdata, clear',
    'resolved',
    '{"host":"db-1","alarm":"disk_full","status":"CLEAR","old_status":"CRITICAL","info":"disk is full"}',
  ],
  [
    'LibreNMS, over',
    'resolved',
    '{"title":"Device db-1","device_id":3,"faults":"","state":0,"severity":"critical","alert_id":9}',
  ],
  [
    'LogicMonitor, cleared',
    'resolved',
    '{"alertid":"LMD1","alertstatus":"cleared","host":"db-1","datapoint":"disk","alertlevel":"error"}',
  ],
  [
    'LogicMonitor, active',
    'firing',
    '{"alertid":"LMD1","alertstatus":"active","host":"db-1","datapoint":"disk","alertlevel":"error"}',
  ],
  [
    'SolarWinds, reset',
    'resolved',
    '{"AlertName":"Node down","NodeName":"db-1","AlertStatus":"Reset","Message":"db-1 is up"}',
  ],
  [
    'Gatus',
    'firing',
    '{"text":"An alert for *shop* has been triggered due to having failed 3 time(s) in a row"}',
  ],
  [
    'Gatus, over',
    'resolved',
    '{"text":"An alert for *shop* has been resolved after passing successfully 2 time(s) in a row"}',
  ],
  ['a Slack-style text with a sign', 'firing', '{"text":"🔴 shop.example is not answering"}'],
  ['a Slack-style text, over', 'resolved', '{"text":"✅ shop.example answers again"}'],
  ['plain text', 'resolved', 'RESOLVED: disk of db-1 is below 80 %'],
  ['plain text without a word for its state', 'firing', 'Disk of db-1 is at 97 %'],
  [
    'Statuspage, investigating',
    'firing',
    '{"page":{"status_indicator":"major"},"incident":{"name":"Errors","status":"investigating","impact":"major","scheduled_for":null}}',
  ],
  [
    'Statuspage, a planned maintenance',
    'other',
    '{"page":{"status_indicator":"none"},"incident":{"name":"Upgrade","status":"scheduled","scheduled_for":"2026-03-02T01:00:00Z"}}',
  ],
  [
    'Statuspage, a component works again',
    'resolved',
    '{"page":{"status_indicator":"none"},"component":{"name":"API","status":"operational","id":"c1"},"component_update":{"old_status":"major_outage","new_status":"operational"}}',
  ],
  [
    'Instatus, resolved',
    'resolved',
    '{"meta":{},"page":{"id":"p","status_indicator":"UP"},"incident":{"name":"Errors","status":"RESOLVED","resolved_at":"2026-03-01T08:20:00Z"}}',
  ],
  [
    'ThousandEyes, raised',
    'firing',
    '{"eventId":"e","eventType":"ALERT_NOTIFICATION_TRIGGER","alert":{"alertId":"5","ruleName":"Loss","active":1}}',
  ],
  [
    'ThousandEyes, cleared',
    'resolved',
    '{"eventId":"e","eventType":"ALERT_NOTIFICATION_CLEAR","alert":{"alertId":"5","ruleName":"Loss","active":0}}',
  ],
  ['NodePing, down', 'firing', '{"id":"c","type":"HTTP","label":"Shop","event":"down","message":"timeout"}'],
  ['Home automation style', 'resolved', '{"title":"Server room","message":"Temperature is back to normal"}'],
];

describe('uptime monitors and status pages', () => {
  it.each(bodies)('%s: %s', (_vendor, state, body) => {
    expect(readAlerts(any, parseBody(body))[0]?.state).toBe(state);
  });
});
