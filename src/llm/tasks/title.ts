import { z } from 'zod';

import { defineTask } from '../task.ts';
import { RULES } from './told.ts';

interface TitleInput {
  readonly title: string;
  readonly description: string;
  readonly rule: string;
  readonly service: string | null;
}

const Title = z.object({
  title: z.string().min(3).max(100).describe('What is wrong with what, in at most ten words.'),
});

/** A title that people can say aloud, in place of one that a machine made. */
export const titleTask = defineTask<TitleInput, z.output<typeof Title>>({
  name: 'title',
  version: 1,
  size: 'small',
  effort: 'low',
  deadlineMs: 15_000,
  maxTokens: 500,
  isCached: true,
  system: `${RULES}
Write a title for the incident that an alert opened: what is wrong with what, in at most ten words, without the severity.`,
  data: (input) => ({ ...input }),
  answer: () => Title,
  fallback: ({ title, rule, service }) => {
    const plain = spaced(rule === '' ? title : rule).slice(0, 70) || 'Alert';
    return {
      title: service === null ? `${plain} alert`.slice(0, 100) : `${plain} on ${service}`.slice(0, 100),
    };
  },
  samples: [
    {
      title: 'KubePodCrashLooping_prod-eu1_payments-7d9f',
      description: '',
      rule: 'KubePodCrashLooping',
      service: 'payments',
    },
    { title: '', description: '', rule: '', service: null },
  ],
});

/** Nobody would say it: one long word, a piece of JSON, or a whole paragraph. */
export function isMachineMade(title: string): boolean {
  return title.length > 120 || /^[[{]/.test(title) || (title.length > 24 && !/\s/.test(title));
}

function spaced(name: string): string {
  return name
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])|[_.:/-]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
