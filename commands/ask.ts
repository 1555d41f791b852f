import { arg } from '#src/chat/args.ts';
import { answerMessage, refusalMessage } from '#src/chat/ask-message.ts';
import { answerFor, QUESTION_MAX, understand, type Understood } from '#src/chat/ask.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { queryOf } from '#src/chat/query.ts';

export const ask = defineCommand({
  name: 'ask',
  aliases: ['question'],
  summary: 'Ask in plain words about incidents, alerts, pages and changes',
  group: 'Look deeper',
  examples: [
    'ask how many P1 incidents last month?',
    'ask which service had the most incidents this quarter?',
    'ask what is the MTTR per team since Monday',
    'ask who was paged most at night last month?',
  ],
  allow: 'viewer',
  args: {
    question: arg.text('What you want to know, like: how many incidents per service last month?', {
      max: QUESTION_MAX,
    }),
    query: arg.optional(
      arg.text('A query as an earlier answer has it, to ask exactly that again', { max: 4000 }),
    ),
  },

  async run(ctx, { question, query }) {
    const understood: Understood =
      query === undefined
        ? await understand(ctx, question)
        : { ok: true, question, spec: queryOf(query), by: { source: 'given', model: null }, notes: [] };
    if (!understood.ok) return tellYou(refusalMessage(understood));
    const answered = await answerFor(ctx, understood);
    const around = { publicUrl: ctx.settings.publicUrl, withButtons: ctx.person !== null };
    return tellYou(answerMessage(answered, around));
  },
});
