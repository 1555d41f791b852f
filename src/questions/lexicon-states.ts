import { all, filter, type Entry } from './phrases.ts';
import type { Sense } from './senses.ts';
import type { Moment } from './spec.ts';

/** What becomes of an incident, how long that takes, and whether it was in time. */
export function statesAndSpans(): Entry[] {
  return [...spans(), ...states(), ...promises()];
}

function spans(): Entry[] {
  const of = {
    detect: ['time to detect', 'time to detection', 'detection time', 'detection times'],
    acknowledge: [
      'time to acknowledge|time to ack|time to acknowledgement|time to acknowledgment|acknowledgement time',
      'acknowledgment time|acknowledgement times|acknowledgment times|ack time|ack times',
      'time to respond|response time|response times|reaction time|reaction times',
    ],
    resolve: [
      'time to resolve|time to resolution|resolution time|resolution times|time to recover|time to recovery',
      'time to restore|time to repair|time to fix|resolve time|recovery time|fix time',
    ],
  } as const;
  const short = { detect: 'mttd', acknowledge: 'mtta', resolve: 'mttr' } as const;
  return [
    ...(['detect', 'acknowledge', 'resolve'] as const).flatMap((it): Entry[] => [
      ...all({ is: 'span', of: it, statistic: null }, of[it].join('|')),
      ...all({ is: 'span', of: it, statistic: 'mean' }, short[it]),
    ]),
    ...all({ is: 'statistic', statistic: 'mean' }, 'mean|average|avg|on average'),
    ...all({ is: 'statistic', statistic: 'p50' }, 'median|p50|50th percentile|typical|typically'),
    ...all({ is: 'statistic', statistic: 'p95' }, 'p95|95th percentile|95 percentile'),
    ...all(
      { is: 'share' },
      'percentage of|percentage|percent|percent of|share|share of|what share of|%|rate',
    ),
    ...all({ is: 'share' }, '% of|proportion of|proportion'),
  ];
}

function states(): Entry[] {
  const moment = (it: Moment): Sense => ({ is: 'moment', moment: it });
  const acknowledged =
    'acknowledged|acked|acknowledge|ack|acknowledging|to acknowledge|to ack|to be acknowledged|to get acknowledged|to react';
  return [
    ...all(
      moment('opened'),
      'opened|created|declared|raised|reported|did we open|did we have|have we had|did we get|did we see|were there|began|started|new',
    ),
    ...all(moment('acknowledged'), acknowledged),
    ...all(
      moment('resolved'),
      'resolved|fixed|solved|resolve|fix|resolving|fixing|did we resolve|did we fix|to resolve|to fix|to be resolved|to get resolved|to be fixed|to resolve them',
    ),
    ...all(moment('closed'), 'closed|close|did we close'),
    ...all(
      moment('reopened'),
      'reopened|reopen|to reopen|re opened|opened again|came back|had to be reopened',
    ),
    ...all(moment('escalated'), 'escalated|escalations|had to be escalated'),
    ...all(
      { is: 'open' },
      'open|still open|unresolved|ongoing|active|not resolved|not yet resolved|not resolved yet|not closed|outstanding|not fixed|unfinished|still unresolved|still active|running',
    ),
    ...all(
      filter('acknowledged', 'is', ['no']),
      'unacknowledged|not acknowledged|not yet acknowledged|not acknowledged yet|nobody acknowledged|nobody has acknowledged|unacked|waiting for acknowledgment|waiting for acknowledgement|waiting for somebody|waiting to be acknowledged|no one acknowledged|still unacknowledged|have not been acknowledged|not been acknowledged|not been acknowledged yet',
    ),
    ...all(
      filter('assignee', 'is_empty', []),
      'unassigned|not assigned|nobody assigned|without an assignee|without assignee|without an owner|without owner|with no owner|with no assignee|not assigned to anybody|not assigned to anyone|no owner|no assignee|unowned',
    ),
  ];
}

function promises(): Entry[] {
  const late = (...values: string[]) => filter('late', 'is', values);
  return [
    ...all(
      late('acknowledgment'),
      'acknowledged late|acknowledged too late|late acknowledged|late acknowledgments|late acknowledgements|not acknowledged in time|not acknowledged on time|acked late|late acks|missed the acknowledgment sla|missed the acknowledgement sla|breached the acknowledgment sla|breached the acknowledgement sla|acknowledgment sla breaches|acknowledgement sla breaches|acknowledgment breaches|acknowledgement breaches',
    ),
    ...all(
      late('resolution'),
      'resolved late|resolved too late|not resolved in time|not resolved on time|late resolved|late resolutions|missed the resolution sla|breached the resolution sla|resolution sla breaches|resolution breaches|fixed late|fixed too late',
    ),
    ...all(
      late('acknowledgment', 'resolution'),
      'sla breaches|sla breach|break the sla|miss the sla|breach the sla|breach their sla|miss their sla|break their sla|breached the sla|breached their sla|breached sla|breached an sla|missed the sla|missed their sla|missed sla|broke the sla|broke sla|broke their sla|sla violations|sla violation|violated the sla|violated their sla|out of sla|outside sla|outside of sla|broken promises|late|breached|sla misses',
    ),
    ...all(
      { is: 'in-time', of: 'acknowledgment', share: true },
      'acknowledgment sla compliance|acknowledgement sla compliance|acknowledgment compliance|acknowledgement compliance|compliance with the acknowledgment sla',
    ),
    ...all(
      { is: 'in-time', of: 'resolution', share: true },
      'resolution sla compliance|resolution compliance|compliance with the resolution sla',
    ),
    ...all(
      { is: 'in-time', of: 'acknowledgment' },
      'acknowledged in time|acknowledged on time|acknowledge in time|acknowledge on time|ack in time|ack on time|acknowledged within the sla|acknowledged within sla|acknowledged within their sla|acknowledgment sla|acknowledgement sla|sla for acknowledgment|acked in time',
    ),
    ...all(
      { is: 'in-time', of: 'resolution' },
      'resolved in time|resolved on time|resolve in time|resolve on time|fix in time|fix on time|resolved within the sla|resolved within sla|resolved within their sla|resolution sla|sla for resolution|fixed in time|fixed on time',
    ),
  ];
}
