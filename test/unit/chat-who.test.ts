import { describe, expect, it } from 'vitest';

import { tokenize } from '#src/chat/tokens.ts';
import { assigneeNamed, personNamed, scheduleNamed } from '#src/chat/who.ts';
import { nearest } from '#src/incident/nearest.ts';
import type { PersonId, Team, TeamId } from '#src/incident/person.ts';
import { people } from '#test/support/directory.ts';

const ana = 'ana' as PersonId;
const team = (id: string, name: string): Team => ({ id: id as TeamId, name, members: [] });
const teams = [team('payments', 'Payments'), team('bo', 'Back Office')];
const known = { people, teams, schedules: [] };

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
    expect(() => assigneeNamed('@max', known, ana)).toThrow('I know nobody and no team called `max`.');
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
    expect(assigneeNamed('bo', known, ana)).toEqual({ team: 'bo' });
    expect(assigneeNamed('@bo', known, ana)).toEqual({ person: 'bo' });
    expect(assigneeNamed('@payments', known, ana)).toEqual({ team: 'payments' });
    expect(assigneeNamed('team Payments', known, ana)).toEqual({ team: 'payments' });
    expect(assigneeNamed('Vi', known, ana)).toEqual({ person: 'vi' });
  });

  it('is told by what is near, people and teams alike', () => {
    expect(() => assigneeNamed('paymets', known, ana)).toThrow('Did you mean payments?');
  });
});

describe('whoever is on call', () => {
  const schedules = [
    { id: 'payments', name: 'Payments' },
    { id: 'db', name: 'Databases' },
  ];
  const all = { ...known, schedules };

  it('is meant by the name of a schedule, unless a team or a person is called so', () => {
    expect(assigneeNamed('db', all, ana)).toEqual({ schedule: 'db' });
    expect(assigneeNamed('databases', all, ana)).toEqual({ schedule: 'db' });
    expect(assigneeNamed('payments', all, ana)).toEqual({ team: 'payments' });
    expect(assigneeNamed('oncall:payments', all, ana)).toEqual({ schedule: 'payments' });
  });

  it('is nobody where the schedule is not known, and the nearest one is told', () => {
    expect(() => assigneeNamed('oncall:paymnts', all, ana)).toThrow('Did you mean `payments`?');
    expect(() => scheduleNamed('zzzzzz', schedules)).toThrow('There is `payments`, `db`.');
    expect(() => scheduleNamed('payments', [])).toThrow('There is no on-call schedule yet');
  });

  it('cannot hold an incident', () => {
    expect(() => assigneeNamed('db', known, ana)).toThrow('I know nobody and no team called `db`.');
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
