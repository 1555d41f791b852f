import { isIn, isOpen, opened, seen } from './expected.ts';
import { count, type Kind } from './kind.ts';

export const COUNTS: readonly Kind[] = [
  {
    name: 'incidents in a time',
    wordings: [
      'how many incidents {time}?',
      'number of incidents {time}',
      'How many incidents did we have {time}?',
      'count the incidents {time}',
      'what is the total number of incidents opened {time}?',
      'can you tell me how many incidents there were {time}',
    ],
    right: (store, it) => count(opened(store, it)),
  },
  {
    name: 'of a severity',
    wordings: [
      'how many {severity} incidents {time}?',
      'how many {severity}s did we have {time}',
      'number of {severity} incidents {time}',
      'count of incidents with severity {severity} {time}',
      '{time} how many {severity} incidents were opened?',
    ],
    right: (store, it) => count(opened(store, it).filter(({ severity }) => severity === it.severity)),
  },
  {
    name: 'of a severity or worse',
    wordings: [
      'how many incidents of {severity} or worse {time}?',
      'how many {severity} or higher incidents {time}',
      'number of incidents with at least {severity} {time}',
      'how many {severity}+ incidents did we see {time}?',
    ],
    right: (store, it) => count(opened(store, it).filter(({ severity }) => severity <= it.severity)),
  },
  {
    name: 'of a service',
    wordings: [
      'how many incidents did {service} have {time}?',
      'how many incidents on {service} {time}',
      'number of incidents for the service {service} {time}',
      'How often did we have incidents with {service} {time}?',
      'count incidents of the {service} service {time}',
    ],
    right: (store, it) => count(opened(store, it).filter(({ service }) => service === it.service)),
  },
  {
    name: 'of a team',
    wordings: [
      'how many incidents did the {team} team have {time}?',
      'how many incidents did team {team} handle {time}',
      'number of incidents of {team} {time}',
      'how many incidents were assigned to {team} {time}?',
    ],
    right: (store, it) => count(opened(store, it).filter(({ team }) => team === it.team)),
  },
  {
    name: 'in an environment',
    wordings: [
      'how many incidents in {environment} {time}?',
      'how many {environment} incidents did we have {time}',
      'number of incidents in the {environment} environment {time}',
      '{time}, how many incidents were there in {environment}?',
    ],
    right: (store, it) =>
      count(opened(store, it).filter(({ environment }) => environment === it.environment)),
  },
  {
    name: 'not in an environment',
    wordings: [
      'how many incidents outside {environment} {time}?',
      'how many incidents not in {environment} {time}',
      'number of incidents except {environment} {time}',
      'how many non-{environment} incidents {time}',
    ],
    right: (store, it) =>
      count(opened(store, it).filter(({ environment }) => environment !== it.environment)),
  },
  {
    name: 'of a category',
    wordings: [
      'how many {category} incidents {time}?',
      'number of {category} incidents {time}',
      'how many incidents with category {category} {time}',
      'how many incidents in the category {category} did we have {time}?',
    ],
    right: (store, it) => count(opened(store, it).filter(({ category }) => category === it.category)),
  },
  {
    name: 'from a source',
    wordings: [
      'how many incidents came from {source} {time}?',
      'how many incidents from {source} {time}',
      'number of incidents opened by {source} {time}',
      'how many incidents did {source} raise {time}?',
    ],
    right: (store, it) => count(opened(store, it).filter(({ source }) => source === it.source)),
  },
  {
    name: 'of a rule',
    wordings: [
      'how many incidents did {rule} open {time}?',
      'how many incidents for the rule {rule} {time}',
      'number of {rule} incidents {time}',
      'how often did {rule} lead to incidents {time}?',
    ],
    right: (store, it) => count(opened(store, it).filter(({ rule }) => rule === it.rule)),
  },
  {
    name: 'of two severities of a service',
    wordings: [
      'how many P0 or P1 incidents did {service} have {time}?',
      'number of P0 and P1 incidents on {service} {time}',
      'how many sev1 or sev2 incidents for {service} {time}',
      'how many critical or high severity incidents did {service} have {time}',
    ],
    right: (store, it) =>
      count(opened(store, it).filter((row) => row.service === it.service && row.severity <= 'P1')),
  },
  {
    name: 'open now',
    wordings: [
      'how many incidents are open?',
      'how many open incidents do we have right now?',
      'number of unresolved incidents',
      'how many incidents are still open at the moment',
      'how many active incidents are there?',
      'how many ongoing incidents',
    ],
    right: (store) => count(seen(store).filter(isOpen)),
  },
  {
    name: 'open of a severity',
    wordings: [
      'how many {severity} incidents are open?',
      'how many open {severity} incidents are there currently?',
      'number of unresolved {severity}s',
      'how many {severity} incidents are still unresolved',
    ],
    right: (store, it) => count(seen(store).filter((row) => isOpen(row) && row.severity === it.severity)),
  },
  {
    name: 'opened then and still open',
    wordings: [
      'how many incidents opened {time} are still open?',
      'how many incidents that were opened {time} are still unresolved',
      'number of incidents created {time} and still open',
      'how many of the incidents opened {time} are unresolved?',
    ],
    right: (store, it) => count(opened(store, it).filter(isOpen)),
  },
  {
    name: 'resolved',
    wordings: [
      'how many incidents were resolved {time}?',
      'how many incidents did we resolve {time}',
      'number of incidents fixed {time}',
      'How many incidents have we solved {time}?',
    ],
    right: (store, it) => count(seen(store).filter(({ resolved }) => isIn(it.time, resolved))),
  },
  {
    name: 'closed',
    wordings: [
      'how many incidents were closed {time}?',
      'number of incidents closed {time}',
      'how many incidents did we close {time}',
      'how many closed incidents {time}',
    ],
    right: (store, it) => count(seen(store).filter(({ closed }) => isIn(it.time, closed))),
  },
  {
    name: 'reopened',
    wordings: [
      'how many incidents were reopened {time}?',
      'number of reopened incidents {time}',
      'how many incidents came back {time}',
      'how many incidents did we have to reopen {time}?',
    ],
    right: (store, it) =>
      count(seen(store).filter(({ reopened }) => reopened.some((at) => isIn(it.time, at)))),
  },
  {
    name: 'escalated',
    wordings: [
      'how many incidents were escalated {time}?',
      'number of escalated incidents {time}',
      'how many incidents had to be escalated {time}?',
      'count of escalations {time}',
    ],
    right: (store, it) =>
      count(seen(store).filter(({ escalated }) => escalated.some((at) => isIn(it.time, at)))),
  },
  {
    name: 'acknowledged late',
    wordings: [
      'how many incidents were acknowledged late {time}?',
      'how many incidents were not acknowledged in time {time}',
      'number of incidents acknowledged too late {time}',
      'how many acknowledgement SLA breaches {time}?',
    ],
    right: (store, it) => count(opened(store, it).filter(({ lateAck }) => lateAck)),
  },
  {
    name: 'any broken promise',
    wordings: [
      'how many SLA breaches {time}?',
      'how many incidents breached their SLA {time}',
      'number of incidents that missed the SLA {time}',
      'how often did we break the sla {time}?',
    ],
    right: (store, it) => count(opened(store, it).filter(({ lateAck, lateFix }) => lateAck || lateFix)),
  },
  {
    name: 'resolved late by a team',
    wordings: [
      'how many incidents of team {team} were resolved late {time}?',
      'how many incidents were resolved too late by the {team} team {time}',
      'number of {team} incidents not resolved in time {time}',
      'resolution SLA breaches of the {team} team {time}, how many?',
    ],
    right: (store, it) => count(opened(store, it).filter(({ lateFix, team }) => lateFix && team === it.team)),
  },
];
