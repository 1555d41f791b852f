import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom, tellYou } from '#src/chat/command.ts';
import { allNames, incidentAt, peopleIn } from '#src/chat/look.ts';
import { person, say } from '#src/chat/message.ts';
import { nameIn } from '#src/chat/names.ts';
import { assign as give } from '#src/engine/change.ts';
import { shortName } from '#src/incident/incident.ts';

export const assign = defineCommand({
  name: 'assign',
  aliases: ['give'],
  summary: 'Give an incident to a person or a team',
  group: 'Run an incident',
  examples: ['assign @bo', 'assign INC-42 payments', 'assign INC-42 to me', 'assign nobody'],
  allow: 'responder',
  args: {
    incident: arg.incident(),
    to: arg.after(
      ['to'],
      arg.orNobody(arg.assignee('A person like @ana, a team like payments, me, or nobody')),
    ),
  },

  async run(ctx, { incident: number, to }) {
    const name = shortName(number);
    const before = await incidentAt(ctx, number);
    const after = await give(ctx, number, to ?? { person: null, team: null });
    if (after.assignee === before.assignee && after.team === before.team) {
      return tellYou(say(to ? `${name} is with them already.` : `${name} is with nobody already.`));
    }
    if (!to) return tellRoom(ctx, number, say(`${name} is with nobody now.`));
    if ('team' in to) {
      return tellRoom(
        ctx,
        number,
        say(`${name} is with the team ${nameIn(await allNames(ctx), to.team)} now.`),
      );
    }
    const [holder] = await peopleIn(ctx, to);
    const isMine = to.person === ctx.actor.id;
    const who = holder && !isMine ? person(holder.id, holder.name) : (holder?.name ?? to.person);
    return tellRoom(ctx, number, say([`${name} is with `, who, ' now.']));
  },
});
