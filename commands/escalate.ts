import { arg, type Callee } from '#src/chat/args.ts';
import { calledWords, whomOf } from '#src/chat/called.ts';
import { defineCommand, tellRoom, type CommandContext, type Reply } from '#src/chat/command.ts';
import { scheduleNames } from '#src/chat/look-on-call.ts';
import { allNames } from '#src/chat/look.ts';
import { person, say, withTone, type Inline, type Part } from '#src/chat/message.ts';
import { nameIn } from '#src/chat/names.ts';
import { reach } from '#src/engine/act.ts';
import { escalateTo } from '#src/engine/escalate-to.ts';
import { shortName } from '#src/incident/incident.ts';

export const escalate = defineCommand({
  name: 'escalate',
  aliases: ['raise'],
  summary: 'Call for the next level, one level more, or somebody by name, who is paged at once',
  group: 'Run an incident',
  examples: [
    'escalate',
    'escalate INC-42 to payments because refunds fail too',
    'escalate to oncall:search',
    'escalate @ana --level 3',
  ],
  allow: 'responder',
  args: {
    incident: arg.incident(),
    to: arg.optional(
      arg.after(['to'], arg.callee('A person like @ana, a team, or oncall: and the name of a schedule')),
    ),
    reason: arg.optional(
      arg.after(['because', 'since'], arg.text('Why it needs more people', { max: 1000 })),
    ),
    level: arg.optional(arg.choice('The level, 2 to 5; the next one when left out', ['2', '3', '4', '5'])),
  },

  async run(ctx, { incident: number, to, reason, level: wanted }) {
    const level = wanted ? Number(wanted) : undefined;
    if (to) return await toSomebody(ctx, number, to, { reason, level });
    const after = await reach(ctx, number, 'escalate', { reason, level });
    return tellRoom(ctx, number, say(`${shortName(number)} is escalated to level ${after.escalationLevel}.`));
  },
});

async function toSomebody(
  ctx: CommandContext,
  number: number,
  to: Callee,
  asked: { readonly reason: string | undefined; readonly level: number | undefined },
): Promise<Reply> {
  const { incident, called, policy } = await escalateTo(ctx, number, { whom: whomOf(to), ...asked });
  const names = await allNames(ctx);
  const head = `${shortName(number)} is escalated to level ${incident.escalationLevel}, to `;
  const text: Inline[] = [head, await named(ctx, to), '.'];
  if (policy !== null) {
    const goesOn = ` The escalation policy ${policy} goes on from here: who it names is paged now.`;
    return tellRoom(ctx, number, say([...text, goesOn]));
  }
  const { lines, isLost } = calledWords(called, names, ctx.now());
  const message = say(text, ...(called.length > 0 ? [lines] : ([] as Part[])));
  return tellRoom(ctx, number, isLost ? withTone(message, 'alarm') : message);
}

/** A person is mentioned; a team is named, for it may be large. */
async function named(ctx: CommandContext, to: Callee): Promise<Inline> {
  const names = await allNames(ctx);
  if ('person' in to) return person(to.person, nameIn(names, to.person));
  if ('team' in to) return nameIn(names, to.team);
  return `whoever is on call for ${nameIn(await scheduleNames(ctx), to.schedule)}`;
}
