import { QUICK, SLOW, type Make } from './make.ts';

/** What comes in by HTTP: rate, errors, duration. */
export function requestMetrics({ counter, histogram }: Make) {
  return {
    total: counter('http_requests_total', 'Requests answered.', 'method', 'route', 'status'),
    durations: histogram(
      'http_request_duration_seconds',
      'From the request to its answer.',
      QUICK,
      'method',
      'route',
    ),
  };
}

/** What is done with it: alerts, reactions, timers, commands. */
export function workMetrics({ counter, histogram }: Make) {
  return {
    batches: histogram(
      'intake_batch_alerts',
      'Alerts committed together.',
      [1, 2, 5, 10, 25, 50, 100, 250, 500],
    ),
    commits: histogram(
      'intake_commit_seconds',
      'How long a batch took from its begin to its commit.',
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    ),
    alerts: counter(
      'alerts_total',
      'Alerts stored; `folded`: those that said again what was known.',
      'outcome',
    ),
    streamed: counter(
      'stream_messages_total',
      'Messages of the queues that alerts come by: `taken`, put aside as `dead`, or left there for `later`.',
      'stream',
      'outcome',
    ),
    reactions: counter('reactions_total', 'Reactions run, by what came of it.', 'reaction', 'outcome'),
    reactionSeconds: histogram('reaction_duration_seconds', 'How long a reaction ran.', SLOW, 'reaction'),
    lateness: histogram(
      'timer_lateness_seconds',
      'How long after its time a timer fired.',
      [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 60],
      'kind',
    ),
    commands: counter(
      'commands_total',
      'Commands that people gave; `refused`: they were told what to do instead.',
      'command',
      'outcome',
    ),
    commandSeconds: histogram('command_duration_seconds', 'How long a command took.', QUICK, 'command'),
  };
}
