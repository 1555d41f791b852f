import type { ChangeSample } from '../source.ts';

export const genericSamples: readonly ChangeSample[] = [
  {
    name: 'a deploy that begins',
    payload: {
      id: 'rollout-812',
      title: 'Roll out search 5.2',
      service: 'search',
      environment: 'production',
      author: 'ana',
      status: 'started',
      started_at: '2026-03-01T07:50:00Z',
      url: 'https://deploy.example.com/812',
      details: { version: '5.2', hosts: 12 },
    },
    changes: [
      {
        id: 'generic:rollout-812',
        kind: 'deploy',
        service: 'search',
        environment: 'production',
        status: 'started',
        endedAt: null,
        details: { environment: 'production', version: '5.2', hosts: '12' },
      },
    ],
  },
  {
    name: 'the same when it is done',
    payload: { id: 'rollout-812', title: 'Roll out search 5.2', ended_at: 1772351700 },
    changes: [{ id: 'generic:rollout-812', status: 'succeeded', endedAt: new Date('2026-03-01T07:55:00Z') }],
  },
  {
    name: 'two flags that were turned',
    payload: {
      changes: [
        { id: 1, kind: 'flag', title: 'new-cart on', service: 'cart', started_at: '2026-03-01T07:56:00Z' },
        { id: 2, kind: 'flag', title: 'fast-search off', started_at: '2026-03-01T07:57:00+00:00' },
      ],
    },
    changes: [
      { id: 'generic:1', kind: 'flag', service: 'cart', status: 'succeeded' },
      { id: 'generic:2', kind: 'flag', service: null, startedAt: new Date('2026-03-01T07:57:00Z') },
    ],
  },
];
