import { z } from 'zod';

import { clean } from '#src/incident/text.ts';

import type { Verdict } from './ledger.ts';
import type { JsonSchema, ModelReply } from './model.ts';
import type { Redaction } from './redact.ts';
import { saidIn, type Trusted } from './said.ts';
import { mapChoices, strictSchema } from './strict-schema.ts';

/** What an answer is worth. */
export type Judged<O> =
  | { readonly verdict: 'accepted'; readonly value: O; readonly raw: unknown }
  /** `fault` says to the model what is wrong, where it may say it again. */
  | {
      readonly verdict: Exclude<Verdict, 'accepted' | 'repaired' | 'cached'>;
      readonly why: string;
      readonly fault: string | null;
    };

/** What an answer has to be. */
export interface Wanted<O> {
  readonly schema: z.ZodType<O>;
  readonly fault: (value: O) => string | null;
  /** Which addresses may stand in it. */
  readonly trusted: Pick<Trusted, 'urls' | 'hosts'>;
}

/** The form that is sent. What can be chosen is named as in the data, where secrets were taken out of it. */
export function formFor(schema: z.ZodType, redaction: Redaction): JsonSchema {
  return mapChoices(strictSchema(schema), (choice) => redaction.redact(choice) as string);
}

/** What can be chosen: code compares it, so that it stays as it is written. */
function choicesIn(schema: z.ZodType): ReadonlySet<string> {
  const choices = new Set<string>();
  mapChoices(strictSchema(schema), (choice) => {
    choices.add(choice);
    return choice;
  });
  return choices;
}

/** The answer as text, against what was wanted. Never throws. */
export function judge<O>(reply: ModelReply, wanted: Wanted<O>, redaction: Redaction): Judged<O> {
  const bad = BAD[reply.stop];
  if (bad) return { ...bad, why: reply.note ? `${bad.why} (${reply.note})` : bad.why, fault: null };
  let raw: unknown;
  try {
    raw = JSON.parse(reply.text);
  } catch {
    return invalid(
      'its answer was not JSON',
      'Your answer was not JSON. Answer with one JSON object and nothing else.',
    );
  }
  return judgeValue(raw, wanted, redaction);
}

/**
 * The same of an answer that was read before. Placeholders in it are put back, but for secrets, and its
 * texts become plain words.
 */
export function judgeValue<O>(
  raw: unknown,
  { schema, fault, trusted }: Wanted<O>,
  redaction: Redaction,
): Judged<O> {
  try {
    const told = { ...trusted, choices: choicesIn(schema) };
    const read = schema.safeParse(saidIn(redaction.reveal(raw), told));
    if (!read.success) {
      const wrong = z.prettifyError(read.error).slice(0, MOST_SAID);
      return invalid(
        'its answer did not have the form asked for',
        `Your answer did not have the form asked for:\n${wrong}`,
      );
    }
    const wrong = fault(read.data);
    if (wrong !== null) return invalid('its answer did not hold when it was checked', wrong);
    return { verdict: 'accepted', value: read.data, raw };
  } catch {
    return invalid('its answer could not be checked', null);
  }
}

const MOST_SAID = 2000;

function invalid(why: string, fault: string | null): Judged<never> {
  return { verdict: 'invalid', why, fault };
}

const BAD: Readonly<
  Record<ModelReply['stop'], { readonly verdict: 'cut' | 'refused' | 'invalid'; readonly why: string } | null>
> = {
  done: null,
  cut: { verdict: 'cut', why: 'its answer was cut off' },
  refused: { verdict: 'refused', why: 'the model refused' },
  tools: { verdict: 'invalid', why: 'it asked for a tool in place of an answer' },
  unreadable: { verdict: 'invalid', why: 'its answer could not be read' },
};

/** As every text from outside: what is no answer to people, but is used by code. */
export function withCleanTexts(value: unknown): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map(withCleanTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, withCleanTexts(it)]));
}
