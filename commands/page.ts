import { arg, type Callee } from '#src/chat/args.ts';
import { defineCommand, tellYou, type CommandContext } from '#src/chat/command.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, clock, say, withTone, type Inline, type Part } from '#src/chat/message.ts';
import { list, nameIn, type Names } from '#src/chat/names.ts';
import { pagePeople, type Called, type CalledPerson } from '#src/engine/page-people.ts';
import { shortName } from '#src/incident/incident.ts';

/** The most people whose ways are listed. */
const SHOWN = 20;

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
    const called = await pagePeople(ctx, number, { whom: calledBy(who), reason: reason ?? null });
    const names = await allNames(ctx);
    const isLost = called.some(({ unreachable }) => unreachable !== null);
    const shown = called.slice(0, SHOWN);
    const more = called.length > shown.length ? [`and ${called.length - shown.length} more`] : [];
    const items = [...shown.map((it) => wayLine(it, names, ctx.now())), ...more];
    const people = shown.map(({ person }) => nameIn(names, person));
    const all = list([...people, ...more.map((it) => it.replace('and ', ''))]);
    const message = say(
      `${all} ${called.length === 1 ? 'is' : 'are'} paged for ${shortName(number)}.`,
      { type: 'list', items },
      ...onlyChat(ctx),
    );
    return tellYou(isLost ? withTone(message, 'alarm') : message);
  },
});

function calledBy(who: Callee): Called {
  if ('schedule' in who) return { kind: 'schedule', id: who.schedule };
  return 'person' in who ? { kind: 'person', id: who.person } : { kind: 'team', id: who.team };
}

/** Bo: by web at once, by sms at 08:02; not by voice, and why. */
function wayLine({ person, unreachable, ways }: CalledPerson, names: Names, now: Date): Inline[] {
  const head = [bold(nameIn(names, person)), ': '];
  const refused = ways.filter(({ state }) => state === 'refused').map(({ why }) => ` ${why}`);
  if (unreachable !== null) return [...head, unreachable];
  const sent = ways
    .filter(({ state, dueAt }) => state === 'waiting' && dueAt)
    .flatMap(({ channel, dueAt }, index): Inline[] => {
      const by = `${index === 0 ? '' : ', '}by ${channel} `;
      return dueAt && dueAt > now ? [`${by}at `, clock(dueAt)] : [`${by}at once`];
    });
  return [...head, ...sent, '.', ...refused];
}

function onlyChat({ settings }: CommandContext): Part[] {
  if (settings.channels.length > 0) return [];
  const text = 'Only the chat is set up: nobody is sent a text or a mail, and no phone rings.';
  return [{ type: 'context', text }];
}
