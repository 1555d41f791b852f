import { z } from 'zod';

import type { Category, Environment, Severity, Status } from '#src/incident/incident.ts';

import type { Data } from '../task.ts';

/** An incident as a model is told of it; `src/chat/told.ts` makes it of what is stored. */
export interface Told {
  /** `INC-42`. */
  readonly incident: string;
  readonly title: string;
  readonly severity: Severity;
  readonly status: Status;
  readonly category: Category;
  readonly environment: Environment;
  readonly service: string | null;
  /** How bad, in which state, for how long and with whom, as one sentence of ours. */
  readonly state: string;
  /** Empty: nobody has said. */
  readonly impact: string;
  readonly lastUpdate: string;
  readonly rootCause: string;
  readonly resolution: string;
  readonly alerts: { readonly firing: number; readonly total: number; readonly titles: readonly string[] };
  /** Oldest first; of a long one the beginning and the end. */
  readonly timeline: readonly Line[];
  /** Lines of the timeline that were left out. */
  readonly leftOut: number;
}

/** As a model reads it. */
export function dataOf({ alerts, timeline, ...told }: Told) {
  const lines = timeline.map((it) => ({ ...it }));
  return { ...told, alerts: { ...alerts }, timeline: lines } satisfies Data;
}

/** Something that happened. */
export interface Line {
  /** What an answer names it by. */
  readonly id: number;
  /** ISO 8601. */
  readonly at: string;
  readonly text: string;
}

/** A sentence of an answer, and the lines it rests on. */
export const Point = z.object({
  text: z.string().min(1).max(300).describe('One plain sentence.'),
  of: z.array(z.int()).min(1).max(10).describe('The ids of the lines that say so.'),
});
export type Point = z.output<typeof Point>;

/** What every task says first of what it writes; that all it reads is data the door says. */
export const RULES = `You work inside an incident bot. Say only what the data says. Where it does not say something, leave
that out; never guess a cause, a number or a name. Write short plain sentences, without Markdown, mentions, links or
commands to run.`;

/** What is wrong with points that name lines which were not sent; null where nothing is. */
export function faultOfPoints(points: readonly Point[], lines: readonly Line[]): string | null {
  const known = new Set(lines.map(({ id }) => id));
  const wrong = points.flatMap(({ of }) => of).find((id) => !known.has(id));
  return wrong === undefined
    ? null
    : `There is no line with the id ${wrong}. Name only ids of lines that you were given.`;
}

/** The lines as points of their own, at most `most`: how it began and how it went last. */
export function linesAsPoints(lines: readonly Line[], most: number): Point[] {
  const chosen = lines.length <= most ? lines : [...lines.slice(0, 1), ...lines.slice(1 - most)];
  return chosen.map(({ id, text }) => ({ text: text.slice(0, 300) || '-', of: [id] }));
}

/** For the samples of tasks. */
export const EXAMPLE: Told = {
  incident: 'INC-7',
  title: 'Checkout answers with errors',
  severity: 'P1',
  status: 'IN_PROGRESS',
  category: 'availability',
  environment: 'production',
  service: 'checkout',
  state: 'P1 high, in progress for 25 minutes, with Ana Lima.',
  impact: 'Every third payment fails',
  lastUpdate: '',
  rootCause: '',
  resolution: '',
  alerts: { firing: 2, total: 3, titles: ['HighErrorRate checkout', 'HighLatency payments'] },
  timeline: [
    { id: 11, at: '2026-03-01T08:00:00.000Z', text: 'alertmanager opened it as P1: HighErrorRate.' },
    { id: 12, at: '2026-03-01T08:04:00.000Z', text: 'Ana acknowledged it.' },
    {
      id: 15,
      at: '2026-03-01T08:09:00.000Z',
      text: 'Bo noted: the cache was emptied by the deploy of 07:58',
    },
    { id: 18, at: '2026-03-01T08:20:00.000Z', text: 'Ana noted: rolling back' },
  ],
  leftOut: 0,
};
