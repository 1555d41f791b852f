import { describe, expect, it } from 'vitest';

import { nearest } from '#src/chat/nearest.ts';
import { tokenize } from '#src/chat/tokens.ts';
import { assigneeNamed, personNamed } from '#src/chat/who.ts';
import type { PersonId, Team, TeamId } from '#src/incident/person.ts';
import { people } from '#test/support/directory.ts';

const ana = 'ana' as PersonId;
const team = (id: string, name: string): Team => ({ id: id as TeamId, name, members: [] });
const teams = [team('payments', 'Payments'), team('bo', 'Back Office')];

describe('a person', () => {
  it.each(['bo', '@bo', '@BO', 'Bo', 'bo chen', 'Bo Chen', 'bo@example.com'])('%s is Bo', (word) => {
    expect(personNamed(word, people, ana)).toBe('bo');
  });

  it('is oneself by `me`, and nobody is where a key speaks', () => {
    expect(personNamed('me', people, ana)).toBe('ana');
    expect(() => personNamed('@me', people, null)).toThrow('This key belongs to nobody');
  });

  it('who left is named as such', () => {
    expect(() => personNamed('@max', people, ana)).toThrow(
      'Max Gone is not active any more; name somebody who is.',
    );
    expect(() => assigneeNamed('@max', people, teams, ana)).toThrow(
      'I know nobody and no team called `max`.',
    );
  });

  it('is not guessed where two people have the name', () => {
    const two = people.map((it) => (it.id === 'anton' ? { ...it, name: 'Ana Weber' } : it));
    expect(personNamed('ana', two, ana)).toBe('ana');
    const strangers = two
      .filter(({ id }) => id !== 'ana')
      .concat(people.slice(0, 1).map((it) => ({ ...it, id: 'al' as PersonId })));
    expect(() => personNamed('ana', strangers, ana)).toThrow('Did you mean @anton or @al?');
  });
});

describe('a person or a team', () => {
  it('is the team of that name, but with an @ the person', () => {
    expect(assigneeNamed('bo', people, teams, ana)).toEqual({ team: 'bo' });
    expect(assigneeNamed('@bo', people, teams, ana)).toEqual({ person: 'bo' });
    expect(assigneeNamed('@payments', people, teams, ana)).toEqual({ team: 'payments' });
    expect(assigneeNamed('team Payments', people, teams, ana)).toEqual({ team: 'payments' });
    expect(assigneeNamed('Vi', people, teams, ana)).toEqual({ person: 'vi' });
  });

  it('is told by what is near, people and teams alike', () => {
    expect(() => assigneeNamed('paymets', people, teams, ana)).toThrow('Did you mean payments?');
  });
});

describe('the nearest word', () => {
  it.each([
    ['akc', ['ack', 'who'], ['ack']],
    ['resovle', ['resolve', 'reopen'], ['resolve']],
    ['assig', ['assign'], ['assign']],
    ['cloze', ['close'], ['close']],
    ['xy', ['ack'], []],
    ['', ['ack'], []],
    ['x'.repeat(5000), ['ack', 'x'.repeat(5000)], ['x'.repeat(5000)]],
  ])('%.10s', (word, candidates, found) => {
    expect(nearest(word, candidates)).toEqual(found);
  });
});

it('a quote ends where a word ends, and no earlier', () => {
  expect(tokenize('"a"b c').map(({ text }) => text)).toEqual(['"a"b', 'c']);
  expect(tokenize('"a" b"c').map(({ text }) => text)).toEqual(['a', 'b"c']);
});
