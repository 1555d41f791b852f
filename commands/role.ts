import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom } from '#src/chat/command.ts';
import { peopleIn } from '#src/chat/look.ts';
import { person, say } from '#src/chat/message.ts';
import { setRole } from '#src/engine/change.ts';
import { shortName } from '#src/incident/incident.ts';

const USUAL = ['commander', 'communications', 'scribe'] as const;

/** What people call the usual roles. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ['ic', 'commander'],
  ['lead', 'commander'],
  ['comms', 'communications'],
  ['comm', 'communications'],
  ['notes', 'scribe'],
]);

export const role = defineCommand({
  name: 'role',
  summary: 'Say who holds a role: commander, communications, scribe or one of your own',
  group: 'Put in order',
  examples: ['role commander @ana', 'role INC-42 comms me', 'role scribe nobody'],
  allow: 'responder',
  args: {
    incident: arg.incident(),
    role: arg.word('The role: commander, communications, scribe, or any other word', {
      max: 40,
      offers: USUAL,
    }),
    person: arg.after(
      ['to', 'is'],
      arg.orNobody(arg.person('Who holds it: a person like @ana, me, or nobody')),
    ),
  },

  async run(ctx, { incident: number, role: said, person: id }) {
    const word = said.toLowerCase();
    const name = SHORT.get(word) ?? word;
    await setRole(ctx, number, name, id);
    const [holder] = id ? await peopleIn(ctx, { person: id }) : [];
    if (!holder) return tellRoom(ctx, number, say(`${shortName(number)} has no ${name} now.`));
    const who = holder.id === ctx.actor.id ? holder.name : person(holder.id, holder.name);
    return tellRoom(ctx, number, say([who, ` is ${name} of ${shortName(number)}.`]));
  },
});
