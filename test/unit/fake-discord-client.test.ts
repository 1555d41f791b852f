import {
  ChannelType,
  Client,
  ComponentType,
  Events,
  GatewayIntentBits as Intents,
  MessageFlags,
  TextInputStyle,
  type Interaction,
} from 'discord.js';
import { expect } from 'vitest';

import { test as base } from '#test/support/discord/testing.ts';

const INTENTS = [Intents.Guilds, Intents.GuildMessages, Intents.MessageContent];

/** The library that bots are written with, as it is: somebody else's idea of Discord. */
const test = base.extend('client', async ({ fake }, { onCleanup }) => {
  const client = new Client({
    intents: INTENTS,
    rest: { api: `${fake.env['DISCORD_API_URL']}`, retries: 0 },
  });
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(fake.env['DISCORD_TOKEN']);
  await ready;
  onCleanup(async () => await client.destroy());
  return client;
});

async function respond(it: Interaction): Promise<void> {
  if (it.isModalSubmit()) await it.reply(`Done: ${it.fields.getTextInputValue('how')}`);
  if (!it.isChatInputCommand()) return;
  if (it.options.getSubcommand() === 'form') {
    const component = {
      type: ComponentType.TextInput,
      custom_id: 'how',
      style: TextInputStyle.Short,
    } as const;
    await it.showModal({
      title: 'How?',
      custom_id: 'f',
      components: [{ type: ComponentType.Label, label: 'How', component }],
    });
    return;
  }
  await it.deferReply({ flags: MessageFlags.Ephemeral });
  await it.editReply(`You said ${it.options.getString('how')}`);
}

const resumes = async (client: Client): Promise<void> =>
  await new Promise((resolve) => void client.once(Events.ShardResume, () => resolve()));

test('finds its guild, makes a room in it and writes there', async ({ fake, client }) => {
  const guild = client.guilds.cache.get(fake.guildId);
  expect(guild?.name).toBe('Example Engineering');
  const room = await guild?.channels.create({
    name: 'INC 1',
    topic: 'Checkout',
    type: ChannelType.GuildText,
  });
  const message = await room?.send({
    content: 'new',
    files: [{ attachment: Buffer.from('a,b'), name: 'a.csv' }],
  });
  await message?.pin();
  await message?.react('👀');
  const thread = await message?.startThread({ name: 'more' });
  await thread?.send('below');
  await message?.edit('newer');
  const { ana } = fake.people;
  expect(fake.messages(ana, `${room?.id}`)).toMatchObject([
    { text: 'newer', pinned: true, reactions: { '👀': 1 }, files: [{ name: 'a.csv' }] },
  ]);
  expect(fake.below(ana, `${message?.id}`)).toMatchObject([{ text: 'below' }]);
});

test('answers a command privately, and another with a form', async ({ fake, client }) => {
  const { ana, bo } = fake.people;
  const option = { type: 3, name: 'how', description: 'How' } as const;
  const sub = (name: string) => ({ type: 1, name, description: 'x', options: [option] }) as const;
  await client.guilds.cache
    .get(fake.guildId)
    ?.commands.set([{ name: 'incident', description: 'x', options: [sub('ack'), sub('form')] }]);
  client.on(Events.InteractionCreate, (it) => void respond(it));
  await fake.types(ana, fake.general, '/incident ack it works');
  await expect
    .poll(() => fake.messages(ana, fake.general))
    .toMatchObject([{ text: 'You said it works', private: true }]);
  expect(fake.messages(bo, fake.general)).toEqual([]);
  await fake.types(bo, fake.general, '/incident form');
  await fake.fills(bo, { how: 'well' });
  expect(fake.messages(bo, fake.general)).toMatchObject([{ text: 'Done: well' }]);
});

test('comes back and misses nothing when its connection breaks off', async ({ fake, client }) => {
  const heard: string[] = [];
  client.on(Events.MessageCreate, (it) => void heard.push(it.content));
  const resumed = resumes(client);
  fake.trouble.dropConnections();
  await fake.types(fake.people.ana, fake.general, 'while you were away');
  await resumed;
  await expect.poll(() => heard).toEqual(['while you were away']);
  const again = resumes(client);
  fake.gateway.askToReconnect();
  await again;
  expect(fake.gateway).toMatchObject({ identified: 1, resumed: 2 });
});
