import { z } from 'zod';

import { SEVERITIES, type Severity } from '#src/incident/incident.ts';

import { defineTask } from '../task.ts';
import { dataOf, EXAMPLE, RULES, type Told } from './told.ts';

interface ImpactInput {
  readonly told: Told;
  /** Services that depend on the one that is broken, nearest first. */
  readonly dependants: readonly string[];
  /** How similar ones went: the worst severity they had, and minutes until they were resolved. */
  readonly similar: readonly {
    readonly incident: string;
    readonly severity: Severity;
    readonly minutes: number | null;
  }[];
  /** Minutes it has been open. */
  readonly openMinutes: number;
}

export const CHANCES = ['unlikely', 'possible', 'likely'] as const;

const Impact = z.object({
  worse: z.enum(CHANCES).describe('Whether it gets worse before it gets better.'),
  severity: z.enum(SEVERITIES).describe('The severity to expect; never a lower one than it has.'),
  services: z.array(z.string().max(200)).max(10).describe('Dependants that it is likely to reach.'),
  options: z.array(z.string().min(1).max(200)).max(4).describe('What would limit the damage.'),
  why: z.string().min(1).max(400).describe('What in the data speaks for it.'),
});
export type Impact = z.output<typeof Impact>;

/** What an incident may still become. It changes nothing by itself. */
export const impactTask = defineTask<ImpactInput, Impact>({
  name: 'impact',
  version: 1,
  size: 'middle',
  effort: 'medium',
  deadlineMs: 12_000,
  maxTokens: 3000,
  isCached: true,
  system: `${RULES}
Judge what the incident may still become: whether it gets worse, to which severity, which of the \`dependants\` it is
likely to reach, and what would limit the damage. \`similar\` says how incidents like it went. Options are things for
people to consider, in words; no command lines.`,
  data: ({ told, dependants, similar, openMinutes }) => ({
    ...dataOf(told),
    dependants,
    similar: similar.map((it) => ({ ...it })),
    openMinutes,
  }),
  answer: () => Impact,
  fault: ({ severity, services }, { told, dependants }) => {
    if (SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(told.severity)) {
      return `The severity is ${told.severity} already; expect that or a worse one.`;
    }
    const unknown = services.find((it) => !dependants.includes(it));
    return unknown === undefined ? null : `${unknown} is not among the dependants. Name only those.`;
  },
  fallback: byRules,
  samples: [
    { told: EXAMPLE, dependants: ['payments', 'shop'], similar: [], openMinutes: 25 },
    {
      told: { ...EXAMPLE, severity: 'P3', alerts: { firing: 0, total: 1, titles: [] } },
      dependants: [],
      similar: [{ incident: 'INC-3', severity: 'P1', minutes: 90 }],
      openMinutes: 200,
    },
  ],
});

/** Worse ones of its kind, more alerts than one, and things that depend on it speak for worse. */
function byRules({ told, dependants, similar, openMinutes }: ImpactInput): Impact {
  const worst = SEVERITIES.find(
    (it) => it === told.severity || similar.some(({ severity }) => severity === it),
  );
  const wasWorse = worst !== undefined && worst !== told.severity;
  const spreads = told.alerts.firing > 1 && dependants.length > 0;
  const minutes = Math.round(openMinutes);
  const depending =
    dependants.length === 1 ? '1 service depends on it' : `${dependants.length} services depend on it`;
  const reasons = [
    wasWorse ? `an incident like it became ${worst}` : '',
    told.alerts.firing > 1 ? `${told.alerts.firing} alerts fire` : '',
    dependants.length > 0 ? depending : '',
    `it is open for ${minutes} minute${minutes === 1 ? '' : 's'}`,
  ].filter((it) => it !== '');
  return {
    worse: told.alerts.firing === 0 ? 'unlikely' : wasWorse || spreads ? 'likely' : 'possible',
    severity: worst ?? told.severity,
    services: spreads ? dependants.slice(0, 3) : [],
    options: [],
    why: `${reasons.join(', ')}.`.slice(0, 400),
  };
}
