import { z } from 'zod';

import type { AlertInput, AlertState } from '../alert.ts';
import { numbers, texts } from '../fields.ts';
import { linksTo } from '../links.ts';
import { DEFAULT_SEVERITY, categoryOf, environmentOf, severityOf } from '../normalise.ts';
import { LabelledAlert, fromLabels } from '../prometheus.ts';
import { defineSource } from '../source.ts';
import { oneOf } from '../variants.ts';

const Unified = z.object({
  alerts: z
    .array(
      LabelledAlert.extend({
        values: z.record(z.string(), z.unknown()).nullish(),
        dashboardURL: z.string().optional(),
        panelURL: z.string().optional(),
        silenceURL: z.string().optional(),
      }),
    )
    .min(1),
  commonLabels: z.record(z.string(), z.string()).default({}),
  externalURL: z.string().optional(),
  groupKey: z.string().optional(),
  title: z.string().optional(),
  state: z.string().optional(),
  truncatedAlerts: z.number().default(0),
});

/** Alerting as it was until Grafana 8, which older servers still send: one rule, a list of series. */
const Legacy = z.object({
  ruleId: z.number(),
  ruleName: z.string(),
  ruleUrl: z.string().optional(),
  state: z.string(),
  title: z.string().optional(),
  message: z.string().nullish(),
  tags: z.unknown().optional(),
  evalMatches: z.array(z.object({ metric: z.string(), value: z.number().nullish() })).nullish(),
});

export const grafana = defineSource({
  name: 'grafana',
  title: 'Grafana Alerting',
  docs: 'https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/',

  payload: oneOf((body) => ('ruleId' in body || 'ruleName' in body ? Legacy : Unified)),

  read: (payload) =>
    'ruleId' in payload ? [fromLegacy(payload)] : [...fromUnified(payload), ...cutOff(payload)],

  samples: [
    {
      name: 'two series of one rule',
      payload: {
        receiver: 'incidents',
        status: 'firing',
        orgId: 1,
        state: 'alerting',
        title: '[FIRING:1] Memory (checkout)',
        groupKey: '{}/{}:{alertname="Memory"}',
        truncatedAlerts: 0,
        externalURL: 'https://grafana.example/',
        commonLabels: { alertname: 'Memory', service: 'checkout' },
        alerts: [
          {
            status: 'firing',
            labels: { alertname: 'Memory', service: 'checkout', severity: 'high', env: 'staging', zone: 'a' },
            annotations: {
              summary: 'checkout uses 93 % of its memory',
              runbook_url: 'https://runbooks.example/mem',
            },
            startsAt: '2026-03-01T09:51:03.157076+02:00',
            endsAt: '0001-01-01T00:00:00Z',
            values: { A: 93.5, B: null },
            generatorURL: 'https://grafana.example/alerting/grafana/afz29v7z/view',
            dashboardURL: 'https://grafana.example/d/ece9fb32',
            panelURL: '',
            fingerprint: 'c6eadffa33fcdf37',
          },
          {
            status: 'resolved',
            labels: { alertname: 'Memory', service: 'checkout', severity: 'high', env: 'staging', zone: 'b' },
            annotations: {},
            startsAt: '2026-03-01T09:40:00+02:00',
            endsAt: '2026-03-01T09:55:00+02:00',
            fingerprint: 'bc97ff14869b13e3',
          },
        ],
      },
      alerts: [
        {
          state: 'firing',
          rule: 'Memory',
          severity: 'P1',
          environment: 'staging',
          metrics: { A: 93.5 },
          at: new Date('2026-03-01T07:51:03.157Z'),
        },
        { state: 'resolved', title: 'Memory', at: new Date('2026-03-01T07:55:00Z') },
      ],
    },
    {
      name: 'legacy alerting, firing',
      payload: {
        dashboardId: 1,
        evalMatches: [{ value: 97.1, metric: 'user', tags: { instance: 'web-1' } }],
        message: 'CPU of the web tier is high.',
        orgId: 1,
        panelId: 2,
        ruleId: 7,
        ruleName: 'CPU alert',
        ruleUrl: 'https://grafana.example/d/abc?panelId=2',
        state: 'alerting',
        tags: { severity: 'warning', service: 'web' },
        title: '[Alerting] CPU alert',
      },
      alerts: [
        {
          state: 'firing',
          rule: 'CPU alert',
          title: 'CPU alert',
          severity: 'P2',
          service: 'web',
          metrics: { user: 97.1 },
        },
      ],
    },
    {
      name: 'legacy alerting, over',
      payload: {
        ruleId: 7,
        ruleName: 'CPU alert',
        state: 'ok',
        title: '[OK] CPU alert',
        evalMatches: [],
        tags: {},
      },
      alerts: [{ state: 'resolved', rule: 'CPU alert', severity: 'P2', originalSeverity: null }],
    },
    {
      name: 'legacy alerting, paused by a person',
      payload: { ruleId: 7, ruleName: 'CPU alert', state: 'paused', title: '[Paused] CPU alert' },
      alerts: [{ state: 'other' }],
    },
  ],
});

function fromUnified({ alerts, commonLabels, externalURL }: z.output<typeof Unified>): AlertInput[] {
  // A template may take the rule's name from the alert and leave it on the group.
  const { alertname } = commonLabels;
  const shared: Record<string, string> = alertname === undefined ? {} : { alertname };
  return alerts.map((alert) => ({
    ...fromLabels({ ...alert, labels: { ...shared, ...alert.labels } }),
    source: 'grafana',
    metrics: numbers(alert.values),
    links: linksTo(
      ['Runbook', alert.annotations['runbook_url']],
      ['Dashboard', alert.dashboardURL],
      ['Panel', alert.panelURL],
      ['Rule', alert.generatorURL],
      ['Silence', alert.silenceURL],
      ['Grafana', externalURL],
    ),
  }));
}

/**
 * A contact point may cut the list at its maximum. Where the group's state then
 * says what none of the listed alerts does (something still fires, though all
 * that is listed is over), the group itself is told as one more alert.
 */
function cutOff(group: z.output<typeof Unified>): AlertInput[] {
  const [first] = group.alerts;
  const state = STATES.get(group.state ?? '');
  const told = group.alerts.some(({ status }) => status === state);
  if (!first || group.truncatedAlerts < 1 || state === undefined || told) return [];
  const labels = group.commonLabels;
  const read = fromLabels({ status: 'firing', labels, annotations: {} });
  return [
    {
      ...read,
      state,
      source: 'grafana',
      title: `${group.truncatedAlerts} more of ${read.rule === '' ? 'this group' : read.rule}, cut off by Grafana`,
      description: group.title ?? '',
      labels: { ...labels, 'cut off': 'true' },
      links: linksTo(['Grafana', group.externalURL]),
      key: group.groupKey === undefined ? null : `group ${group.groupKey}`,
    },
  ];
}

const STATES: ReadonlyMap<string, AlertState> = new Map([
  ['alerting', 'firing'],
  ['no_data', 'firing'],
  ['ok', 'resolved'],
  ['pending', 'other'],
  ['paused', 'other'],
  ['unknown', 'other'],
]);

function fromLegacy({ ruleId, ruleName, ...rule }: z.output<typeof Legacy>): AlertInput {
  const tags = texts(rule.tags);
  const original = tags['severity'] ?? tags['priority'] ?? null;
  return {
    eventId: null,
    source: 'grafana',
    state: STATES.get(rule.state.toLowerCase()) ?? 'firing',
    eventType: 'alert',
    rule: ruleName,
    title: ruleName === '' ? (rule.title ?? 'Grafana alert') : ruleName,
    description: rule.message ?? '',
    severity: severityOf(original) ?? DEFAULT_SEVERITY,
    originalSeverity: original,
    category: categoryOf(tags['category']),
    service: tags['service'] ?? tags['app'] ?? null,
    environment: environmentOf(tags['environment'] ?? tags['env']),
    resource: null,
    labels: tags,
    metrics: Object.fromEntries(
      (rule.evalMatches ?? []).flatMap(({ metric, value }) =>
        typeof value === 'number' ? [[metric, value]] : [],
      ),
    ),
    links: linksTo(['Rule', rule.ruleUrl]),
    key: `rule ${ruleId} ${ruleName}`,
    at: null,
  };
}
