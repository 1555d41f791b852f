import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom } from '#src/chat/command.ts';
import { say } from '#src/chat/message.ts';
import { list } from '#src/chat/names.ts';
import { labelOf } from '#src/chat/usage.ts';
import { edit as change } from '#src/engine/change.ts';
import { UserError } from '#src/errors.ts';
import { CATEGORIES, ENVIRONMENTS, shortName, STATUSES } from '#src/incident/incident.ts';

export const edit = defineCommand({
  name: 'edit',
  aliases: ['set'],
  summary: 'Correct the title, impact, service, description and the like',
  group: 'Put in order',
  examples: ['edit --impact customers cannot pay', 'edit INC-42 checkout is slow --category performance'],
  allow: 'responder',
  args: {
    incident: arg.incident(undefined, { among: STATUSES }),
    title: arg.optional(arg.text('What is wrong, in a few words')),
    impact: arg.optional(arg.paragraph('What it does to people')),
    description: arg.optional(arg.paragraph('All that is known so far', { max: 10_000 })),
    category: arg.optional(arg.choice('What kind of trouble it is', CATEGORIES)),
    service: arg.optional(arg.word('Which service it is about')),
    environment: arg.optional(arg.choice('Where it happens', ENVIRONMENTS)),
    postmortem: arg.optional(arg.link('The address of the post-mortem')),
  },

  async run(ctx, { incident: number, postmortem, ...said }) {
    const given = Object.entries({ ...said, postMortemUrl: postmortem }).filter(
      ([, value]) => value !== undefined,
    );
    if (given.length === 0) {
      throw new UserError('bad_arguments', 'Say what to change, like `edit --impact customers cannot pay`.');
    }
    await change(ctx, number, Object.fromEntries(given));
    const names = list(
      given.map(([name]) => (name === 'postMortemUrl' ? 'post-mortem' : labelOf(name).toLowerCase())),
    );
    return tellRoom(
      ctx,
      number,
      say(`The ${names} of ${shortName(number)} ${given.length === 1 ? 'is' : 'are'} changed.`),
    );
  },
});
