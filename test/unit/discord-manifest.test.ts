import {
  ApplicationCommandOptionType as Type,
  PermissionFlagsBits,
  type APIApplicationCommandOption,
  type APIApplicationCommandSubcommandGroupOption,
  type APIApplicationCommandSubcommandOption,
} from 'discord-api-types/v10';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { discordCommands, inviteUrl, permissions, sizeOf } from '#adapters/discord/manifest.ts';
import { commands } from '#commands/index.ts';
import type { ArgKind, CommandShape } from '#src/chat/command-shape.ts';
import { GROUPS } from '#src/chat/command.ts';
import { shapeOf } from '#src/chat/shapes.ts';
import { checkCommands, type CommandBody } from '#test/support/discord/checks/commands.ts';

type Branch = APIApplicationCommandSubcommandOption | APIApplicationCommandSubcommandGroupOption;

const SHAPES = commands.map(shapeOf);
const KINDS: readonly ArgKind[] = [
  'text',
  'paragraph',
  'choice',
  'severity',
  'person',
  'assignee',
  'schedule',
  'incident',
  'when',
  'duration',
];

function slash(shapes: readonly CommandShape[]) {
  const [incident] = discordCommands(shapes);
  if (!incident || !('options' in incident)) throw new Error('no /incident');
  return { ...incident, options: (incident.options ?? []) as readonly Branch[] };
}

/** The words after `/incident` by which each command is given. */
function pathsIn(options: readonly Branch[]): string[] {
  return options.flatMap((it) =>
    it.type === Type.SubcommandGroup ? (it.options ?? []).map(({ name }) => `${it.name} ${name}`) : [it.name],
  );
}

function lastWord(path: string): string {
  return path.split(' ').at(-1) ?? '';
}

function commandIn(options: readonly Branch[], name: string): readonly APIApplicationCommandOption[] {
  const all = options.flatMap((it) => (it.type === Type.SubcommandGroup ? (it.options ?? []) : [it]));
  return all.find((it) => it.name === name)?.options ?? [];
}

const argShape = fc.record({
  name: fc.stringMatching(/^[a-z][a-z0-9_-]{0,12}$/),
  kind: fc.constantFrom(...KINDS),
  help: fc.string({ minLength: 1, maxLength: 200 }),
  required: fc.boolean(),
  choices: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,10}$/), { maxLength: 12 }),
  offers: fc.array(fc.stringMatching(/^[a-z]{1,10}$/), { maxLength: 3 }),
});

const shapes: fc.Arbitrary<CommandShape[]> = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[a-z][a-z0-9-]{0,14}$/),
    aliases: fc.constant([]),
    summary: fc.string({ minLength: 1, maxLength: 150 }).filter((it) => it.trim() !== ''),
    group: fc.constantFrom(...GROUPS, 'Something new'),
    usage: fc.constant(''),
    args: fc.uniqueArray(argShape, { maxLength: 8, selector: ({ name }) => name }),
    onMessage: fc.constant(null),
    isHome: fc.constant(false),
  }),
  { minLength: 1, maxLength: 60, selector: ({ name }) => name },
);

describe("Discord's list of commands", () => {
  it('is taken by Discord as it is', () => {
    checkCommands(discordCommands(SHAPES) as readonly CommandBody[]);
    expect(sizeOf(slash(SHAPES))).toBeLessThanOrEqual(8000);
  });

  it('has every command once, whatever commands there are', () => {
    fc.assert(
      fc.property(shapes, (some) => {
        const all = discordCommands(some) as readonly CommandBody[];
        const { options } = slash(some);
        expect(pathsIn(options).map(lastWord).toSorted()).toEqual(some.map(({ name }) => name).toSorted());
        expect(options.length).toBeLessThanOrEqual(25);
        if (sizeOf(slash(some)) <= 8000) checkCommands(all);
      }),
      { numRuns: 300 },
    );
  });

  it('stays below 8000 characters by shortening what is said about commands, not by leaving any out', () => {
    const wordy = SHAPES.map((it) => ({
      ...it,
      summary: 'word '.repeat(30),
      args: it.args.map((arg) => ({ ...arg, help: 'word '.repeat(30) })),
    }));
    expect(sizeOf(slash(wordy))).toBeLessThanOrEqual(8000);
    expect(pathsIn(slash(wordy).options)).toHaveLength(SHAPES.length);
  });

  it('keeps what is needed every day at the top', () => {
    const everyday = [
      'declare',
      'ack',
      'assign',
      'resolve',
      'escalate',
      'note',
      'update',
      'status',
      'list',
      'help',
    ];
    expect(pathsIn(slash(SHAPES).options)).toEqual(expect.arrayContaining(everyday));
    expect(pathsIn(slash(SHAPES).options)).toEqual(
      expect.arrayContaining(['order tag', 'duty swap', 'look similar']),
    );
  });

  it('needs no word more where there are no more than 25 commands', () => {
    const few = SHAPES.slice(0, 25);
    expect(pathsIn(slash(few).options)).toEqual(few.map(({ name }) => name));
  });

  it('requires nothing, because a form asks for what is missing', () => {
    const all = JSON.stringify(discordCommands(SHAPES));
    expect(all).not.toContain('"required":true');
  });

  it('lets people pick a person, a choice, and complete an incident', () => {
    const { options } = slash(SHAPES);
    const role = commandIn(options, 'role').find(({ name }) => name === 'person');
    const severity = commandIn(options, 'severity').find(({ name }) => name === 'severity');
    const incident = commandIn(options, 'ack').find(({ name }) => name === 'incident');
    expect(role).toMatchObject({ type: Type.User });
    expect(severity).toMatchObject({
      choices: expect.arrayContaining([{ name: 'P1', value: 'P1' }]) as unknown,
    });
    expect(incident).toMatchObject({ type: Type.String, autocomplete: true });
    const title = commandIn(options, 'declare').find(({ name }) => name === 'title');
    expect(title).not.toHaveProperty('autocomplete');
  });

  it("has an entry in every message's menu for what is given on a message", () => {
    const menus = discordCommands(SHAPES).slice(1);
    const labels = SHAPES.flatMap(({ onMessage }) => (onMessage ? [onMessage.label] : []));
    expect(menus).toEqual(labels.map((name) => ({ type: 3, name })));
    expect(labels).toContain('Add to timeline');
  });
});

describe('The invitation', () => {
  it('asks for the rights that are used, and for no power over everything', () => {
    const url = new URL(inviteUrl('123456789012345678'));
    expect(url.origin + url.pathname).toBe('https://discord.com/oauth2/authorize');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: '123456789012345678',
      scope: 'bot applications.commands',
      permissions: String(permissions()),
    });
    const has = (bit: bigint) => (permissions() & bit) !== 0n;
    expect(has(PermissionFlagsBits.ManageChannels)).toBe(true);
    expect(has(PermissionFlagsBits.PinMessages)).toBe(true);
    expect(has(PermissionFlagsBits.Administrator)).toBe(false);
    expect(has(PermissionFlagsBits.MentionEveryone)).toBe(false);
    expect(has(PermissionFlagsBits.ManageGuild)).toBe(false);
  });
});
