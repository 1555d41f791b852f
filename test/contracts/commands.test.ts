import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { commands } from '#commands/index.ts';
import { GROUPS } from '#src/chat/command.ts';
import { formFor } from '#src/chat/form.ts';
import { helpOn, helpOnOne } from '#src/chat/help.ts';
import { plainMessage } from '#src/chat/message.ts';
import { named, parse } from '#src/chat/parse.ts';
import { usage } from '#src/chat/usage.ts';
import { readValues } from '#src/chat/values.ts';
import { directory, people } from '#test/support/directory.ts';
import { openedAt } from '#test/support/incident.ts';

const root = path.join(import.meta.dirname, '../..');
const ana = people[0] ?? null;
const asker = { person: ana, role: 'responder', here: null, now: openedAt } as const;
const viewer = { id: null, role: 'admin' } as const;
const nothing = { words: {}, values: {}, missing: [], wrong: {} };

/** They say something also where no incident is meant; all others ask for one. */
const WITHOUT_AN_INCIDENT = new Set(['ai', 'lessons', 'similar', 'status']);

it('every file in commands/ is in the list, in order', async () => {
  const files = (await readdir(path.join(root, 'commands'))).filter(
    (file) => file.endsWith('.ts') && file !== 'index.ts',
  );
  expect(commands.map(({ name }) => `${name}.ts`)).toEqual(files.toSorted());
});

it('no two commands answer to one word', () => {
  const words = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
});

it('the reference and the lifecycle are what the code says', async () => {
  const check = promisify(execFile)('node', ['manifests/generate.ts', '--check'], { cwd: root });
  await expect(check).resolves.toMatchObject({ stderr: '' });
  const reference = await readFile(path.join(root, 'manifests/commands.md'), 'utf8');
  for (const command of commands) expect(reference).toContain(`/incident ${usage(command)}`);
});

it('help has every command for an admin, and for a viewer only theirs', () => {
  const all = plainMessage(helpOn(commands, 'admin'));
  const some = plainMessage(helpOn(commands, 'viewer'));
  for (const { name, summary, allow } of commands) {
    expect(all).toContain(`- ${name} ${summary}`);
    expect(some.includes(`- ${name} ${summary}`)).toBe(allow === 'viewer');
  }
});

describe.each(commands)('/incident $name', (command) => {
  const { name, aliases = [], summary, examples, group } = command;

  it('is called by its name and its other names', () => {
    for (const word of [name, name.toUpperCase(), ...aliases]) expect(named(word, commands)).toBe(command);
    expect(name).toMatch(/^[a-z][a-z-]{1,15}$/);
  });

  it('says in one line what it does', () => {
    expect(summary).toMatch(/^[A-Z].{5,90}[^.]$/);
    expect(GROUPS).toContain(group);
  });

  it('has examples that mean it', () => {
    expect(examples.length).toBeGreaterThan(0);
    for (const line of examples) expect(parse(line, commands).command).toBe(command);
  });

  it('is explained with its words and its examples', () => {
    const text = plainMessage(helpOnOne(command));
    expect(text).toContain(`/incident ${usage(command)}`);
    for (const line of examples) expect(text).toContain(`/incident ${line}`);
    for (const [word, { help }] of Object.entries(command.args)) expect(text).toContain(`${word} ${help}`);
  });

  it('can be filled in as a form, whatever it asks', async () => {
    const form = await formFor(command, nothing, viewer, directory);
    expect(form.fields.map((field) => field.name).toSorted()).toEqual(Object.keys(command.args).toSorted());
    for (const { label, help, kind, choices, required } of form.fields) {
      expect(label).toMatch(/^[A-Z]/);
      expect(help).not.toBe('');
      expect(kind === 'choice' && choices.length === 0).toBe(false);
      expect(required).toBeTypeOf('boolean');
    }
    const order = form.fields.map(({ required }) => required);
    expect(order).toEqual(order.toSorted((a, b) => Number(b) - Number(a)));
  });

  it('has words that people can type: short, in lower case, each explained', () => {
    for (const [word, { help, lead, required, kind }] of Object.entries(command.args)) {
      expect(word).toMatch(/^[a-z]{2,12}$/);
      expect(help).toMatch(/^[A-Z].{2,119}[^.]$/);
      expect(lead.every((words) => words === words.toLowerCase())).toBe(true);
      if (kind === 'incident') expect(required).toBe(!WITHOUT_AN_INCIDENT.has(name));
    }
  });

  it('meets people and incidents it does not know with a sentence', async () => {
    for (const [word, { kind }] of Object.entries(command.args)) {
      if (!['person', 'assignee', 'schedule', 'incident'].includes(kind)) continue;
      const said = kind === 'incident' ? 'INC-9999' : '@nosuchbody';
      const { wrong } = await readValues(command, { [word]: said }, asker, directory);
      expect(wrong[word]).toMatch(/^(There is no|I know nobody).*\.$/);
    }
  });

  it('takes no word it cannot check: every kind refuses junk or cleans it', async () => {
    const junk = '\u0000\u202Ex\u0007';
    const words = Object.fromEntries(Object.keys(command.args).map((word) => [word, junk]));
    const { values, wrong } = await readValues(command, words, asker, directory);
    for (const [word, { kind }] of Object.entries(command.args)) {
      const isText = kind === 'text' || kind === 'paragraph';
      expect(values[word] ?? wrong[word]).toBeDefined();
      expect(String(values[word])).not.toContain('\u202E');
      expect(values[word] === undefined || isText).toBe(true);
    }
  });
});
