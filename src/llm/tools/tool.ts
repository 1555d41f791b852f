import type { z } from 'zod';

import { ProviderError, UserError } from '#src/errors.ts';
import { clean, shorten } from '#src/incident/text.ts';

import type { Data, ToolSpec } from '../task.ts';
import type { Outside } from './http/outside.ts';
import type { Finding, Sight, Window } from './sight.ts';

/** What a tool may look at: bound to one incident, and to those who will read the answer. */
export interface Scope {
  readonly window: Window;
  readonly sight: Sight;
  readonly outside: Outside;
  readonly signal: AbortSignal;
}

/** What a tool found, the most telling first. */
export interface Found {
  readonly findings: readonly Finding[];
  /** What else there is to say, in our words: that nothing is set up, how often something was left out. */
  readonly note?: string;
}

/** Something a model may ask for. It only reads, and has no other way to the world than its scope. */
export interface Tool extends ToolSpec {
  /** Whether there is anything behind it: what is not set up is not offered. */
  isThere(outside: Outside): boolean;
  /**
   * @throws UserError where the input is wrong, with a sentence that says what to ask instead
   * @throws ProviderError where what it reads does not answer
   */
  run(input: unknown, scope: Scope): Promise<Found>;
}

/** Rows of one answer. */
const MOST_FINDINGS = 40;
/** Characters of one line. */
const MOST_TEXT = 600;
/** Characters of one answer. */
const MOST_IN_ALL = 16_000;

/** A tool with its form and its limits: bad input is refused in words, and what is too much is cut. */
export function defineTool<I>({
  isThere = () => true,
  ...tool
}: {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType<I>;
  readonly isThere?: (outside: Outside) => boolean;
  run(input: I, scope: Scope): Promise<Found>;
}): Tool {
  return {
    name: tool.name,
    description: tool.description,
    input: tool.input,
    isThere,
    async run(written, scope) {
      const read = tool.input.safeParse(written);
      if (!read.success) {
        const [first] = read.error.issues;
        const where = first?.path.join('.') ?? '';
        throw new UserError('bad_arguments', `${where === '' ? 'The input' : where}: ${first?.message}.`);
      }
      return limited(await tool.run(read.data, scope), scope.window);
    },
  };
}

/** What lies outside of the window is not told: nothing could be proved with it. */
function limited({ findings, note }: Found, window: Window): Found {
  const inside = findings.filter(({ at }) => isWithin(at, window));
  const kept: Finding[] = [];
  let room = MOST_IN_ALL;
  for (const it of inside.slice(0, MOST_FINDINGS)) {
    const text = shorten(oneLine(it.text), MOST_TEXT);
    room -= text.length + it.id.length;
    if (room < 0) break;
    kept.push({ ...it, about: it.about === null ? null : shorten(oneLine(it.about), 200), text });
  }
  const more = inside.length - kept.length;
  const notes = [note, more > 0 ? `${more} more were left out; ask for less at a time.` : undefined];
  const said = notes.filter((it) => it !== undefined).join(' ');
  return said === '' ? { findings: kept } : { findings: kept, note: said };
}

/** What has no time lies in every window. */
export function isWithin(at: Date | null, { from, to }: Window): boolean {
  return at === null || (at >= from && at <= to);
}

function oneLine(text: string): string {
  return clean(text).replaceAll(/\s+/g, ' ').trim();
}

/** As it is told to a model. */
export function toldOf({ findings, note }: Found): Data {
  return { found: findings.map(toldFinding), ...(note === undefined ? {} : { note }) };
}

export function toldFinding({ id, at, about, text }: Finding): Data {
  return { id, at: at?.toISOString() ?? null, about, text };
}

/** What a tool that failed answers: why, so that something else can be asked. Anything but our own errors is a bug, and thrown. */
export function failureOf(error: unknown): string {
  const isOurs = error instanceof UserError || error instanceof ProviderError;
  if (!isOurs) throw error;
  return shorten(oneLine(error.message), 500);
}
