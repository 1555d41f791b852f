import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou, type CommandContext, type Reply } from '#src/chat/command.ts';
import { contactsAt } from '#src/chat/look-contacts.ts';
import { bold, code as typed, say, withTone, type Text } from '#src/chat/message.ts';
import { addContact, codeWords, dropContact, proveContact } from '#src/engine/contacts.ts';
import { labelOf } from '#src/engine/own-contacts.ts';
import { ProviderError, UserError } from '#src/errors.ts';
import type { Person } from '#src/incident/person.ts';
import { CONTACT_KINDS, NEEDS_PROOF, whyUnusable, type ContactKind } from '#src/paging/rules.ts';

/** What people can type in; the page asks the browser for the others. */
const KINDS = CONTACT_KINDS.filter((it) => it !== 'chat' && it !== 'push');
const ACTIONS = ['list', 'add', 'verify', 'test', 'remove'] as const;

export const contact = defineCommand({
  name: 'contact',
  aliases: ['contacts'],
  summary: 'Say how you can be reached when you are paged, prove it, and try it',
  group: 'Be on call',
  examples: [
    'contact',
    'contact add sms +4915112345678',
    'contact verify 123456',
    'contact test sms',
    'contact remove sms',
  ],
  allow: 'viewer',
  args: {
    what: arg.optional(
      arg.text('What to do: add sms +4915112345678, verify 123456, test sms or remove sms', {
        max: 500,
      }),
    ),
  },

  async run(ctx, { what = 'list' }) {
    const { person } = ctx;
    if (!person) throw new UserError('not_allowed', 'A key is nobody; contacts are people’s.');
    const [word = '', ...more] = what.trim().split(/\s+/);
    const action = ACTIONS.find((it) => it === word.toLowerCase());
    const rest = more.join(' ');
    if (!action) throw new UserError('bad_arguments', `Say what to do: ${ACTIONS.join(', ')}.`);
    if (action === 'list') return await list(ctx, person);
    if (action === 'verify') return await verify(ctx, person, rest);
    const { kind, address } = read(ctx, action, rest);
    if (action === 'add') return await add(ctx, person, kind, address);
    if (action === 'test') return await test(ctx, person, kind);
    await dropContact(ctx, person.id, { kind, address: address === '' ? null : address });
    return tellYou(say(`You are not told by ${kind} any more.`));
  },
});

async function list(ctx: CommandContext, person: Person): Promise<Reply> {
  const contacts = await contactsAt(ctx, person.id);
  const lines = contacts.map((it): Text => {
    const state = whyUnusable(it) ?? (it.verifiedAt ? 'verified' : 'in use');
    return [bold(it.kind), ` ${labelOf(it)} · ${state}`];
  });
  const how = ['Add one with ', typed('contact add sms +4915112345678'), '.'];
  if (lines.length === 0) {
    return tellYou(say(['You are told in chat, and nowhere else. ', ...how]));
  }
  return tellYou(say(['You are told in chat, and by these. ', ...how], { type: 'list', items: lines }));
}

async function add(ctx: CommandContext, person: Person, kind: ContactKind, written: string): Promise<Reply> {
  const address = await ctx.ways.parse(kind, written);
  const { contact: made, code } = await addContact(ctx, person.id, { kind, address });
  try {
    await ctx.ways.tell(kind, address, { ...codeWords(ctx, made, code), by: person.id });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const text = `${address} is kept, but the code could not be sent: ${error.message}. Try it again with the same line.`;
    return tellYou(withTone(say(text), 'warn'));
  }
  const needed = NEEDS_PROOF.has(kind) ? ' It is not used before.' : '';
  return tellYou(
    say([
      `A code is on its way to ${address}. Type `,
      typed('contact verify <code>'),
      ` when you have it.${needed}`,
    ]),
  );
}

async function verify(ctx: CommandContext, person: Person, code: string): Promise<Reply> {
  if (!/\d/.test(code)) {
    throw new UserError('bad_arguments', 'Say the code that you were sent: `contact verify 123456`.');
  }
  const { kind, address } = await proveContact(ctx, person.id, code);
  return tellYou(withTone(say([bold(address), ` is yours: you are told by ${kind} from now on.`]), 'good'));
}

async function test(ctx: CommandContext, person: Person, kind: ContactKind): Promise<Reply> {
  const mine = (await contactsAt(ctx, person.id)).filter(
    (it) => it.kind === kind && whyUnusable(it) === null,
  );
  if (mine.length === 0) {
    throw new UserError('not_found', `You have no contact of the kind ${kind} that can be used.`);
  }
  const failed: string[] = [];
  for (const { address } of mine) {
    const words = { kind: 'test', subject: 'This is a test page', lines: ['Nothing is wrong.'] } as const;
    const asked = { ...words, by: person.id, key: `test-${ctx.newId()}` };
    await ctx.ways.tell(kind, address, asked).catch((error: unknown) => {
      if (!(error instanceof ProviderError)) throw error;
      failed.push(`${address}: ${error.message}`);
    });
  }
  if (failed.length > 0) return tellYou(withTone(say(`It did not go out. ${failed.join('; ')}`), 'alarm'));
  return tellYou(say(`A test went out to ${mine.map(({ address }) => address).join(', ')}.`));
}

/** `sms +4915112345678` */
function read(ctx: CommandContext, action: string, rest: string): { kind: ContactKind; address: string } {
  const [word = '', ...more] = rest.trim().split(/\s+/);
  const kind = KINDS.find((it) => it === word.toLowerCase());
  const there = KINDS.filter((it) => ctx.ways.names.includes(it));
  const known = there.length > 0 ? there.join(', ') : 'none yet; an admin sets them up';
  if (!kind) {
    throw new UserError(
      'bad_arguments',
      `Say by what, as in \`contact ${action} sms\`. There are: ${known}.`,
    );
  }
  if (!ctx.ways.names.includes(kind)) {
    throw new UserError('bad_arguments', `Nobody can be told by ${kind} here. There are: ${known}.`);
  }
  return { kind, address: more.join(' ') };
}
