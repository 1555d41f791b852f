import { z } from 'zod';

import { defineTask } from '../task.ts';
import { dataOf, EXAMPLE, RULES, type Told } from './told.ts';

/** Whom an update is for. */
export const AUDIENCES = ['engineers', 'managers', 'customers'] as const;
export type Audience = (typeof AUDIENCES)[number];

interface StatusUpdateInput {
  readonly told: Told;
  readonly audience: Audience;
  /** Names that a customer need not read. */
  readonly people: readonly string[];
}

const StatusUpdate = z.object({
  text: z.string().min(1).max(900).describe('The update, ready to be posted.'),
});
export type StatusUpdate = z.output<typeof StatusUpdate>;

/** Where it stands, in words for people outside the room. Somebody reads it before it is posted. */
export const statusUpdateTask = defineTask<StatusUpdateInput, StatusUpdate>({
  name: 'status-update',
  version: 1,
  size: 'middle',
  effort: 'medium',
  deadlineMs: 12_000,
  maxTokens: 3000,
  isCached: true,
  system: `${RULES}
Write a status update about the incident for the \`audience\`:
- engineers: what is broken, what was found, what is being done;
- managers: what it does to people and business, since when, who works on it, what comes next; no technical detail;
- customers: what they may notice, that it is being worked on, what works again; no names of people, systems or vendors,
  no cause unless it is known, nothing that blames anybody, no promise that nobody made.`,
  data: ({ told, audience }) => ({ audience, ...dataOf(told) }),
  answer: () => StatusUpdate,
  fault: ({ text }, { audience, people }) => (audience === 'customers' ? nameIn(text, people) : null),
  fallback: ({ told, audience }) => ({ text: BY_RULES[audience](told).slice(0, 900) }),
  samples: [
    { told: EXAMPLE, audience: 'engineers', people: ['Ana Lima'] },
    { told: EXAMPLE, audience: 'customers', people: ['Ana Lima', 'Bo'] },
    { told: { ...EXAMPLE, status: 'RESOLVED', impact: '' }, audience: 'managers', people: [] },
  ],
});

function nameIn(text: string, people: readonly string[]): string | null {
  const name = people.find((it) => it.length > 2 && text.includes(it));
  return name === undefined ? null : `It names ${name}. Write it without the names of people.`;
}

const BY_RULES: Readonly<Record<Audience, (told: Told) => string>> = {
  engineers: (told) =>
    [`${told.title}.`, told.state, said('Impact: ', told.impact), said('Last: ', told.timeline.at(-1)?.text)]
      .filter((it) => it !== '')
      .join(' '),
  managers: (told) =>
    [
      told.state,
      told.impact === '' ? 'What it does to people is not known yet.' : ended(told.impact),
      isOver(told) ? 'It is over.' : 'People are working on it.',
    ].join(' '),
  customers: (told) =>
    isOver(told)
      ? 'The problem that we reported is solved. If you still notice anything, please tell us.'
      : 'We know of a problem and are working on it. We will tell you as soon as there is news.',
};

function isOver({ status }: Told): boolean {
  return status === 'RESOLVED' || status === 'CLOSED';
}

function said(lead: string, text: string | undefined): string {
  return text === undefined || text === '' ? '' : `${lead}${ended(text)}`;
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
