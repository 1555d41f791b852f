import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { say, withTone } from '#src/chat/message.ts';
import { ownRules } from '#src/engine/own-rules.ts';
import { answerOwnTest, sendTestPage } from '#src/engine/test-page.ts';
import { UserError } from '#src/errors.ts';

const WHAT = ['high', 'low', 'answer'] as const;

export const testPage = defineCommand({
  name: 'test-page',
  aliases: ['page-me'],
  summary: 'Page yourself by your own rules, to see that it works',
  group: 'Be on call',
  examples: ['test-page', 'test-page low', 'test-page answer'],
  allow: 'viewer',
  args: {
    what: arg.optional(
      arg.choice('High or low urgency, high when left out; or answer, to say that it came', WHAT),
    ),
  },

  async run(ctx, { what = 'high' }) {
    const { person } = ctx;
    if (!person) throw new UserError('not_allowed', 'A key is nobody; only people are paged.');
    if (what === 'answer') {
      return tellYou(withTone(say(await answerOwnTest(ctx, person.id, null)), 'good'));
    }
    const { preview } = await ownRules(ctx, person.id);
    const { unreachable } = await sendTestPage(ctx, person.id, what);
    if (unreachable !== null) return tellYou(withTone(say(unreachable), 'alarm'));
    const notes = preview[what].notes.map((text) => ({ type: 'context', text }) as const);
    return tellYou(
      say(`A test page with ${what} urgency is on its way: ${preview[what].ways}.`, ...notes, {
        type: 'context',
        text: 'Answer it where it comes, and nothing more is sent.',
      }),
    );
  },
});
