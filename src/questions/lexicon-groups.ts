import { NUMBERS } from './phrases-of-time.ts';
import { all, type Entry } from './phrases.ts';
import type { Dimension } from './spec.ts';

/** What rows are told apart by, and in what order they come. */
export function groupsAndOrders(): Entry[] {
  return [...dimensions(), ...orders()];
}

function dimensions(): Entry[] {
  const of = (it: Dimension, one: string, many: string): Entry[] => [
    ...all({ is: 'dimension', dimension: it }, `${one}|${many}`),
  ];
  return [
    ...of('service', 'service|component|system', 'services|components|systems'),
    ...of('severity', 'severity|severity level|sev|priority', 'severities|severity levels|priorities'),
    ...of('category', 'category', 'categories'),
    ...of('team', 'team', 'teams'),
    ...of('assignee', 'assignee|owner|responder', 'assignees|owners|responders'),
    ...of('person', 'person|engineer|colleague|member', 'people|persons|engineers|colleagues|members'),
    ...of(
      'source',
      'source|monitoring system|alert source|monitoring tool',
      'sources|alert sources|monitoring tools|monitoring systems',
    ),
    ...of('environment', 'environment|env|stage of delivery', 'environments|envs'),
    ...of('status', 'status|state', 'statuses|states'),
    ...of('rule', 'rule|alert rule|alerting rule', 'rules|alert rules|alerting rules'),
    ...of('author', 'author', 'authors'),
    ...of('kind', 'kind of change|type of change|change type', 'kinds of change|types of change'),
    ...of('hour', 'hour of the day|hour of day|time of day|time of the day|hour', 'hours of the day'),
    ...of('weekday', 'weekday|day of the week|day of week', 'weekdays|days of the week'),
    ...of('day', 'day|date', 'days|dates'),
    ...of('week', 'week|calendar week', 'weeks'),
    ...of('month', 'month|calendar month', 'months'),
    ...all({ is: 'dimension', dimension: 'hour', each: true }, 'hourly'),
    ...all({ is: 'dimension', dimension: 'day', each: true }, 'daily|day by day'),
    ...all({ is: 'dimension', dimension: 'week', each: true }, 'weekly|week by week'),
    ...all({ is: 'dimension', dimension: 'month', each: true }, 'monthly|month by month'),
    ...all(
      { is: 'each' },
      'per|by|each|for each|every|for every|across|in each|grouped by|group by|broken down by|break down by|split by|by each|for all|sorted into|breakdown by|distributed by|distribution by',
    ),
  ];
}

function orders(): Entry[] {
  return [
    ...all(
      { is: 'order', direction: 'desc' },
      'most|the most|caused the most|causes the most|cause the most|caused most|top|highest|busiest|most often|most frequently|biggest|the most often|most affected|hit most|most common|most frequent|loudest',
    ),
    ...all(
      { is: 'order', direction: 'asc' },
      'fewest|the fewest|least|the least|lowest|quietest|least often',
    ),
    ...all(
      { is: 'rank', by: 'duration', direction: 'desc' },
      'longest|the longest|slowest|longest running|lasted longest|took longest|took the longest|lasted the longest',
    ),
    ...all({ is: 'rank', by: 'duration', direction: 'asc' }, 'shortest|fastest|quickest'),
    ...all({ is: 'rank', by: 'time', direction: 'asc' }, 'oldest|earliest'),
    ...all({ is: 'rank', by: 'time', direction: 'desc' }, 'newest|latest|most recent'),
    ...all({ is: 'rank', by: 'severity', direction: 'desc' }, 'worst|most severe|most critical|gravest'),
    ...NUMBERS.map((word, index): Entry => [word, { is: 'number', number: index + 1 }]),
  ];
}
