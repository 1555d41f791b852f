import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { commands } from '#commands/index.ts';
import { suggestions } from '#src/chat/suggest.ts';
import { allows } from '#src/incident/person.ts';
import { directory, people } from '#test/support/directory.ts';

const known = { commands, directory, testSources: ['alertmanager', 'grafana'] };

async function suggest(typed: string, { who = 'ana', here = null as number | null } = {}): Promise<string[]> {
  const person = people.find(({ id }) => id === who);
  if (!person) throw new Error(`nobody is called ${who}`);
  return (await suggestions(typed, { person, here }, known)).map(({ line }) => line);
}

describe('completion', () => {
  it('offers commands by how they begin, by their other names, and after a slip', async () => {
    expect(await suggest('res')).toEqual(['resolve']);
    expect(await suggest('acknow')).toEqual(['ack']);
    expect(await suggest('resovle')).toEqual(['resolve']);
    expect((await suggest('')).length).toBe(commands.length);
  });

  it('offers nobody what they may not use', async () => {
    const offered = await suggest('', { who: 'vi' });
    expect(offered).toContain('summary');
    expect(offered).not.toContain('resolve');
  });

  it('offers open incidents, and those the command is about', async () => {
    expect(await suggest('resolve ')).toEqual(expect.arrayContaining(['resolve INC-1', 'resolve INC-7']));
    expect(await suggest('reopen IN')).toEqual(['reopen INC-9']);
    expect(await suggest('ack 1')).toEqual(['ack INC-1']);
    expect(await suggest('ack search')).toEqual([]);
    expect(await suggest('resolve sea')).toEqual(['resolve INC-7']);
    expect(await suggest('resolve ', { here: 7 })).not.toContain('resolve INC-1');
  });

  it('offers people with oneself first, teams, and nobody', async () => {
    expect(await suggest('assign ', { here: 7 })).toEqual([
      'assign @ana',
      'assign @bo',
      'assign @anton',
      'assign @vi',
      'assign @root',
      'assign payments',
      'assign nobody',
    ]);
    expect(await suggest('assign INC-1 @an')).toEqual(['assign INC-1 @ana', 'assign INC-1 @anton']);
    expect(await suggest('assign INC-1 che')).toEqual(['assign INC-1 @bo']);
    expect(await suggest('assign INC-1 to pay')).toEqual(['assign INC-1 to payments']);
  });

  it('offers schedules, and whoever is on call where somebody is called', async () => {
    expect(await suggest('oncall pay')).toEqual(['oncall payments']);
    expect(await suggest('oncall week pay')).toEqual(['oncall week payments']);
    expect(await suggest('page INC-1 pay')).toEqual(['page INC-1 payments', 'page INC-1 oncall:payments']);
    expect(await suggest('assign INC-1 oncall')).toEqual([]);
  });

  it('offers severities, choices, roles and times where they can stand', async () => {
    expect(await suggest('severity ', { here: 7 })).toEqual(
      expect.arrayContaining(['severity P0', 'severity P4']),
    );
    expect(await suggest('list mi')).toEqual(['list mine']);
    expect(await suggest('role co', { here: 7 })).toEqual(['role commander', 'role communications']);
    expect(await suggest('role commander @b', { here: 7 })).toEqual(['role commander @bo']);
    expect(await suggest('update we go on next ')).toEqual(
      expect.arrayContaining(['update we go on next 30m']),
    );
    expect(await suggest('declare x --severity p')).toContain('declare x --severity P0');
    expect(await suggest('merge INC-7 into ')).toContain('merge INC-7 into INC-1');
    expect(await suggest('help res')).toEqual(['help resolve']);
    expect(await suggest('test-alert g')).toEqual(['test-alert grafana']);
  });

  it('offers the names of what may still be said, and does not interrupt a text', async () => {
    expect(await suggest('declare checkout is down --im')).toEqual(['declare checkout is down --impact']);
    expect(await suggest('declare checkout is down ')).toEqual([]);
  });

  it('never breaks, and never offers what is not theirs', async () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom('INC-1', '@', '--', '--severity', '"', 'to', 'P1', ' '),
    );
    const line = fc
      .tuple(fc.constantFrom(...commands.map(({ name }) => name), ''), fc.array(piece, { maxLength: 5 }))
      .map(([command, pieces]) => [command, ...pieces].join(' '));
    await fc.assert(
      fc.asyncProperty(line, fc.constantFrom('ana', 'vi'), async (typed, who) => {
        const offered = (await suggest(typed, { who })).map((text) => text.split(' ')[0]);
        const role = who === 'vi' ? 'viewer' : 'responder';
        const forbidden = commands.filter(({ allow }) => !allows(role, allow)).map(({ name }) => name);
        expect(offered.filter((word) => word !== undefined && forbidden.includes(word))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
