import { z } from 'zod';

import type { Severity } from '#src/incident/incident.ts';

import { defineTask } from '../task.ts';
import { RULES } from './told.ts';

interface Seen {
  readonly incident: string;
  readonly title: string;
  readonly service: string | null;
  readonly severity: Severity;
  /** ISO 8601. */
  readonly openedAt: string;
  readonly alerts: readonly string[];
}

interface DuplicateInput {
  readonly fresh: Seen;
  /** Open ones that rules found to be like it; at most five. */
  readonly candidates: readonly Seen[];
}

const Verdict = z.object({
  decision: z.enum(['duplicate', 'related', 'new']),
  target: z
    .string()
    .max(30)
    .nullable()
    .describe('The incident meant, one of the candidates; null for `new`.'),
  why: z.string().min(1).max(200).describe('What in the data says so, in one clause.'),
});
export type Verdict = z.output<typeof Verdict>;

/** Whether a fresh incident is one that is worked on already. The answer merges nothing: people do. */
export const duplicateTask = defineTask<DuplicateInput, Verdict>({
  name: 'duplicate',
  version: 1,
  size: 'small',
  effort: 'low',
  deadlineMs: 15_000,
  maxTokens: 1000,
  isCached: true,
  system: `${RULES}
\`fresh\` is an incident that was just opened; \`candidates\` are open ones that look like it. Decide:
- duplicate: the same fault, so that working on one of them mends both;
- related: another fault that this one may come from, or the other way round;
- new: neither.
The same kind of trouble in another service, host or region is not a duplicate. When in doubt it is \`new\`.`,
  data: ({ fresh, candidates }) => ({ fresh: { ...fresh }, candidates: candidates.map((it) => ({ ...it })) }),
  answer: () => Verdict,
  fault: ({ decision, target }, { candidates }) => {
    if (decision === 'new') return target === null ? null : 'A new one has no target; answer null.';
    return candidates.some(({ incident }) => incident === target)
      ? null
      : 'The target is none of the candidates. Name one of them, or answer `new`.';
  },
  fallback: () => ({ decision: 'new', target: null, why: 'rules found nothing that is the same' }),
  samples: [
    {
      fresh: {
        incident: 'INC-9',
        title: 'Orders time out',
        service: 'orders',
        severity: 'P2',
        openedAt: '2026-03-01T08:10:00.000Z',
        alerts: ['OrdersTimeout'],
      },
      candidates: [
        {
          incident: 'INC-7',
          title: 'Orders database is down',
          service: 'orders-db',
          severity: 'P1',
          openedAt: '2026-03-01T08:00:00.000Z',
          alerts: ['PostgresDown'],
        },
      ],
    },
  ],
});
