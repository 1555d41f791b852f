import {
  by,
  inBerlin,
  isOpen,
  mean,
  meansBy,
  numbers,
  opened,
  percentile,
  seen,
  shareKept,
  toAcknowledge,
  toDetect,
  toResolve,
} from './expected.ts';
import type { Kind } from './kind.ts';

export const GROUPS: readonly Kind[] = [
  {
    name: 'by service',
    wordings: [
      'how many incidents per service {time}?',
      'incidents by service {time}',
      'which services had the most incidents {time}?',
      'break down incidents by service {time}',
      'top 10 services with the most incidents {time}',
      'what service caused the most incidents {time}?',
    ],
    right: (store, it) => by(opened(store, it), ({ service }) => service),
  },
  {
    name: 'by severity',
    wordings: [
      'how many incidents per severity {time}?',
      'incidents by severity {time}',
      'number of incidents for each severity {time}',
      'severity breakdown of incidents {time}',
    ],
    right: (store, it) => by(opened(store, it), ({ severity }) => severity),
  },
  {
    name: 'by team, of a severity',
    wordings: [
      'how many {severity} incidents per team {time}?',
      'which team had the most {severity} incidents {time}?',
      '{severity} incidents grouped by team {time}',
      'teams with the most {severity} incidents {time}',
    ],
    right: (store, it) =>
      by(
        opened(store, it).filter(({ severity }) => severity === it.severity),
        ({ team }) => team,
      ),
  },
  {
    name: 'by rule',
    wordings: [
      'which rules opened the most incidents {time}?',
      'incidents per rule {time}',
      'how many incidents did each rule open {time}',
      'which alert rule created the most incidents {time}?',
    ],
    right: (store, it) => by(opened(store, it), ({ rule }) => rule),
  },
  {
    name: 'open by assignee',
    wordings: [
      'who has the most open incidents?',
      'open incidents per assignee',
      'how many open incidents does each person have?',
      'how many incidents are open per responder right now',
    ],
    right: (store) => by(seen(store).filter(isOpen), ({ assignee }) => assignee),
  },
  {
    name: 'by day',
    wordings: [
      'how many incidents per day {time}?',
      'daily incidents {time}',
      'incidents by day {time}',
      'number of incidents each day {time}',
    ],
    right: (store, it) => by(opened(store, it), (row) => inBerlin(row.opened).toISOString().slice(0, 10)),
  },
  {
    name: 'by month',
    wordings: [
      'how many incidents per month {time}?',
      'monthly incidents {time}',
      'incidents by month {time}',
      'number of incidents for every month {time}',
    ],
    right: (store, it) => by(opened(store, it), (row) => inBerlin(row.opened).toISOString().slice(0, 7)),
  },
  {
    name: 'by hour',
    wordings: [
      'at what hour of the day do incidents happen {time}?',
      'incidents per hour of the day {time}',
      'at what time of day do most incidents occur {time}?',
      'how many incidents by hour {time}',
    ],
    right: (store, it) =>
      by(opened(store, it), (row) => `${inBerlin(row.opened).toISOString().slice(11, 13)}:00`),
  },
  {
    name: 'mean time to resolve by team',
    wordings: [
      'MTTR per team {time}',
      'what is the average time to resolve for each team {time}?',
      'mean time to resolution by team {time}',
      'which team is the slowest to resolve incidents {time}?',
    ],
    right: (store, it) => meansBy(opened(store, it), ({ team }) => team, toResolve),
  },
  {
    name: 'median time to resolve by severity',
    wordings: [
      'median time to resolve per severity {time}',
      'what is the median resolution time by severity {time}?',
      'p50 time to resolve for each severity {time}',
      'median time to fix incidents grouped by severity {time}',
    ],
    right: (store, it) => meansBy(opened(store, it), ({ severity }) => severity, toResolve, percentile(0.5)),
  },
];

export const LENGTHS: readonly Kind[] = [
  {
    name: 'mean time to resolve',
    wordings: [
      'what is our MTTR {time}?',
      'how long did it take to resolve incidents {time}?',
      'average time to resolution {time}',
      'what was the mean time to recovery {time}?',
      'how quickly did we fix incidents {time}?',
      'how long do incidents take to be resolved {time}?',
    ],
    right: (store, it) => ({ value: mean(numbers(toResolve, opened(store, it))) }),
  },
  {
    name: 'mean time to resolve a severity',
    wordings: [
      'what is the MTTR of {severity} incidents {time}?',
      'how long did it take us to resolve {severity} incidents {time}?',
      'average resolution time for {severity}s {time}',
      'how fast do we resolve {severity} incidents {time}',
    ],
    right: (store, it) => ({
      value: mean(
        numbers(
          toResolve,
          opened(store, it).filter(({ severity }) => severity === it.severity),
        ),
      ),
    }),
  },
  {
    name: 'mean time to acknowledge',
    wordings: [
      'what is our MTTA {time}?',
      'how quickly do we acknowledge incidents {time}?',
      'average response time {time}',
      'mean time to acknowledge incidents {time}',
      'how long does it take to ack an incident {time}?',
    ],
    right: (store, it) => ({ value: mean(numbers(toAcknowledge, opened(store, it))) }),
  },
  {
    name: 'mean time to detect',
    wordings: [
      'what is the MTTD {time}?',
      'mean time to detect {time}',
      'average detection time {time}',
      'average time to detect incidents {time}',
    ],
    right: (store, it) => ({ value: mean(numbers(toDetect, opened(store, it))) }),
  },
  {
    name: '95th percentile of the time to resolve',
    wordings: [
      'p95 time to resolve {time}',
      'what is the 95th percentile of resolution time {time}?',
      'p95 resolution time of incidents {time}',
      'what was the p95 of the time to resolve {time}',
    ],
    right: (store, it) => ({ value: percentile(0.95)(numbers(toResolve, opened(store, it))) }),
  },
  {
    name: 'median time to acknowledge',
    wordings: [
      'median time to acknowledge {time}',
      'what is the median response time {time}?',
      'p50 acknowledgement time {time}',
      'what was the median time to ack {time}?',
    ],
    right: (store, it) => ({ value: percentile(0.5)(numbers(toAcknowledge, opened(store, it))) }),
  },
  {
    name: 'share acknowledged in time',
    wordings: [
      'what share of incidents was acknowledged in time {time}?',
      'percentage of incidents acknowledged within SLA {time}',
      'what is our acknowledgment SLA compliance {time}?',
      'what percent of incidents were acknowledged on time {time}',
    ],
    right: (store, it) =>
      shareKept(
        opened(store, it),
        ({ lateAck }) => lateAck,
        ({ acknowledged }) => acknowledged,
      ),
  },
  {
    name: 'share resolved in time',
    wordings: [
      'what share of incidents was resolved in time {time}?',
      'percentage of incidents resolved within SLA {time}',
      'resolution SLA compliance {time}',
      'what proportion of incidents did we resolve on time {time}?',
    ],
    right: (store, it) =>
      shareKept(
        opened(store, it),
        ({ lateFix }) => lateFix,
        ({ resolved }) => resolved,
      ),
  },
];
