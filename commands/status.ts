import { arg } from '#src/chat/args.ts';
import { toneOf } from '#src/chat/card.ts';
import { defineCommand, tellYou, type CommandContext } from '#src/chat/command.ts';
import { incidentsLike, timelineAt, viewAt } from '#src/chat/look.ts';
import { bold, say, withTone, type Message } from '#src/chat/message.ts';
import { count, list, statusName, titleOf } from '#src/chat/names.ts';
import { statusLine } from '#src/chat/summary.ts';
import { SEVERITIES } from '#src/incident/incident.ts';

export const status = defineCommand({
  name: 'status',
  aliases: ['state'],
  summary: 'Get one line: this incident, or all that is open',
  group: 'See what is going on',
  examples: ['status', 'status INC-42'],
  allow: 'viewer',
  args: { incident: arg.optional(arg.incident('Which incident; out of a room, all that are open')) },

  async run(ctx, { incident: number }) {
    if (number === undefined) return tellYou(await openLine(ctx));
    const view = await viewAt(ctx, number);
    return tellYou(withTone(say(statusLine(view, await timelineAt(ctx, number))), toneOf(view.incident)));
  },
});

/** The most open incidents that are counted by severity; a manager needs no more exact a number than that. */
const COUNTED = 1000;

async function openLine(ctx: CommandContext): Promise<Message> {
  const { incidents, total } = await incidentsLike(ctx, { open: true, limit: COUNTED });
  const [worst] = incidents;
  if (!worst) return withTone(say('Nothing is open.'), 'good');
  const counts = SEVERITIES.map((it) => ({
    it,
    many: incidents.filter(({ severity }) => severity === it).length,
  }));
  const split = list(counts.filter(({ many }) => many > 0).map(({ it, many }) => `${many} ${it}`));
  const text = [
    bold(count(total, 'open incident')),
    ` (${split}). The worst: ${titleOf(worst)}, ${worst.severity}, ${statusName(worst.status)}.`,
  ];
  return withTone(say(text), toneOf(worst));
}
