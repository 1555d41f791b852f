import { z } from 'zod';

import { defineTask } from '../task.ts';
import { RULES, type Line } from './told.ts';

const KINDS = ['decision', 'action', 'finding'] as const;

interface Talk {
  /** What people said in the room, oldest first, each with who said it. */
  readonly messages: readonly (Line & { readonly by: string })[];
}

const Extraction = z.object({
  entries: z
    .array(
      z.object({
        of: z.int().describe('The id of the message that says it.'),
        kind: z.enum(KINDS),
        text: z.string().min(1).max(200).describe('What was decided, done or found, in one sentence.'),
      }),
    )
    .max(5),
});
export type Extraction = z.output<typeof Extraction>;

/** What of a conversation is worth a line in the timeline. People choose what is kept. */
export const extractionTask = defineTask<Talk, Extraction>({
  name: 'extraction',
  version: 1,
  size: 'small',
  effort: 'low',
  deadlineMs: 12_000,
  maxTokens: 2000,
  isCached: true,
  system: `${RULES}
Find in the messages what belongs into the incident's timeline: decisions that were taken, actions that were done (not
those that somebody only thinks of), and findings about what is wrong. At most five, the most important ones, in the
order of the messages. Small talk, questions and guesses are not kept; where nothing is worth keeping answer with none.`,
  data: ({ messages }) => ({ messages: messages.map((it) => ({ ...it })) }),
  answer: () => Extraction,
  fault: ({ entries }, { messages }) => {
    const wrong = entries.find(({ of }) => !messages.some(({ id }) => id === of));
    return wrong ? `There is no message with the id ${wrong.of}. Name only ids that you were given.` : null;
  },
  fallback: ({ messages }) => ({ entries: messages.flatMap(entryIn).slice(-5) }),
  samples: [
    { messages: [] },
    {
      messages: [
        { id: 3, at: '2026-03-01T08:09:00.000Z', by: 'Bo', text: 'I rolled back the deploy of 07:58' },
        { id: 4, at: '2026-03-01T08:10:00.000Z', by: 'Ana', text: 'anybody for coffee?' },
      ],
    },
  ],
});

type Entry = Extraction['entries'][number];

/** Words by which people say that something was decided, done or found. */
const SAID_BY: Readonly<Record<Entry['kind'], RegExp>> = {
  decision: /\b(?:we (?:decided|agreed|will go with)|decision:|let'?s (?:roll back|fail over|go with))\b/i,
  action:
    /\b(?:(?:i|we)(?:'ve| have)? (?:rolled|restarted|scaled|disabled|enabled|reverted|deployed|drained|failed over|deleted|increased|switched|blocked|killed)|(?:rolled back|reverted|restarted|failed over) (?:the|to)|done:)\b/i,
  finding:
    /\b(?:root cause|(?:it|this) (?:is|was) (?:caused|because|due)|found (?:it|that|the)|turns out|the (?:cause|problem|culprit) (?:is|was)|caused by)\b/i,
};

function entryIn({ id, text }: Line): Entry[] {
  const kind = KINDS.find((it) => SAID_BY[it].test(text.slice(0, 500)));
  return kind === undefined || text.includes('?') ? [] : [{ of: id, kind, text: text.slice(0, 200) }];
}
