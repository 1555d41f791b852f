import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou, type CommandContext } from '#src/chat/command.ts';
import { bold, code as typed, say, withTone, type Message } from '#src/chat/message.ts';
import { askAboutIdentity, claimIdentity, CODE_MINUTES, offerIdentity } from '#src/engine/identity.ts';
import { UserError } from '#src/errors.ts';
import { parseRef } from '#src/incident/incident.ts';
import type { Person } from '#src/incident/person.ts';

export const link = defineCommand({
  name: 'link',
  summary: 'Be known as the same person in another chat',
  group: 'Get started',
  examples: ['link', 'link K7FQ-3XPA'],
  allow: 'viewer',
  forStrangers: true,
  args: {
    code: arg.optional(arg.text('The code that you were told in the other chat', { max: 40 })),
    sure: arg.optional(arg.word('What the button that asks you says; it cannot be typed', { max: 40 })),
  },

  async run(ctx, { code, sure }) {
    if (code === undefined) return tellYou(await begin(ctx));
    if (!ctx.person) throw new UserError('not_allowed', NOT_HERE);
    // Before, this command tied two incidents together, and people remember.
    if (parseRef(code)) {
      const instead = `relate ${code}`;
      throw new UserError('bad_arguments', `To tie two incidents together, say \`${instead}\`.`, { instead });
    }
    if (sure === undefined) return tellYou(await askWhetherSure(ctx, code, ctx.person));
    const { name, platform } = await claimIdentity(ctx, code, { person: ctx.person.id, proof: sure });
    const text = [bold(name), ` on ${platform} is you from now on: you can use the bot there.`];
    return tellYou(withTone(say(text), 'good'));
  },
});

const NOT_HERE =
  'I do not know you here, so I cannot say who that is. Give the code where I know you, such as on the page of the incident manager.';

async function begin(ctx: CommandContext): Promise<Message> {
  const { person, from } = ctx;
  if (person || !from) {
    return say([
      'I know you here. To be known in another chat too, type ',
      typed('/incident link'),
      ' there: it gives you a code to type here.',
    ]);
  }
  const claim = { platform: from.platform, externalId: from.id, name: (await ctx.nameOf(from)) ?? from.id };
  const code = await offerIdentity(ctx, claim);
  return say([
    'Your code is ',
    bold(code),
    `. Within ${CODE_MINUTES} minutes type `,
    typed(`/incident link ${code}`),
    ' in a chat where I know you, such as on the page of the incident manager. Show it to nobody.',
  ]);
}

/** The question has to be read: its button carries what nobody can type. */
async function askWhetherSure(ctx: CommandContext, code: string, person: Person): Promise<Message> {
  const { name, platform, proof } = await askAboutIdentity(ctx, code, person.id);
  const text = [
    'This lets ',
    bold(name),
    ` on ${platform} do everything that you may do. Go on only if you asked for the code yourself, just now.`,
  ];
  const button = {
    label: 'Yes, that is me',
    command: 'link',
    args: { code, sure: proof },
    style: 'danger',
  } as const;
  return withTone(say(text, { type: 'buttons', buttons: [button] }), 'warn');
}
