import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { incidentAt, allNames, timelineAt } from '#src/chat/look.ts';
import { count, titleOf } from '#src/chat/names.ts';
import { story } from '#src/chat/story.ts';
import { shortName, STATUSES } from '#src/incident/incident.ts';

/** The most lines in one message; the last ones count. */
const LINES = 40;

export const timeline = defineCommand({
  name: 'timeline',
  aliases: ['history', 'log'],
  summary: 'Show all that happened to an incident, in order',
  group: 'Look deeper',
  examples: ['timeline', 'timeline INC-42'],
  allow: 'viewer',
  args: { incident: arg.incident(undefined, { among: STATUSES }) },

  async run(ctx, { incident: number }) {
    const incident = await incidentAt(ctx, number);
    const lines = story(await timelineAt(ctx, number), await allNames(ctx));
    const earlier = lines.length - LINES;
    const text =
      earlier > 0
        ? `These are the last ${LINES}; ${count(earlier, 'line')} before them.`
        : `${count(lines.length, 'line')} in all.`;
    return tellYou({
      parts: [
        { type: 'heading', text: titleOf(incident) },
        { type: 'list', items: lines.slice(-LINES) },
        { type: 'context', text },
      ],
      summary: `The timeline of ${shortName(number)}: ${text}`,
      tone: 'info',
    });
  },
});
