import type { Board } from './grafana-types.ts';

export const INTAKE: Board = {
  name: 'intake',
  title: 'intake',
  rows: [
    {
      title: 'Requests',
      panels: [
        {
          type: 'timeseries',
          title: 'Requests',
          about: 'Answered in a second, by route.',
          unit: 'reqps',
          queries: {
            '{{method}} {{route}}':
              'topk(10, sum by (method, route) (rate(http_requests_total[$__rate_interval])))',
          },
        },
        {
          type: 'timeseries',
          title: 'Errors',
          about: '5xx are ours; 429 and 503 of the intake tell senders to come back.',
          unit: 'reqps',
          queries: {
            '{{status}}': 'sum by (status) (rate(http_requests_total{status=~"4..|5.."}[$__rate_interval]))',
          },
        },
        {
          type: 'timeseries',
          title: 'How long requests take',
          about: 'Until the answer was handed over.',
          unit: 's',
          danger: 2,
          queries: {
            p50: 'histogram_quantile(0.5, sum by (le) (rate(http_request_duration_seconds_bucket[$__rate_interval])))',
            p95: 'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[$__rate_interval])))',
            p99: 'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[$__rate_interval])))',
          },
        },
      ],
    },
    {
      title: 'Alerts',
      panels: [
        {
          type: 'timeseries',
          title: 'Alerts stored',
          about: 'Folded ones said again what was known.',
          unit: 'short',
          queries: { '{{outcome}}': 'sum by (outcome) (rate(alerts_total[$__rate_interval]))' },
        },
        {
          type: 'timeseries',
          title: 'Folded',
          about: 'Share of the alerts that woke nobody.',
          unit: 'percentunit',
          queries: {
            share:
              'sum(rate(alerts_total{outcome="folded"}[$__rate_interval])) / sum(rate(alerts_total[$__rate_interval]))',
          },
        },
        {
          type: 'timeseries',
          title: 'Refused',
          about: 'Senders keep what is refused, and send it again.',
          unit: 'reqps',
          danger: 0.001,
          queries: {
            '{{status}}':
              'sum by (status) (rate(http_requests_total{route=~"/api/v1/events.*|(/api/v1)?/webhooks/.*",status=~"429|503"}[$__rate_interval]))',
          },
        },
      ],
    },
    {
      title: 'Batches',
      panels: [
        {
          type: 'timeseries',
          title: 'How many wait',
          about: 'Alerts that are taken in and not committed yet.',
          unit: 'short',
          queries: { '{{instance}}': 'intake_depth' },
        },
        {
          type: 'timeseries',
          title: 'Alerts in a batch',
          about: 'What arrives while one is committed goes into the next: batches grow with the load.',
          unit: 'short',
          queries: {
            mean: 'sum(rate(intake_batch_alerts_sum[$__rate_interval])) / sum(rate(intake_batch_alerts_count[$__rate_interval]))',
            p95: 'histogram_quantile(0.95, sum by (le) (rate(intake_batch_alerts_bucket[$__rate_interval])))',
          },
        },
        {
          type: 'timeseries',
          title: 'How long a commit takes',
          about: 'From the begin of a batch to its commit.',
          unit: 's',
          queries: {
            p50: 'histogram_quantile(0.5, sum by (le) (rate(intake_commit_seconds_bucket[$__rate_interval])))',
            p95: 'histogram_quantile(0.95, sum by (le) (rate(intake_commit_seconds_bucket[$__rate_interval])))',
          },
        },
        {
          type: 'timeseries',
          title: 'From queues',
          about: 'Messages of RabbitMQ, by what became of them.',
          unit: 'short',
          queries: {
            '{{stream}} {{outcome}}':
              'sum by (stream, outcome) (rate(stream_messages_total[$__rate_interval]))',
            '{{stream}} connected': 'max by (stream) (stream_connected)',
          },
        },
      ],
    },
  ],
};

export const DELIVERY: Board = {
  name: 'delivery',
  title: 'delivery',
  rows: [
    {
      title: 'Pages',
      panels: [
        {
          type: 'timeseries',
          title: 'Pages',
          about: 'Handed over, or given up on a channel.',
          unit: 'short',
          queries: {
            '{{channel}} {{outcome}}': 'sum by (channel, outcome) (rate(pages_total[$__rate_interval]))',
          },
        },
        {
          type: 'timeseries',
          title: 'How late a page goes, p99',
          about: 'From the time it was due until it was handed over.',
          unit: 's',
          danger: 60,
          queries: {
            '{{channel}}':
              'histogram_quantile(0.99, sum by (le, channel) (rate(page_lateness_seconds_bucket[$__rate_interval])))',
          },
        },
        {
          type: 'stat',
          title: 'The last test page',
          about: 'From its time until it was taken. 0: none was yet.',
          unit: 's',
          queries: { seconds: 'max(synthetic_page_latency_seconds)' },
        },
      ],
    },
    {
      title: 'Destinations',
      panels: [
        {
          type: 'timeseries',
          title: 'Calls',
          about: 'Made in a second.',
          unit: 'reqps',
          queries: {
            '{{destination}}': 'sum by (destination) (rate(destination_calls_total[$__rate_interval]))',
          },
        },
        {
          type: 'timeseries',
          title: 'Failures',
          about: 'Share of the calls that speak against the destination.',
          unit: 'percentunit',
          danger: 0.3,
          queries: {
            '{{destination}}':
              'sum by (destination) (rate(destination_calls_total{outcome="failed"}[$__rate_interval])) / sum by (destination) (rate(destination_calls_total[$__rate_interval]))',
          },
        },
        {
          type: 'timeseries',
          title: 'How long calls take, p95',
          about: 'Those that are made.',
          unit: 's',
          queries: {
            '{{destination}}':
              'histogram_quantile(0.95, sum by (le, destination) (rate(destination_call_duration_seconds_bucket[$__rate_interval])))',
          },
        },
      ],
    },
    {
      title: 'Breakers',
      panels: [
        {
          type: 'timeseries',
          title: 'State',
          about: '0: it is called; 1: it is tried; 2: it is left alone.',
          unit: 'short',
          danger: 2,
          queries: { '{{destination}}': 'max by (destination) (breaker_state)' },
        },
        {
          type: 'timeseries',
          title: 'For how long',
          about: 'It has been left alone, probes included.',
          unit: 's',
          danger: 300,
          queries: { '{{destination}}': 'max by (destination) (breaker_open_seconds)' },
        },
        {
          type: 'timeseries',
          title: 'Opened, in an hour',
          about: 'Three times: it comes and goes.',
          unit: 'short',
          danger: 3,
          queries: { '{{destination}}': 'max by (destination) (increase(breaker_opened_total[1h]))' },
        },
        {
          type: 'timeseries',
          title: 'Calls not made',
          about: 'Because it is left alone. What is not urgent waits.',
          unit: 'reqps',
          danger: 10,
          queries: {
            '{{destination}}': 'sum by (destination) (rate(breaker_rejections_total[$__rate_interval]))',
          },
        },
      ],
    },
    {
      title: 'Reactions',
      panels: [
        {
          type: 'timeseries',
          title: 'Reactions',
          about: 'What the bot does by itself, in a second.',
          unit: 'short',
          queries: {
            '{{reaction}}': 'topk(10, sum by (reaction) (rate(reactions_total[$__rate_interval])))',
          },
        },
        {
          type: 'timeseries',
          title: 'Those that did not succeed',
          about: 'Retried, or given up.',
          unit: 'short',
          queries: {
            '{{reaction}} {{outcome}}':
              'sum by (reaction, outcome) (rate(reactions_total{outcome!="done"}[$__rate_interval]))',
          },
        },
        {
          type: 'timeseries',
          title: 'How long they run, p95',
          about: 'The slowest ten.',
          unit: 's',
          queries: {
            '{{reaction}}':
              'topk(10, histogram_quantile(0.95, sum by (le, reaction) (rate(reaction_duration_seconds_bucket[$__rate_interval]))))',
          },
        },
      ],
    },
  ],
};
