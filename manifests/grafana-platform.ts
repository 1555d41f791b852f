import type { Board } from './grafana-types.ts';

export const PLATFORM: Board = {
  name: 'platform',
  title: 'platform',
  rows: [
    {
      title: 'Processes',
      panels: [
        {
          type: 'timeseries',
          title: 'CPU',
          about: 'Of one core each.',
          unit: 'percentunit',
          queries: {
            '{{instance}}':
              'rate(process_cpu_seconds_total[$__rate_interval]) and on (instance) incident_manager_info',
          },
        },
        {
          type: 'timeseries',
          title: 'Memory',
          about: 'What the system has given, and what JavaScript uses of it.',
          unit: 'bytes',
          queries: {
            '{{instance}} resident': 'process_resident_memory_bytes and on (instance) incident_manager_info',
            '{{instance}} heap': 'nodejs_heap_size_used_bytes',
          },
        },
        {
          type: 'timeseries',
          title: 'Lag of the event loop, p99',
          about: 'How long what is ready waits for its turn. Above a tenth of a second everything is slow.',
          unit: 's',
          danger: 0.1,
          queries: { '{{instance}}': 'nodejs_eventloop_lag_p99_seconds' },
        },
        {
          type: 'timeseries',
          title: 'Collecting garbage',
          about: 'Share of the time.',
          unit: 'percentunit',
          queries: {
            '{{instance}} {{kind}}':
              'sum by (instance, kind) (rate(nodejs_gc_duration_seconds_sum[$__rate_interval]))',
          },
        },
      ],
    },
    {
      title: 'Database',
      panels: [
        {
          type: 'timeseries',
          title: 'Connections',
          about: 'In use, and who waits for one. Who waits for long is slow and not lost.',
          unit: 'short',
          queries: {
            '{{instance}} in use': 'db_connections_in_use',
            '{{instance}} waiting': 'db_connections_waiting',
          },
        },
        {
          type: 'timeseries',
          title: 'Events not handed on',
          about: 'Committed, and not with the queue yet. It should be near nothing.',
          unit: 'short',
          queries: { events: 'max(outbox_events)' },
        },
        {
          type: 'timeseries',
          title: 'Parts and leases',
          about: 'What each process reaches, and which one has which lease.',
          unit: 'short',
          queries: { '{{instance}} {{part}}': 'part_up', '{{instance}} has {{lease}}': 'lease_held' },
        },
      ],
    },
    {
      title: 'Queue',
      panels: [
        {
          type: 'timeseries',
          title: 'Jobs',
          about:
            'Ready: due and not begun. Delayed: after a failure, or while a destination is left alone. Dead: given up.',
          unit: 'short',
          queries: { '{{lane}}': 'max by (lane) (queue_depth)' },
        },
        {
          type: 'timeseries',
          title: 'Ready jobs by class',
          about: 'Whose slots they wait for; the program itself has no name.',
          unit: 'short',
          queries: { '{{class}}': 'max by (class) (queue_class_jobs{state="ready"})' },
        },
        {
          type: 'timeseries',
          title: 'The oldest',
          about: 'For how long the oldest job that is ready has been due.',
          unit: 's',
          queries: { seconds: 'max(queue_oldest_seconds{lane="ready"})' },
        },
      ],
    },
    {
      title: 'Timers',
      panels: [
        {
          type: 'timeseries',
          title: 'How late timers fire',
          about: 'Escalations, reminders and promises go by them.',
          unit: 's',
          danger: 1,
          queries: {
            p50: 'histogram_quantile(0.5, sum by (le) (rate(timer_lateness_seconds_bucket[$__rate_interval])))',
            p99: 'histogram_quantile(0.99, sum by (le) (rate(timer_lateness_seconds_bucket[$__rate_interval])))',
            overdue: 'max(timers_overdue_seconds)',
          },
        },
        {
          type: 'timeseries',
          title: 'Timers',
          about: 'That are set.',
          unit: 'short',
          queries: { waiting: 'max(timers_waiting)' },
        },
        {
          type: 'timeseries',
          title: 'Traces',
          about: 'Spans that a collector took, and those that went nowhere.',
          unit: 'short',
          queries: {
            exported: 'sum(rate(trace_spans_exported_total[$__rate_interval]))',
            'dropped: {{why}}': 'sum by (why) (rate(trace_spans_dropped_total[$__rate_interval]))',
          },
        },
      ],
    },
  ],
};

export const MODELS: Board = {
  name: 'models',
  title: 'models and money',
  rows: [
    {
      title: 'Money',
      panels: [
        {
          type: 'stat',
          title: 'USD, 24 h',
          about: 'What models cost in a day, as far as their prices are known.',
          unit: 'currencyUSD',
          queries: { usd: 'sum(increase(model_usd_total[24h])) or vector(0)' },
        },
        {
          type: 'stat',
          title: 'Calls of unknown cost, 24 h',
          about: 'Tell the prices of these models with LLM_PRICES.',
          unit: 'short',
          queries: { calls: 'round(sum(increase(model_cost_unknown_total[24h]))) or vector(0)' },
        },
        {
          type: 'stat',
          title: 'Left alone',
          about: 'Models that fail, and are not asked for a minute.',
          unit: 'short',
          danger: 1,
          queries: { models: 'sum(max by (provider, model) (model_left_alone)) or vector(0)' },
        },
      ],
    },
    {
      title: 'What it is for',
      panels: [
        {
          type: 'timeseries',
          title: 'USD by task',
          about: 'In an hour.',
          unit: 'currencyUSD',
          queries: { '{{task}} {{model}}': 'sum by (task, model) (increase(model_usd_total[1h]))' },
        },
        {
          type: 'timeseries',
          title: 'Tokens',
          about: 'What was read anew is dear, what was cached is cheap, and what is written is dearest.',
          unit: 'short',
          queries: { '{{kind}}': 'sum by (kind) (rate(model_tokens_total[$__rate_interval]))' },
        },
      ],
    },
    {
      title: 'How they do',
      panels: [
        {
          type: 'timeseries',
          title: 'Answers by verdict',
          about: 'What is not accepted is answered by rules.',
          unit: 'short',
          queries: { '{{verdict}}': 'sum by (verdict) (increase(model_calls_total[1h]))' },
        },
        {
          type: 'timeseries',
          title: 'How long an answer takes, p95',
          about: 'Nobody waits for it before he is paged.',
          unit: 's',
          queries: {
            '{{task}}':
              'histogram_quantile(0.95, sum by (le, task) (rate(model_call_duration_seconds_bucket[$__rate_interval])))',
          },
        },
        {
          type: 'timeseries',
          title: 'Answers used again',
          about: 'Share of the questions that were answered within the hour before.',
          unit: 'percentunit',
          queries: {
            share: 'sum(rate(model_calls_total{verdict="cached"}[1h])) / sum(rate(model_calls_total[1h]))',
          },
        },
      ],
    },
  ],
};
