import { arg, type Assignee } from '#src/chat/args.ts';
import { defineCommand, tellRoom } from '#src/chat/command.ts';
import { allNames, peopleIn } from '#src/chat/look.ts';
import { person, say, type Inline } from '#src/chat/message.ts';
import { nameIn } from '#src/chat/names.ts';
import { note } from '#src/engine/change.ts';
import { shortName } from '#src/incident/incident.ts';
import type { Person } from '#src/incident/person.ts';

/** The most people who are mentioned at once. */
const MENTIONS = 10;

/** Until on-call schedules and channels outside the chat are set up, asking in the room is all that can be done, and it says so. */
export const page = defineCommand({
  name: 'page',
  aliases: ['call'],
  summary: 'Ask a person or a team to come: mentions them here and keeps the request',
  group: 'Tell people',
  examples: ['page @bo', 'page payments refunds are stuck', 'page INC-42 @ana because the replica is gone'],
  allow: 'responder',
  args: {
    incident: arg.incident(),
    who: arg.assignee('A person like @ana, or a team'),
    reason: arg.optional(arg.after(['because', 'since'], arg.text('Why they are needed', { max: 1000 }))),
  },

  async run(ctx, { incident: number, who, reason }) {
    const people = await peopleIn(ctx, who);
    const name = nameOf(who, nameIn(await allNames(ctx), 'person' in who ? who.person : who.team));
    const why = reason ? `: ${reason}` : '';
    await note(ctx, number, `Asked ${name} to come${why}`);
    const context = {
      type: 'context',
      text: 'Nobody was called or sent a message outside this chat: no on-call channel is set up. The request is in the timeline.',
    } as const;
    if (ctx.here !== number) {
      const where = `To mention ${name} as well, say it in the room of ${shortName(number)}.`;
      return tellRoom(ctx, number, say(`The request for ${name} is kept. ${where}`, context));
    }
    const text = [...mentions(people), ` ${ctx.actor.name} asks you to come to ${shortName(number)}${why}.`];
    return tellRoom(ctx, number, say(people.length > 0 ? text : `${name} has nobody to mention.`, context));
  },
});

function nameOf(who: Assignee, name: string): string {
  return 'team' in who ? `the team ${name}` : name;
}

function mentions(people: readonly Person[]): Inline[] {
  const all = people.slice(0, MENTIONS);
  return all.flatMap(({ id, name }, index) => (index === 0 ? [person(id, name)] : [' ', person(id, name)]));
}
