import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { learnedWords, lessonsMessage } from '#src/chat/lessons.ts';
import { marked, say } from '#src/chat/message.ts';
import { forget, learn } from '#src/engine/lessons.ts';
import { UserError } from '#src/errors.ts';
import { STATUSES } from '#src/incident/incident.ts';
import { LESSON_FIELDS } from '#src/incident/lesson.ts';
import { allows } from '#src/incident/person.ts';

const ACTIONS = ['show', 'learn', 'forget'] as const;

export const lessons = defineCommand({
  name: 'lessons',
  aliases: ['lesson'],
  summary: 'See what corrections have taught about alert rules, add one, or take one back',
  group: 'Look deeper',
  examples: ['lessons', 'lessons learn INC-42 severity', 'lessons forget --id 1f0c22ab'],
  allow: 'viewer',
  args: {
    action: arg.optional(arg.choice('What to do: show (when left out), learn or forget', ACTIONS)),
    incident: arg.optional(
      arg.incident('The incident whose correction shall hold for the next alerts', { among: STATUSES }),
    ),
    field: arg.optional(arg.choice('What of it shall hold', LESSON_FIELDS)),
    id: arg.optional(arg.word('The id of the lesson to forget')),
  },

  async run(ctx, { action = 'show', incident, field, id }) {
    if (action === 'show') return tellYou(await lessonsMessage(ctx));
    if (!allows(ctx.role, 'responder')) {
      throw new UserError('not_allowed', 'Only responders and admins may change what was learned.');
    }
    if (action === 'forget') {
      if (id === undefined) {
        throw new UserError('bad_arguments', 'Say which one: `lessons forget ID`.', { field: 'id' });
      }
      await forget(ctx, id);
      return tellYou(say(marked(`The lesson \`${id}\` does not hold any more.`)));
    }
    if (incident === undefined || field === undefined) {
      const text = 'Say of which incident, and what: `lessons learn INC-42 severity`.';
      throw new UserError('bad_arguments', text, { field: incident === undefined ? 'incident' : 'field' });
    }
    // The incident's room hears of it all the same.
    return tellYou(say(learnedWords(await learn(ctx, incident, field))));
  },
});
