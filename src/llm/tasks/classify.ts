import { z } from 'zod';

import { CATEGORIES, rank, SEVERITIES, type Category, type Severity } from '#src/incident/incident.ts';

import { defineTask } from '../task.ts';
import { RULES } from './told.ts';

interface ClassifyInput {
  readonly title: string;
  readonly description: string;
  /** The rule that fired; empty where there is none. */
  readonly rule: string;
  readonly source: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What rules say, which may be a guess. */
  readonly byRules: {
    readonly severity: Severity;
    readonly category: Category;
    readonly service: string | null;
  };
  /** The services that there are; empty where nobody has listed them. */
  readonly services: readonly string[];
}

const Classification = z.object({
  severity: z.enum(SEVERITIES),
  category: z.enum(CATEGORIES),
  service: z.string().max(200).nullable().describe('One of the services given, or null.'),
  confidence: z.number().min(0).max(1).describe('How sure the severity is: 0 to 1.'),
  why: z.string().min(1).max(200).describe('What in the data says so, in one clause.'),
});
export type Classification = z.output<typeof Classification>;

/** How bad an alert is, of which kind, and of which service; asked only where rules are unsure. */
export const classifyTask = defineTask<ClassifyInput, Classification>({
  name: 'classify',
  version: 1,
  size: 'small',
  effort: 'low',
  deadlineMs: 15_000,
  maxTokens: 1000,
  isCached: true,
  system: `${RULES}
Classify one alert by what it means for the people who use the system.
Severity:
- P0: an outage, loss or exposure of data, or a security breach that is happening now.
- P1: an important function is down or failing for many, or will be within minutes.
- P2: something is degraded or at risk; it needs work today.
- P3: minor; it can wait for days.
- P4: information only.
Category: performance (slow, full, saturated), security, availability (down, failing, unreachable), compliance, cost, other.
\`byRules\` is what simple rules made of it and may be a guess. A word like "critical" in a name is not a reason by itself;
what is broken, and for whom, is. Where the data does not say how bad it is, keep the severity of \`byRules\` with a low
confidence. Name a service only if it is one of \`services\`, or that of \`byRules\`, and the data speaks of it.`,
  data: ({ labels, byRules, services, ...alert }) => ({
    ...alert,
    labels: { ...labels },
    byRules: { ...byRules },
    services,
  }),
  answer: () => Classification,
  fault: ({ service }, { services, byRules }) =>
    service === null || service === byRules.service || services.includes(service)
      ? null
      : `${service} is not among the services. Name one of them, or null.`,
  fallback: ({ byRules }) => ({ ...byRules, confidence: 0, why: 'rules say so' }),
  samples: [
    {
      title: 'Payments: 40 % of requests fail',
      description: 'Customers cannot pay since 08:00',
      rule: 'PaymentFailures',
      source: 'alertmanager',
      labels: { team: 'payments' },
      byRules: { severity: 'P2', category: 'other', service: null },
      services: ['payments', 'checkout'],
    },
    {
      title: '',
      description: '',
      rule: '',
      source: 'webhook',
      labels: {},
      byRules: { severity: 'P2', category: 'other', service: 'x' },
      services: [],
    },
  ],
});

/** Surer than this, a model may raise a severity that rules only guessed. */
const SURE = 0.7;

/** What of an answer may be acted upon: a severity is raised, never lowered, and only by one that is sure. */
export function raisedTo(before: Severity, { severity, confidence }: Classification): Severity | null {
  return confidence >= SURE && rank(severity) < rank(before) ? severity : null;
}
