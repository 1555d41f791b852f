import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { similarAt } from '#src/chat/look-similar.ts';
import { similarMessage } from '#src/chat/similar.ts';
import { UserError } from '#src/errors.ts';
import { shortName, STATUSES, type IncidentNumber } from '#src/incident/incident.ts';

/** As many as somebody reads. */
const MOST = 5;

export const similar = defineCommand({
  name: 'similar',
  aliases: ['like'],
  summary: 'See past incidents like this one, or like some words, and what helped then',
  group: 'Look deeper',
  examples: ['similar', 'similar INC-42', 'similar checkout latency after a deploy'],
  allow: 'viewer',
  args: {
    incident: arg.optional(arg.incident(undefined, { among: STATUSES })),
    words: arg.optional(arg.text('What to look for in place of an incident')),
  },

  async run(ctx, { incident: number, words }) {
    const viewer = { id: ctx.person?.id ?? null, role: ctx.role };
    const to = words === undefined ? { number: chosen(number ?? ctx.here) } : { text: words };
    const asked = 'text' in to ? `"${to.text}"` : shortName(to.number);
    const found = await similarAt(ctx, to, { viewer, limit: MOST });
    return tellYou(similarMessage({ asked, found, publicUrl: ctx.settings.publicUrl }));
  },
});

function chosen(number: IncidentNumber | null): IncidentNumber {
  if (number !== null) return number;
  throw new UserError(
    'bad_arguments',
    'Say which incident, `similar INC-42`, or what to look for: `similar checkout latency`.',
  );
}
