import { z } from 'zod';

import { labelledApart } from '../apart.ts';
import { linksTo } from '../links.ts';
import { LabelledAlert, fromLabels } from '../prometheus.ts';
import { defineSource } from '../source.ts';

/**
 * Webhook version 4. The group's own status is not read: it speaks of the
 * alerts listed, and each of those has one. Severity words are those of every
 * source, so `critical` is P0 (contracts 4.3 leaves P0 or P1 open).
 */
export const alertmanager = defineSource({
  name: 'alertmanager',
  title: 'Prometheus Alertmanager',
  docs: 'https://prometheus.io/docs/alerting/latest/configuration/#webhook_config',

  payload: z.object({
    externalURL: z.string().optional(),
    alerts: z.array(LabelledAlert).min(1),
  }),
  apart: labelledApart,

  read: ({ externalURL, alerts }) =>
    alerts.map((alert) => ({
      ...fromLabels(alert),
      source: 'alertmanager',
      links: linksTo(
        ['Runbook', alert.annotations['runbook_url'] ?? alert.annotations['runbook']],
        ['Dashboard', alert.annotations['dashboard_url'] ?? alert.annotations['dashboard']],
        ['Graph', alert.generatorURL],
        ['Alertmanager', externalURL],
      ),
    })),

  samples: [
    {
      name: 'one target down',
      payload: {
        version: '4',
        groupKey: '{}:{alertname="LLMEdgeAgentDown"}',
        truncatedAlerts: 0,
        status: 'firing',
        receiver: 'incidents',
        groupLabels: { alertname: 'LLMEdgeAgentDown' },
        commonLabels: { alertname: 'LLMEdgeAgentDown', severity: 'critical' },
        commonAnnotations: {},
        externalURL: 'http://alertmanager.example:9093',
        alerts: [
          {
            status: 'firing',
            labels: {
              alertname: 'LLMEdgeAgentDown',
              severity: 'critical',
              component: 'application',
              service: 'edge-agent',
              environment: 'prod',
              instance: 'edge-1.example:9090',
            },
            annotations: {
              summary: 'edge-agent on edge-1 is down',
              description: 'No scrape of edge-1.example:9090 has succeeded for 1 minute.',
              runbook_url: 'https://runbooks.example/edge-agent-down',
            },
            startsAt: '2026-03-01T08:14:32.326990857Z',
            endsAt: '0001-01-01T00:00:00Z',
            generatorURL: 'http://prometheus.example:9090/graph?g0.expr=up+%3D%3D+0',
            fingerprint: '791cec13fcba0368',
          },
        ],
      },
      alerts: [
        {
          state: 'firing',
          rule: 'LLMEdgeAgentDown',
          title: 'edge-agent on edge-1 is down',
          severity: 'P0',
          originalSeverity: 'critical',
          category: 'availability',
          service: 'edge-agent',
          environment: 'production',
          key: '791cec13fcba0368',
          at: new Date('2026-03-01T08:14:32.326Z'),
        },
      ],
    },
    {
      name: 'a group of which one part is over',
      payload: {
        version: '4',
        status: 'firing',
        receiver: 'incidents',
        externalURL: 'http://alertmanager.example:9093',
        alerts: [
          {
            status: 'firing',
            labels: {
              alertname: 'HighLatency',
              severity: 'warning',
              component: 'performance',
              job: 'gateway',
            },
            annotations: { summary: 'p95 latency of gateway is 2.4 s' },
            startsAt: '2026-03-01T08:20:00Z',
            endsAt: '0001-01-01T00:00:00Z',
            generatorURL: '',
            fingerprint: '0c41f7dd81b9a7e2',
          },
          {
            status: 'resolved',
            labels: { alertname: 'CostSpike', severity: 'info', component: 'cost', job: 'gateway' },
            annotations: {},
            startsAt: '2026-03-01T07:00:00Z',
            endsAt: '2026-03-01T08:19:58.5Z',
            generatorURL: '',
            fingerprint: '5ff0ab9a6d3e4c11',
          },
        ],
      },
      alerts: [
        { state: 'firing', severity: 'P2', category: 'performance', service: 'gateway', environment: null },
        {
          state: 'resolved',
          title: 'CostSpike',
          severity: 'P4',
          category: 'cost',
          at: new Date('2026-03-01T08:19:58.500Z'),
        },
      ],
    },
    {
      name: 'an alert with nothing but its name',
      payload: { alerts: [{ status: 'firing', labels: { alertname: 'DiskFull' } }] },
      alerts: [
        {
          state: 'firing',
          title: 'DiskFull',
          severity: 'P2',
          originalSeverity: null,
          service: null,
          at: null,
        },
      ],
    },
  ],
});
