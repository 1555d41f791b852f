import { describe, expect } from 'vitest';

import { discordCommands } from '#adapters/discord/manifest.ts';
import { commands } from '#commands/index.ts';
import { parse } from '#src/chat/parse.ts';
import { shapeOf } from '#src/chat/shapes.ts';
import { severityOf } from '#src/chat/words.ts';
import type { Command } from '#test/support/discord/commands.ts';
import { give, type Option } from '#test/support/discord/hands/command-line.ts';
import { COMMANDS, test } from '#test/support/discord/testing-commands.ts';

describe('commands', () => {
  test('are offered when they are registered, and only so', async ({ fake, bot }) => {
    const { ana } = fake.people;
    await expect(fake.types(ana, fake.general, '/incident ack')).rejects.toThrow('offers no command');
    await bot.put(`/applications/${fake.botId}/guilds/${fake.guildId}/commands`, COMMANDS);
    await expect(fake.types(ana, fake.general, '/incident close')).rejects.toThrow(
      'offers no sub-command `close`',
    );
    await expect(fake.types(ana, fake.general, '/incident declare')).rejects.toThrow('without title');
    await expect(fake.types(ana, fake.general, '/incident ack --who me')).rejects.toThrow(
      'has no option who',
    );
    expect(await fake.completes(ana, fake.general, 'a')).toEqual(['ack']);
    expect(await fake.completes(ana, fake.general, '')).toEqual(['ack', 'declare', 'tag']);
    expect(await fake.completes(ana, fake.general, 'declare --severity ')).toEqual(['P1 major']);
  });

  test('are refused where they break a rule', async ({ fake, bot }) => {
    const option = { type: 3, name: 'o', description: 'x' };
    const sub = { type: 1, name: 's', description: 'x' };
    const bad: object[] = [
      { name: 'Big', description: 'x' },
      { name: 'x'.repeat(33), description: 'x' },
      { name: 'x', description: 'x'.repeat(101) },
      { name: 'x', description: '' },
      {
        name: 'x',
        description: 'x',
        options: Array.from({ length: 26 }, (_, index) => ({ ...option, name: `o${index}` })),
      },
      { name: 'x', description: 'x', options: [option, option] },
      { name: 'x', description: 'x', options: [sub, option] },
      { name: 'x', description: 'x', options: [option, { ...option, name: 'p', required: true }] },
      {
        name: 'x',
        description: 'x',
        options: [{ ...option, autocomplete: true, choices: [{ name: 'a', value: 'a' }] }],
      },
      {
        name: 'x',
        description: 'x',
        options: [
          {
            ...option,
            choices: Array.from({ length: 26 }, (_, index) => ({ name: `${index}`, value: `${index}` })),
          },
        ],
      },
      { name: 'x', description: 'x', options: [{ ...sub, options: [sub] }] },
      { name: 'Note', type: 3, description: 'x' },
      {
        name: 'x',
        description: 'x',
        options: Array.from({ length: 25 }, (_, index) => ({
          ...sub,
          name: `s${index}`,
          options: [1, 2, 3, 4].map((it) => ({ ...option, name: `o${it}`, description: 'x'.repeat(100) })),
        })),
      },
    ];
    const path = `/applications/${fake.botId}/guilds/${fake.guildId}/commands`;
    for (const it of bad) {
      expect(await bot.put(path, [it])).toMatchObject({ status: 400, body: { code: 50035 } });
    }
    expect(await bot.put(path, [COMMANDS[0], COMMANDS[0]])).toMatchObject({ status: 400 });
    const first = (await bot.put(path, COMMANDS)).body;
    const second = (await bot.put(path, COMMANDS)).body;
    expect(second).toEqual(first);
    expect((await bot.get(path)).body).toEqual(first);
  });

  test('bring what was filled in, nested as Discord nests it', async ({ fake, ears }) => {
    const { ana, bo } = fake.people;
    const given = async (line: string) => {
      const typing = fake.types(ana, fake.general, line);
      const { heard } = await ears.next(4, { content: 'ok' });
      await typing;
      return heard;
    };
    const ack = await given('/incident ack INC-1 looking at "the pool"');
    expect(ack).toMatchObject({
      type: 2,
      guild_id: fake.guildId,
      channel_id: fake.general,
      member: { user: { id: ana.id } },
      data: {
        name: 'incident',
        options: [
          {
            name: 'ack',
            type: 1,
            options: [
              { name: 'incident', type: 3, value: 'INC-1' },
              { name: 'notes', type: 3, value: 'looking at "the pool"' },
            ],
          },
        ],
      },
    });
    expect((await given('/incident ack no number')).data.options[0].options).toEqual([
      { name: 'notes', type: 3, value: 'no number' },
    ]);
    const declare = await given('/incident declare p1 checkout is down --person @bo');
    expect(declare.data.options[0].options).toEqual([
      { name: 'title', type: 3, value: 'checkout is down' },
      { name: 'severity', type: 3, value: 'P1' },
      { name: 'person', type: 6, value: bo.id },
    ]);
    expect(declare.data.resolved.users[bo.id]).toMatchObject({ global_name: 'Bo Chen' });
    const tag = await given('/incident tag');
    expect(tag.data.options).toEqual([
      { name: 'more', type: 2, options: [{ name: 'tag', type: 1, options: [] }] },
    ]);
  });

  test('are completed by the bot while they are typed', async ({ fake, ears }) => {
    const typing = fake.completes(fake.people.ana, fake.general, 'ack IN');
    const { heard, answered } = await ears.next(8, { choices: [{ name: 'INC-1 checkout', value: 'INC-1' }] });
    expect(answered.status).toBe(204);
    expect(heard).toMatchObject({
      type: 4,
      data: { options: [{ options: [{ name: 'incident', value: 'IN', focused: true }] }] },
    });
    expect(await typing).toEqual(['INC-1 checkout']);
  });

  test('on a message bring the message', async ({ fake, ears }) => {
    const { ana, bo } = fake.people;
    await fake.types(bo, fake.general, 'the pool is exhausted');
    const [message] = fake.messages(ana, fake.general);
    if (!message) throw new Error('nothing is seen');
    await expect(fake.shortcut(ana, message, 'Translate')).rejects.toThrow('offers no `Translate`');
    const picking = fake.shortcut(ana, message, 'Add to timeline');
    const { heard } = await ears.next(4, { content: 'Noted.', flags: 64 });
    await picking;
    expect(heard.data).toMatchObject({
      type: 3,
      target_id: message.id,
      resolved: { messages: { [message.id]: { content: 'the pool is exhausted' } } },
    });
  });

  test('are filled in as the same line is understood elsewhere', ({ fake }) => {
    const { world } = fake;
    const filler = { world, userId: fake.people.ana.id };
    const offered = discordCommands(commands.map(shapeOf)).map(
      (it) => ({ ...it, id: '1', guildId: null, version: '1' }) as Command,
    );
    const shown = ({ of, value }: Option): [string, unknown] => [
      of.name,
      of.type === 6 ? `@${world.users.get(String(value))?.username}` : value,
    ];
    const asTyped = (line: string) => {
      const { command, args } = parse(line, commands);
      const words = Object.entries(args).map(([name, word]) => [
        name,
        name === 'severity' ? (severityOf(word) ?? word) : word === 'me' ? '@ana' : word,
      ]);
      return [command.name, Object.fromEntries(words)];
    };
    // Nobody is no person that can be picked, an incident alone is no command, of two that are related either is the first,
    // and what is muted or swapped stands in a sentence of its own, which people fill in option by option.
    const lines = commands
      .flatMap(({ examples }) => examples)
      .filter((it) => !/nobody$|^\d+$|^relate INC-\d+ INC|^(?:mute|swap) (?!list)/.test(it));
    for (const line of lines) {
      const { path, options } = give(filler, offered, `/incident ${line}`);
      const filled = [
        path.at(-1)?.name,
        Object.fromEntries(
          options.map(shown).map(([name, value]) => [name, value === 'me' ? '@ana' : value]),
        ),
      ];
      expect([line, filled]).toEqual([line, asTyped(line)]);
    }
  });
});
