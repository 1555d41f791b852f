import { MODELS, PLATFORM } from './grafana-platform.ts';
import type { Board } from './grafana-types.ts';
import { DELIVERY, INTAKE } from './grafana-work.ts';

const OVERVIEW: Board = {
  name: 'overview',
  title: 'overview',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          type: 'stat',
          title: 'Open, P0 and P1',
          about: 'Incidents that somebody should be at work on.',
          unit: 'short',
          danger: 1,
          queries: {
            open: 'sum(max by (severity, status) (incidents{severity=~"P0|P1",status!~"RESOLVED|CLOSED"})) or vector(0)',
          },
        },
        {
          type: 'stat',
          title: 'Not acknowledged',
          about: 'Open incidents that nobody has.',
          unit: 'short',
          danger: 1,
          queries: { new: 'sum(max by (severity, status) (incidents{status="NEW"})) or vector(0)' },
        },
        {
          type: 'stat',
          title: 'Pages that reached nobody, 24 h',
          about: 'Everything that was tried for them has failed.',
          unit: 'short',
          danger: 1,
          queries: {
            failed:
              'round(sum(increase(incident_events_total{type="incident.page_failed"}[24h]))) or vector(0)',
          },
        },
        {
          type: 'stat',
          title: 'Promises kept, 7 days',
          about: 'Of the times that were promised for acknowledging and resolving.',
          unit: 'percentunit',
          queries: {
            kept: 'sum(increase(sla_promises_total{outcome="kept"}[7d])) / sum(increase(sla_promises_total[7d]))',
          },
        },
      ],
    },
    {
      title: 'Incidents',
      panels: [
        {
          type: 'timeseries',
          title: 'Open incidents',
          about: 'By severity. The figure is of the database, so the same from every process.',
          unit: 'short',
          queries: {
            '{{severity}}':
              'sum by (severity) (max by (severity, status) (incidents{status!~"RESOLVED|CLOSED"}))',
          },
        },
        {
          type: 'timeseries',
          title: 'What happens',
          about: 'Incidents opened, acknowledged, escalated and resolved in an hour.',
          unit: 'short',
          queries: {
            '{{type}}':
              'sum by (type) (increase(incident_events_total{type=~"incident.(declared|acknowledged|escalated|resolved)"}[1h]))',
          },
        },
      ],
    },
    {
      title: 'How long it takes',
      panels: [
        {
          type: 'timeseries',
          title: 'Time to acknowledge, median',
          about: 'From the opening until somebody has it, of the last day.',
          unit: 's',
          queries: {
            '{{severity}}':
              'histogram_quantile(0.5, sum by (le, severity) (increase(incident_time_to_acknowledge_seconds_bucket[1d])))',
          },
        },
        {
          type: 'timeseries',
          title: 'Time to resolve, median',
          about: 'From the opening until it is resolved, of the last day.',
          unit: 's',
          queries: {
            '{{severity}}':
              'histogram_quantile(0.5, sum by (le, severity) (increase(incident_time_to_resolve_seconds_bucket[1d])))',
          },
        },
        {
          type: 'timeseries',
          title: 'Promises broken',
          about: 'In an hour, by what was promised.',
          unit: 'short',
          danger: 1,
          queries: {
            '{{promise}} {{severity}}':
              'sum by (promise, severity) (increase(sla_promises_total{outcome="breached"}[1h]))',
          },
        },
      ],
    },
    {
      title: 'People',
      panels: [
        {
          type: 'timeseries',
          title: 'Pages',
          about: 'Handed over or given up, by channel, in an hour.',
          unit: 'short',
          queries: { '{{channel}} {{outcome}}': 'sum by (channel, outcome) (increase(pages_total[1h]))' },
        },
        {
          type: 'timeseries',
          title: 'Commands',
          about: 'What people ask of the bot, in an hour.',
          unit: 'short',
          queries: { '{{command}}': 'topk(10, sum by (command) (increase(commands_total[1h])))' },
        },
        {
          type: 'timeseries',
          title: 'How commands end',
          about:
            'A refusal tells the person what to do instead; a failure is a fault of ours or of a platform.',
          unit: 'reqps',
          queries: {
            '{{outcome}}': 'sum by (outcome) (rate(commands_total[$__rate_interval]))',
            'p95 seconds':
              'histogram_quantile(0.95, sum by (le) (rate(command_duration_seconds_bucket[$__rate_interval])))',
          },
        },
      ],
    },
  ],
};

export const BOARDS: readonly Board[] = [OVERVIEW, INTAKE, DELIVERY, PLATFORM, MODELS];
