import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { scoresSince } from '#src/chat/look-scores.ts';
import { bold, marked, say, type Inline, type Part } from '#src/chat/message.ts';
import { count } from '#src/chat/names.ts';

const DAYS = 90;

export const scoreboard = defineCommand({
  name: 'scoreboard',
  summary: 'See how often the causes that models named were right, and what looking cost',
  group: 'Look deeper',
  examples: ['scoreboard', 'scoreboard service'],
  allow: 'viewer',
  args: {
    by: arg.optional(arg.choice('Counted for each model, or also for each service', ['model', 'service'])),
  },

  async run(ctx, { by = 'model' }) {
    const all = await scoresSince(ctx, DAYS, by);
    if (all.length === 0) {
      const none = `No model looked for a cause in the last ${DAYS} days. Type \`investigate\` to have it done.`;
      return tellYou(say(marked(none)));
    }
    const items = all.map((it): Inline[] => [
      bold(
        [it.model ?? 'unknown model', ...(by === 'service' ? [it.service ?? 'no service'] : [])].join(', '),
      ),
      `: right ${it.right} of ${it.graded} graded${percent(it.right, it.graded)}; `,
      `named no cause in ${it.abstained} of ${count(it.investigations, 'investigation')}${percent(it.abstained, it.investigations)}; `,
      it.usd === null ? 'cost unknown' : `$${it.usd.toFixed(2)}`,
    ]);
    const small =
      'Right: people said so, or else the root cause they wrote down names it (a grade of 65 or 100 of 100). Those that nobody graded count in neither.';
    const parts: Part[] = [
      { type: 'list', items },
      { type: 'context', text: small },
    ];
    return tellYou(say([bold(`Causes that models named in the last ${DAYS} days`)], ...parts));
  },
});

function percent(part: number, all: number): string {
  return all === 0 ? '' : ` (${Math.round((100 * part) / all)} %)`;
}
