import { GatewayIntentBits as Intents } from 'discord-api-types/v10';

import type { FakePlatform } from '#test/support/fake-platform.ts';

import type { DiscordExtras } from './fake.ts';
import { call, identified, type Answered, type RawGateway } from './raw-bot.ts';
import { test as base } from './testing.ts';

/** What the bot of these tests has registered. */
export const COMMANDS = [
  {
    name: 'incident',
    description: 'Incidents',
    options: [
      {
        type: 1,
        name: 'ack',
        description: 'Take it',
        options: [
          { type: 3, name: 'incident', description: 'Which', autocomplete: true },
          { type: 3, name: 'notes', description: 'What you know' },
        ],
      },
      {
        type: 1,
        name: 'declare',
        description: 'Open one',
        options: [
          { type: 3, name: 'title', description: 'What', required: true, max_length: 50 },
          { type: 3, name: 'severity', description: 'How bad', choices: [{ name: 'P1 major', value: 'P1' }] },
          { type: 6, name: 'person', description: 'Whose' },
        ],
      },
      {
        type: 2,
        name: 'more',
        description: 'More',
        options: [{ type: 1, name: 'tag', description: 'Tag it', options: [] }],
      },
    ],
  },
  { name: 'Add to timeline', type: 3 },
];

/** A bot that has registered its commands and listens, and answers what it hears. */
export const test = base.extend('ears', async ({ fake }) => {
  const gateway = await identified(fake, Intents.Guilds);
  await call(fake, 'PUT', `/applications/${fake.botId}/guilds/${fake.guildId}/commands`, COMMANDS);
  return { gateway, ...answering(fake, gateway) };
});

export function answering(fake: FakePlatform & DiscordExtras, gateway: RawGateway) {
  let count = 0;
  const hears = async () => (await gateway.hears('INTERACTION_CREATE', (count += 1))).d;
  const answer = async (to: { id: string; token: string }, body: unknown): Promise<Answered> =>
    await call(fake, 'POST', `/interactions/${to.id}/${to.token}/callback`, body, { authorization: '' });
  const original = async (to: { token: string }, method: string, body?: unknown): Promise<Answered> =>
    await call(fake, method, `/webhooks/${fake.botId}/${to.token}/messages/%40original`, body, {
      authorization: '',
    });
  /** The next interaction, once it is answered so. */
  const next = async (type: number, data?: object) => {
    const heard = await hears();
    const answered = await answer(heard, { type, ...(data ? { data } : null) });
    return { heard, answered };
  };
  return { hears, answer, original, next };
}
