import type { DigestRow } from '#src/db/schema-questions.ts';
import type { Context } from '#src/engine/context.ts';
import type { DrawDigest } from '#src/engine/digests.ts';
import { UserError } from '#src/errors.ts';
import { sayRepeat } from '#src/questions/repeat.ts';

import { answerMessage } from './ask-message.ts';
import { answerFor } from './ask.ts';
import { bold, code, say, withTone, type Message } from './message.ts';

/** Answers a question that is asked again, with what whoever asked may see; in a room with what everybody may. */
export function drawDigest(ctx: Pick<Context, 'db' | 'now' | 'settings'>): DrawDigest {
  return async (row, person) => {
    const { question, spec, room } = row;
    const around = { publicUrl: ctx.settings.publicUrl, withButtons: false };
    const asked = { ok: true, question, spec, by: { source: 'given', model: null }, notes: [] } as const;
    const asking = { db: ctx.db, now: ctx.now, person, role: person.role };
    try {
      const answered = await answerFor(asking, asked, { isPublic: room !== null });
      return framed(answerMessage(answered, around), row, person.name);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return framed(withTone(say(error.message), 'warn'), row, person.name);
    }
  };
}

/** Said once where others read it, when whoever asked is gone. */
export function farewell({ question }: DigestRow): Message {
  return withTone(
    say([
      'Whoever asked ',
      bold(question),
      ' is not active any more, so I do not ask it again. Somebody else can, with ',
      code('/incident digest'),
      '.',
    ]),
    'quiet',
  );
}

function framed(message: Message, row: DigestRow, name: string): Message {
  const whose = row.room === null ? 'You asked' : `${name} asked`;
  const text = `${whose} to hear it ${sayRepeat(row)}. \`digest stop ${row.id}\` ends that.`;
  return {
    ...message,
    parts: [{ type: 'text', text: [bold(row.question)] }, ...message.parts, { type: 'context', text }],
    summary: `${row.question}: ${message.summary}`,
  };
}
