import {
  ApplicationCommandOptionType as Type,
  PermissionFlagsBits,
  type APIApplicationCommandOption,
  type APIApplicationCommandSubcommandOption,
} from 'discord-api-types/v10';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { discordCommands, discordPath, inviteUrl, permissions, sizeOf } from '#adapters/discord/manifest.ts';
import { commands } from '#commands/index.ts';
import type { ArgKind, CommandShape } from '#src/chat/command-shape.ts';
import { GROUPS } from '#src/chat/command.ts';
import { shapeOf } from '#src/chat/shapes.ts';
import { checkCommands, type CommandBody } from '#test/support/discord/checks/commands.ts';

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

interface Slash {
  readonly name: string;
  readonly options: readonly APIApplicationCommandSubcommandOption[];
}

/** `/incident`, and what stands beside it. */
function slashes(shapes: readonly CommandShape[]): Slash[] {
  return discordCommands(shapes).flatMap((it) =>
    'options' in it
      ? [{ ...it, options: it.options as readonly APIApplicationCommandSubcommandOption[] }]
      : [],
  );
}

/** How each command is given, without the slash. */
function pathsIn(all: readonly Slash[]): string[] {
  return all.flatMap(({ name, options }) => options.map((it) => `${name} ${it.name}`));
}

function lastWord(path: string): string {
  return path.split(' ').at(-1) ?? '';
}

function commandIn(all: readonly Slash[], name: string): readonly APIApplicationCommandOption[] {
  return all.flatMap(({ options }) => options).find((it) => it.name === name)?.options ?? [];
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
    for (const it of slashes(SHAPES)) expect(sizeOf(it)).toBeLessThanOrEqual(8000);
    const told = slashes(SHAPES).flatMap(({ options }) => options.map(({ description }) => description));
    for (const { summary } of SHAPES) expect(told).toContain(summary);
  });

  it('has every command once, whatever commands there are', () => {
    fc.assert(
      fc.property(shapes, (some) => {
        const all = discordCommands(some) as readonly CommandBody[];
        const lists = slashes(some);
        expect(pathsIn(lists).map(lastWord).toSorted()).toEqual(some.map(({ name }) => name).toSorted());
        for (const { options } of lists) expect(options.length).toBeLessThanOrEqual(25);
        if (lists.every((it) => sizeOf(it) <= 8000)) checkCommands(all);
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
    for (const it of slashes(wordy)) expect(sizeOf(it)).toBeLessThanOrEqual(8000);
    expect(pathsIn(slashes(wordy))).toHaveLength(SHAPES.length);
  });

  it('keeps what is needed every day below /incident, and the rest beside it', () => {
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
    const paths = pathsIn(slashes(SHAPES));
    expect(paths).toEqual(expect.arrayContaining(everyday.map((it) => `incident ${it}`)));
    const beside = ['incident-order tag', 'incident-duty swap', 'incident-look similar'];
    expect(paths).toEqual(expect.arrayContaining(beside));
    expect(discordPath(SHAPES, 'swap')).toBe('/incident-duty swap');
  });

  it('needs no word more where there are no more than 25 commands', () => {
    const few = SHAPES.slice(0, 25);
    expect(pathsIn(slashes(few))).toEqual(few.map(({ name }) => `incident ${name}`));
  });

  it('requires nothing, because a form asks for what is missing', () => {
    const all = JSON.stringify(discordCommands(SHAPES));
    expect(all).not.toContain('"required":true');
  });

  it('lets people pick a person, a choice, and complete an incident', () => {
    const options = slashes(SHAPES);
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
    const menus = discordCommands(SHAPES).slice(slashes(SHAPES).length);
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
