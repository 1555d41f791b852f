import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom } from '#src/chat/command.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, person as mention, say } from '#src/chat/message.ts';
import { nameIn } from '#src/chat/names.ts';
import { invite as bring } from '#src/engine/change.ts';
import { shortName } from '#src/incident/incident.ts';

export const invite = defineCommand({
  name: 'invite',
  aliases: ['add'],
  summary: 'Bring somebody into an incident and its rooms',
  group: 'Tell people',
  examples: ['invite @bo', 'invite INC-42 @bo'],
  allow: 'responder',
  args: {
    incident: arg.incident(),
    person: arg.person('Whom to bring, like @ana'),
  },

  async run(ctx, { incident: number, person }) {
    await bring(ctx, number, person);
    const name = nameIn(await allNames(ctx), person);
    const who = ctx.here === number ? mention(person, name) : bold(name);
    return tellRoom(
      ctx,
      number,
      say([bold(ctx.actor.name), ' brought ', who, ` into ${shortName(number)}.`]),
    );
  },
});
