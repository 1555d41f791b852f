import { arg, type Assignee } from '#src/chat/args.ts';
import { defineCommand, tellRoom, type CommandContext } from '#src/chat/command.ts';
import { allNames, peopleIn } from '#src/chat/look.ts';
import { person, say, type Inline } from '#src/chat/message.ts';
import { nameIn } from '#src/chat/names.ts';
import { reach } from '#src/engine/act.ts';
import { shortName } from '#src/incident/incident.ts';

export const escalate = defineCommand({
  name: 'escalate',
  aliases: ['raise'],
  summary: 'Call for the next level, or one level more',
  group: 'Run an incident',
  examples: ['escalate', 'escalate INC-42 to payments because refunds fail too', 'escalate @ana --level 3'],
  allow: 'responder',
  args: {
    incident: arg.incident(),
    to: arg.optional(arg.after(['to'], arg.assignee('Who is asked to help: a person like @ana, or a team'))),
    reason: arg.optional(
      arg.after(['because', 'since'], arg.text('Why it needs more people', { max: 1000 })),
    ),
    level: arg.optional(arg.choice('The level, 2 to 5; the next one when left out', ['2', '3', '4', '5'])),
  },

  async run(ctx, { incident: number, to, reason, level }) {
    const target = to && nameIn(await allNames(ctx), 'person' in to ? to.person : to.team);
    const after = await reach(ctx, number, 'escalate', {
      reason,
      target,
      level: level ? Number(level) : undefined,
    });
    const text = [
      `${shortName(number)} is escalated to level ${after.escalationLevel}`,
      ...(await asked(ctx, to, target)),
      '.',
    ];
    return tellRoom(ctx, number, say(text));
  },
});

/** A person is mentioned; a team is named, for it may be large. */
async function asked(
  ctx: CommandContext,
  to: Assignee | undefined,
  target: string | undefined,
): Promise<Inline[]> {
  if (!to) return [];
  const [who] = 'person' in to ? await peopleIn(ctx, to) : [];
  return [', to ', who ? person(who.id, who.name) : (target ?? '')];
}
