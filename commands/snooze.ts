import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { moment, say } from '#src/chat/message.ts';
import { snoozeEscalation } from '#src/engine/snooze.ts';
import { shortName } from '#src/incident/incident.ts';

export const snooze = defineCommand({
  name: 'snooze',
  summary: 'Page nobody for an incident for a while; then its level is paged again',
  group: 'Be on call',
  examples: ['snooze 30m', 'snooze INC-42 until 14:00', 'snooze for 2h'],
  allow: 'responder',
  args: {
    incident: arg.incident(),
    until: arg.after(['until', 'for'], arg.when('How long or until when, like 30m or 14:00; at most 7 days')),
  },

  async run(ctx, { incident: number, until }) {
    await snoozeEscalation(ctx, number, until);
    return tellYou(
      say([
        `Nobody is paged for ${shortName(number)} until `,
        moment(until),
        '; then its level is paged again.',
      ]),
    );
  },
});
