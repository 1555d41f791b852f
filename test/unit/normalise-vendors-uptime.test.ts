import { describe, expect, it } from 'vitest';

import type { AlertState } from '#src/alerts/alert.ts';
import { parseBody } from '#src/alerts/body.ts';
import { readAlerts } from '#src/alerts/source.ts';
import { any } from '#src/alerts/sources/any.ts';

/** Forms as the vendors document them, values made up. */
const rows: readonly (readonly [vendor: string, payload: unknown, state: AlertState])[] = [
  [
    'Pingdom, down',
    {
      check_id: 12345,
      check_name: 'Shop',
      check_type: 'HTTP',
      previous_state: 'UP',
      current_state: 'DOWN',
      importance_level: 'HIGH',
      state_changed_timestamp: 1772352872,
      description: 'HTTP Server Error 503',
    },
    'firing',
  ],
  [
    'Pingdom, up again',
    { check_id: 12345, check_name: 'Shop', previous_state: 'DOWN', current_state: 'UP', description: 'OK' },
    'resolved',
  ],
  [
    'StatusCake, a form',
    'URL=https%3A%2F%2Fshop.example&Name=Shop&StatusCode=200&Status=Up&Tags=prod',
    'resolved',
  ],
  [
    'UptimeRobot, the default form',
    'monitorID=777&monitorURL=https://shop.example&monitorFriendlyName=Shop&alertType=1&alertTypeFriendlyName=Down&alertDetails=Timeout',
    'firing',
  ],
  [
    'UptimeRobot, up',
    {
      monitorID: 777,
      monitorURL: 'https://shop.example',
      monitorFriendlyName: 'Shop',
      alertType: 2,
      alertDetails: 'OK',
    },
    'resolved',
  ],
  [
    'Better Stack, an incident begins',
    {
      data: {
        id: '25',
        type: 'incident',
        attributes: {
          name: 'shop.example',
          url: 'https://shop.example',
          cause: 'Status 503',
          started_at: '2026-03-01T08:14:32Z',
          acknowledged_at: null,
          resolved_at: null,
          status: 'Started',
        },
      },
    },
    'firing',
  ],
  [
    'Better Stack, it is over',
    {
      data: {
        id: '25',
        type: 'incident',
        attributes: {
          name: 'shop.example',
          cause: 'Status 503',
          started_at: '2026-03-01T08:14:32Z',
          resolved_at: '2026-03-01T08:20:00Z',
          status: 'Resolved',
        },
      },
    },
    'resolved',
  ],
  [
    'Healthchecks.io, a template with the words it offers',
    { name: 'nightly-backup', status: 'down', tags: 'prod db' },
    'firing',
  ],
  ['Healthchecks.io, up', { name: 'nightly-backup', status: 'up', tags: 'prod db' }, 'resolved'],
  [
    'Cronitor, failing',
    {
      id: 'abc',
      monitor: 'nightly-backup',
      description: 'Nightly backup has failed',
      type: 'ALERT',
      rule: 'ran longer than',
    },
    'firing',
  ],
  [
    'Cronitor, recovered',
    { id: 'abc', monitor: 'nightly-backup', type: 'RECOVERY', description: 'Recovered' },
    'resolved',
  ],
  [
    'Freshping, down',
    {
      text: 'Shop (https://shop.example) is DOWN.',
      check_id: 3,
      check_name: 'Shop',
      response_state: 'Not Responding',
      webhook_event_data: { check_state_name: 'Not Responding', check_name: 'Shop' },
    },
    'firing',
  ],
  [
    'Checkly, failing',
    { event: 'Shop API has failed', alert_type: 'ALERT_FAILURE', check_name: 'Shop API', check_id: '1' },
    'firing',
  ],
  [
    'Checkly, degraded is over',
    { event: 'x', alert_type: 'ALERT_DEGRADED_RECOVERY', check_name: 'Shop API', check_id: '1' },
    'resolved',
  ],
  [
    'Uptime Kuma, pending',
    {
      heartbeat: { monitorID: 4, status: 2, msg: 'timeout' },
      monitor: { id: 4, name: 'Shop' },
      msg: '[Shop] pending',
    },
    'other',
  ],
  [
    'Updown, down and up in one message',
    [
      { event: 'check.down', check: { token: 'a1', url: 'https://a.example' }, downtime: { error: '500' } },
      { event: 'check.up', check: { token: 'b2', url: 'https://b.example' }, downtime: { error: null } },
    ],
    'firing',
  ],
  [
    'Site24x7, trouble',
    { MONITORNAME: 'Shop', STATUS: 'TROUBLE', INCIDENT_REASON: 'Slow', MONITORTYPE: 'URL' },
    'firing',
  ],
  ['Site24x7, up', { MONITORNAME: 'Shop', STATUS: 'UP', MONITORTYPE: 'URL' }, 'resolved'],
  [
    'HetrixTools, offline',
    { monitor_id: 'm1', monitor_name: 'Shop', monitor_status: 'offline', monitor_errors: {} },
    'firing',
  ],
  ['HetrixTools, online', { monitor_id: 'm1', monitor_name: 'Shop', monitor_status: 'online' }, 'resolved'],
  [
    'Nagios through a webhook script',
    {
      notification_type: 'PROBLEM',
      host: 'db-1',
      service: 'disk',
      state: 'CRITICAL',
      output: 'DISK CRITICAL - 2% free',
    },
    'firing',
  ],
  [
    'Nagios, acknowledged',
    { notification_type: 'ACKNOWLEDGEMENT', host: 'db-1', service: 'disk', state: 'CRITICAL' },
    'acknowledged',
  ],
  [
    'Nagios, downtime begins',
    { notification_type: 'DOWNTIMESTART', host: 'db-1', service: 'disk', state: 'OK' },
    'resolved',
  ],
  [
    'Icinga 2, recovered',
    {
      host: { name: 'db-1', display_name: 'db-1', state: 'UP' },
      service: { name: 'disk', state: 'OK' },
      type: 'RECOVERY',
    },
    'resolved',
  ],
  [
    'Zabbix with its own webhook parameters',
    {
      event_id: '100',
      event_value: '1',
      event_nseverity: '5',
      trigger_id: '7',
      event_name: 'db-1 is unreachable',
      event_update_status: '0',
      host_name: 'db-1',
    },
    'firing',
  ],
  [
    'Zabbix, recovery',
    {
      event_id: '100',
      event_value: '0',
      trigger_id: '7',
      event_nseverity: '5',
      event_name: 'db-1 is unreachable',
    },
    'resolved',
  ],
  [
    'PRTG, down',
    {
      sensorid: '2001',
      device: 'db-1',
      name: 'Ping',
      status: 'Down',
      laststatus: 'Up',
      message: 'Request timed out',
    },
    'firing',
  ],
  [
    'PRTG, up',
    { sensorid: '2001', device: 'db-1', name: 'Ping', status: 'Up', laststatus: 'Down', message: 'OK' },
    'resolved',
  ],
  [
    'Sensu Go, a check in state 2',
    {
      entity: { metadata: { name: 'db-1' } },
      check: { metadata: { name: 'disk' }, state: 'failing', status: 2, output: 'CRITICAL' },
    },
    'firing',
  ],
  [
    'Sensu Go, passing',
    {
      entity: { metadata: { name: 'db-1' } },
      check: { metadata: { name: 'disk' }, state: 'passing', status: 0 },
    },
    'resolved',
  ],
  [
    'Netdata, critical',
    { host: 'db-1', alarm: 'disk_full', status: 'CRITICAL', old_status: 'CLEAR', info: 'disk is full' },
    'firing',
  ],
  [
    'Netdata, clear',
    { host: 'db-1', alarm: 'disk_full', status: 'CLEAR', old_status: 'CRITICAL', info: 'disk is full' },
    'resolved',
  ],
  [
    'LibreNMS, over',
    { title: 'Device db-1', device_id: 3, faults: '', state: 0, severity: 'critical', alert_id: 9 },
    'resolved',
  ],
  [
    'LogicMonitor, cleared',
    { alertid: 'LMD1', alertstatus: 'cleared', host: 'db-1', datapoint: 'disk', alertlevel: 'error' },
    'resolved',
  ],
  [
    'LogicMonitor, active',
    { alertid: 'LMD1', alertstatus: 'active', host: 'db-1', datapoint: 'disk', alertlevel: 'error' },
    'firing',
  ],
  [
    'SolarWinds, reset',
    { AlertName: 'Node down', NodeName: 'db-1', AlertStatus: 'Reset', Message: 'db-1 is up' },
    'resolved',
  ],
  [
    'Gatus',
    { text: 'An alert for *shop* has been triggered due to having failed 3 time(s) in a row' },
    'firing',
  ],
  [
    'Gatus, over',
    { text: 'An alert for *shop* has been resolved after passing successfully 2 time(s) in a row' },
    'resolved',
  ],
  ['a Slack-style text with a sign', { text: '🔴 shop.example is not answering' }, 'firing'],
  ['a Slack-style text, over', { text: '✅ shop.example answers again' }, 'resolved'],
  ['plain text', 'RESOLVED: disk of db-1 is below 80 %', 'resolved'],
  ['plain text without a word for its state', 'Disk of db-1 is at 97 %', 'firing'],
  [
    'Statuspage, investigating',
    {
      page: { status_indicator: 'major' },
      incident: { name: 'Errors', status: 'investigating', impact: 'major', scheduled_for: null },
    },
    'firing',
  ],
  [
    'Statuspage, a planned maintenance',
    {
      page: { status_indicator: 'none' },
      incident: { name: 'Upgrade', status: 'scheduled', scheduled_for: '2026-03-02T01:00:00Z' },
    },
    'other',
  ],
  [
    'Statuspage, a component works again',
    {
      page: { status_indicator: 'none' },
      component: { name: 'API', status: 'operational', id: 'c1' },
      component_update: { old_status: 'major_outage', new_status: 'operational' },
    },
    'resolved',
  ],
  [
    'Instatus, resolved',
    {
      meta: {},
      page: { id: 'p', status_indicator: 'UP' },
      incident: { name: 'Errors', status: 'RESOLVED', resolved_at: '2026-03-01T08:20:00Z' },
    },
    'resolved',
  ],
  [
    'ThousandEyes, raised',
    {
      eventId: 'e',
      eventType: 'ALERT_NOTIFICATION_TRIGGER',
      alert: { alertId: '5', ruleName: 'Loss', active: 1 },
    },
    'firing',
  ],
  [
    'ThousandEyes, cleared',
    {
      eventId: 'e',
      eventType: 'ALERT_NOTIFICATION_CLEAR',
      alert: { alertId: '5', ruleName: 'Loss', active: 0 },
    },
    'resolved',
  ],
  ['NodePing, down', { id: 'c', type: 'HTTP', label: 'Shop', event: 'down', message: 'timeout' }, 'firing'],
  ['Home automation style', { title: 'Server room', message: 'Temperature is back to normal' }, 'resolved'],
];

describe('uptime monitors and status pages', () => {
  it.each(rows)('%s', (_vendor, payload, state) => {
    const body = typeof payload === 'string' ? parseBody(payload) : payload;
    const states = readAlerts(any, body).map((alert) => alert.state);
    expect(states[0]).toBe(state);
  });
});
