import { arg } from '#src/chat/args.ts';
import { calledWords, whomOf } from '#src/chat/called.ts';
import { defineCommand, tellYou, type CommandContext } from '#src/chat/command.ts';
import { allNames } from '#src/chat/look.ts';
import { say, withTone, type Part } from '#src/chat/message.ts';
import { pagePeople } from '#src/engine/page-people.ts';
import { shortName } from '#src/incident/incident.ts';

export const page = defineCommand({
  name: 'page',
  aliases: ['call'],
  summary: 'Page a person, a team or whoever is on call, at once and by all their ways',
  group: 'Tell people',
  examples: [
    'page @bo',
    'page payments refunds are stuck',
    'page oncall:payments',
    'page INC-42 @ana because the replica is gone',
  ],
  allow: 'responder',
  args: {
    incident: arg.incident(),
    who: arg.callee('A person like @ana, a team, or oncall: and the name of a schedule'),
    reason: arg.optional(arg.after(['because', 'since'], arg.text('Why they are needed', { max: 1000 }))),
  },

  /** The room hears of it from the bot, with a mention of each. */
  async run(ctx, { incident: number, who, reason }) {
    const called = await pagePeople(ctx, number, { whom: whomOf(who), reason: reason ?? null });
    const { who: all, lines, isLost } = calledWords(called, await allNames(ctx), ctx.now());
    const are = called.length === 1 ? 'is' : 'are';
    const message = say(`${all} ${are} paged for ${shortName(number)}.`, lines, ...onlyChat(ctx));
    return tellYou(isLost ? withTone(message, 'alarm') : message);
  },
});

function onlyChat({ settings }: CommandContext): Part[] {
  if (settings.channels.length > 0) return [];
  const text = 'Only the chat is set up: nobody is sent a text or a mail, and no phone rings.';
  return [{ type: 'context', text }];
}
