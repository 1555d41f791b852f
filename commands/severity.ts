import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom, tellYou } from '#src/chat/command.ts';
import { alwaysButton } from '#src/chat/lessons.ts';
import { incidentAt } from '#src/chat/look.ts';
import { bold, clock, say } from '#src/chat/message.ts';
import { severityName } from '#src/chat/names.ts';
import { changeSeverity } from '#src/engine/change.ts';
import { isOpen, shortName } from '#src/incident/incident.ts';

export const severity = defineCommand({
  name: 'severity',
  aliases: ['sev'],
  summary: 'Change how bad an incident is; its deadlines move with it',
  group: 'Run an incident',
  examples: ['severity P1 because customers see it', 'severity INC-42 sev3', 'severity low'],
  allow: 'responder',
  args: {
    incident: arg.incident(),
    severity: arg.after(
      ['to'],
      arg.severity('P0 (worst) to P4, sev1 to sev5, or critical, high, medium, low, info'),
    ),
    reason: arg.optional(
      arg.after(['because', 'since'], arg.text('Why it is as bad as that', { max: 1000 })),
    ),
  },

  async run(ctx, { incident: number, severity: wanted, reason }) {
    const before = await incidentAt(ctx, number);
    const after = await changeSeverity(ctx, number, wanted, reason);
    const name = shortName(number);
    if (before.severity === wanted) return tellYou(say(`${name} is ${severityName(wanted)} already.`));
    const { resolutionDeadline } = after.sla;
    const promise =
      resolutionDeadline && isOpen(after) ? [' Resolve it by ', clock(resolutionDeadline), '.'] : [];
    const text = [
      bold(`${name} is ${severityName(wanted)} now`),
      `; it was ${severityName(before.severity)}.`,
      ...promise,
    ];
    return tellRoom(ctx, number, say(text, ...(await alwaysButton(ctx, after, 'severity'))));
  },
});
