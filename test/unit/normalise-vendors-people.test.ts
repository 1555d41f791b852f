import { describe, expect, it } from 'vitest';

import type { AlertState } from '#src/alerts/alert.ts';
import { readAlerts } from '#src/alerts/source.ts';
import { any } from '#src/alerts/sources/any.ts';

const pagerduty = (type: string, status: string) => ({
  event: {
    id: '01A',
    event_type: type,
    resource_type: 'incident',
    occurred_at: '2026-03-01T08:14:32Z',
    data: {
      id: 'PX',
      type: 'incident',
      status,
      title: 'Errors',
      urgency: 'high',
      service: { summary: 'shop' },
    },
  },
});
const opsgenie = (action: string) => ({
  action,
  alert: { alertId: 'a-1', message: 'Errors', priority: 'P2' },
  source: { name: '' },
});
const sentry = (action: string) => ({
  action,
  data: { issue: { id: '9', title: 'TypeError', status: 'unresolved', level: 'error' } },
});
const build = (conclusion: string | null) => ({
  action: 'completed',
  workflow_run: { name: 'CI', conclusion, status: 'completed' },
  repository: { full_name: 'acme/shop', name: 'shop' },
});

/** Forms as the vendors document them, values made up. */
const rows: readonly (readonly [vendor: string, payload: unknown, state: AlertState])[] = [
  ['PagerDuty, triggered', pagerduty('incident.triggered', 'triggered'), 'firing'],
  ['PagerDuty, acknowledged', pagerduty('incident.acknowledged', 'acknowledged'), 'acknowledged'],
  ['PagerDuty, resolved', pagerduty('incident.resolved', 'resolved'), 'resolved'],
  ['PagerDuty, reopened', pagerduty('incident.reopened', 'triggered'), 'firing'],
  ['PagerDuty, a responder is added', pagerduty('incident.responder.added', 'triggered'), 'other'],
  ['PagerDuty, a note', pagerduty('incident.annotated', 'triggered'), 'other'],
  [
    'PagerDuty v2, delegated',
    {
      messages: [
        { id: '1', event: 'incident.delegate', incident: { id: 'PX', title: 'Errors', status: 'triggered' } },
      ],
    },
    'other',
  ],
  ['Opsgenie, created', opsgenie('Create'), 'firing'],
  ['Opsgenie, acknowledged', opsgenie('Acknowledge'), 'acknowledged'],
  ['Opsgenie, closed', opsgenie('Close'), 'resolved'],
  ['Opsgenie, a note', opsgenie('AddNote'), 'other'],
  ['Opsgenie, an action of its users', opsgenie('Restart server'), 'other'],
  [
    'Splunk On-Call, critical',
    { message_type: 'CRITICAL', entity_id: 'db-1/disk', state_message: 'Disk is full' },
    'firing',
  ],
  [
    'Splunk On-Call, recovery',
    { message_type: 'RECOVERY', entity_id: 'db-1/disk', state_message: 'fine' },
    'resolved',
  ],
  [
    'Splunk On-Call, acknowledged',
    { message_type: 'ACKNOWLEDGEMENT', entity_id: 'db-1/disk' },
    'acknowledged',
  ],
  [
    'Squadcast, resolved',
    { event_type: 'incident_resolved', incident: { id: 's', title: 'Errors', status: 'resolved' } },
    'resolved',
  ],
  [
    'Zenduty, acknowledged',
    { payload: { event_type: 'acknowledged', incident: { title: 'Errors', status: 2 } } },
    'acknowledged',
  ],
  [
    'Grafana OnCall, alert group created',
    { event: { type: 'alert group created' }, alert_group: { id: 'g', title: 'Errors', state: 'firing' } },
    'firing',
  ],
  [
    'Grafana OnCall, resolved',
    { event: { type: 'resolve' }, alert_group: { id: 'g', title: 'Errors', state: 'resolved' } },
    'resolved',
  ],
  [
    'FireHydrant style',
    {
      event: { operation: 'UPDATED', resource_type: 'incident' },
      data: { incident: { name: 'Errors', current_milestone: 'resolved', status: 'resolved' } },
    },
    'resolved',
  ],
  [
    'incident.io alert',
    { title: 'Errors', status: 'firing', deduplication_key: 'k', description: 'd' },
    'firing',
  ],
  [
    'Rootly, mitigated then resolved',
    { event: { type: 'incident.resolved' }, data: { title: 'Errors', status: 'resolved' } },
    'resolved',
  ],
  ['BigPanda, ok', { status: 'ok', host: 'db-1', check: 'disk', description: 'fine' }, 'resolved'],
  ['BigPanda, critical', { status: 'critical', host: 'db-1', check: 'disk', description: 'full' }, 'firing'],
  [
    'IncidentHub',
    {
      type: 'triggered',
      event: 'incident',
      data: { service: 'Mail', title: 'Delays', content: 'We are experiencing delays' },
    },
    'firing',
  ],
  [
    'IncidentHub, over',
    { type: 'resolved', event: 'incident', data: { service: 'Mail', title: 'Delays' } },
    'resolved',
  ],
  [
    'IncidentHub, maintenance',
    { type: 'triggered', event: 'maintenance', data: { service: 'Mail', title: 'Upgrade' } },
    'other',
  ],
  ['Sentry, created', sentry('created'), 'firing'],
  ['Sentry, resolved', sentry('resolved'), 'resolved'],
  ['Sentry, archived', sentry('archived'), 'other'],
  [
    'Sentry, a metric alert',
    {
      action: 'critical',
      data: { metric_alert: { id: '1', title: 'Errors' }, description_title: 'Critical: errors' },
    },
    'firing',
  ],
  [
    'Sentry, a metric alert is over',
    {
      action: 'resolved',
      data: { metric_alert: { id: '1', title: 'Errors' }, description_title: 'Resolved: errors' },
    },
    'resolved',
  ],
  [
    'Rollbar, new item',
    { event_name: 'new_item', data: { item: { id: 1, title: 'TypeError', level: 40 } } },
    'firing',
  ],
  [
    'Rollbar, deploy',
    { event_name: 'deploy', data: { deploy: { id: 1, environment: 'production' } } },
    'other',
  ],
  [
    'Bugsnag',
    {
      trigger: { type: 'firstException', message: 'New error' },
      error: { id: 'e', exceptionClass: 'TypeError', message: 'x', status: 'open' },
      project: { name: 'shop' },
    },
    'firing',
  ],
  [
    'Bugsnag, fixed',
    {
      trigger: { type: 'errorStateManualChange', stateChange: 'fixed', message: 'x' },
      error: { id: 'e', message: 'x', status: 'fixed' },
    },
    'resolved',
  ],
  [
    'Raygun',
    {
      event: 'error_notification',
      eventType: 'NewErrorOccurred',
      error: { url: 'https://raygun.example', message: 'x', totalOccurrences: 1 },
    },
    'firing',
  ],
  [
    'Honeybadger, a check-in reports again',
    {
      event: 'check_in_reporting',
      message: '[Shop] REPORTING: backup',
      project: { fault_count: 0 },
      check_in: { id: 'c' },
    },
    'resolved',
  ],
  [
    'AppSignal style',
    {
      exception: { exception: 'TypeError', message: 'x' },
      site: 'shop',
      action: 'Cart#show',
      message: 'TypeError: x',
    },
    'firing',
  ],
  ['GitHub Actions, failed', build('failure'), 'firing'],
  ['GitHub Actions, passed', build('success'), 'resolved'],
  ['GitHub Actions, cancelled', build('cancelled'), 'other'],
  [
    'GitLab pipeline, failed',
    {
      object_kind: 'pipeline',
      object_attributes: { status: 'failed', ref: 'main' },
      project: { name: 'shop' },
    },
    'firing',
  ],
  [
    'GitLab pipeline, running',
    { object_kind: 'pipeline', object_attributes: { status: 'running' }, project: { name: 'shop' } },
    'other',
  ],
  [
    'Jenkins notification plugin',
    { name: 'shop', url: 'job/shop', build: { number: 5, phase: 'FINALIZED', status: 'FAILURE' } },
    'firing',
  ],
  [
    'Jenkins, success',
    { name: 'shop', build: { number: 6, phase: 'FINALIZED', status: 'SUCCESS' } },
    'resolved',
  ],
  ['Jenkins, started', { name: 'shop', build: { number: 6, phase: 'STARTED' } }, 'other'],
  [
    'CircleCI',
    { type: 'workflow-completed', workflow: { name: 'build', status: 'failed' }, project: { name: 'shop' } },
    'firing',
  ],
  [
    'Travis CI',
    {
      number: '1',
      status: 1,
      result: 1,
      status_message: 'Broken',
      state: 'failed',
      repository: { name: 'shop' },
      message: 'commit',
    },
    'firing',
  ],
  [
    'Travis CI, fixed',
    { number: '2', status: 0, result: 0, status_message: 'Fixed', state: 'passed', message: 'commit' },
    'resolved',
  ],
  [
    'AppVeyor',
    {
      eventName: 'build_failure',
      eventData: { passed: false, failed: true, status: 'Failure', projectName: 'shop' },
    },
    'firing',
  ],
  [
    'AppVeyor, success',
    {
      eventName: 'build_success',
      eventData: { passed: true, failed: false, status: 'Success', projectName: 'shop' },
    },
    'resolved',
  ],
  ['Codeship', { build: { build_id: 1, project_name: 'shop', status: 'error', message: 'm' } }, 'firing'],
  [
    'Codeship, waiting',
    { build: { build_id: 1, project_name: 'shop', status: 'waiting', message: 'm' } },
    'other',
  ],
  [
    'Semaphore 2',
    {
      pipeline: { name: 'CI', state: 'done', result: 'failed' },
      project: { name: 'shop' },
      version: '1.0.0',
    },
    'firing',
  ],
  [
    'Buildkite',
    { event: 'build.finished', build: { state: 'failed', message: 'm' }, pipeline: { name: 'shop' } },
    'firing',
  ],
  ['Buildkite, ping', { event: 'ping', service: { id: 's' }, message: 'hello' }, 'other'],
  [
    'dbt Cloud, errored',
    {
      eventType: 'job.run.errored',
      data: { jobName: 'nightly', runStatus: 'Errored', runStatusMessage: 'x' },
    },
    'firing',
  ],
  [
    'dbt Cloud, completed',
    { eventType: 'job.run.completed', data: { jobName: 'nightly', runStatus: 'Success', runStatusCode: 10 } },
    'resolved',
  ],
  [
    'Rundeck, success',
    {
      trigger: 'success',
      status: 'succeeded',
      execution: { id: 3, status: 'succeeded', job: { name: 'backup' } },
    },
    'resolved',
  ],
  [
    'Netlify, ready',
    { site_id: 's', deploy_url: 'https://d.example', state: 'ready', name: 'shop' },
    'other',
  ],
  ['Vercel', { type: 'deployment.error', payload: { name: 'shop', deployment: { id: 'd' } } }, 'firing'],
  [
    'Heroku release',
    {
      action: 'update',
      resource: 'release',
      data: { status: 'succeeded', app: { name: 'shop' }, description: 'Deploy' },
    },
    'resolved',
  ],
  [
    'SonarQube, gate fails',
    {
      taskId: 't',
      status: 'SUCCESS',
      project: { name: 'shop' },
      qualityGate: { name: 'Way', status: 'ERROR' },
    },
    'firing',
  ],
  ['a comment', { event: 'comment.created', comment: { body: 'looking' }, title: 'Errors' }, 'other'],
];

describe('pagers, error trackers and builds', () => {
  it.each(rows)('%s', (_vendor, payload, state) => {
    expect(readAlerts(any, payload).map((alert) => alert.state)).toEqual([state]);
  });
});
