import { afterEach, beforeEach, describe, expect } from 'vitest';

import type { Ref } from '#src/chat/platform.ts';
import { eventsOf } from '#src/db/events.ts';
import { findIncident } from '#src/db/incidents.ts';
import type { Db } from '#src/db/schema.ts';
import { Talk } from '#test/support/chat.ts';
import { test } from '#test/support/database.ts';

let talk: Talk;
let room: Ref;

beforeEach<{ db: Db }>(async ({ db }) => {
  talk = new Talk(db);
  room = await talk.begin();
});

afterEach(() => {
  expect(talk.logged).toEqual([]);
});

describe('running an incident by typing', () => {
  test('it is opened with a sentence for everybody there', async ({ db }) => {
    const opened = await talk.types('ana', 'declare search is slow --impact "results take 10 s"');
    expect(opened.text).toBe(
      'INC-2 is open as P2 medium: search is slow. Its room will be there in a moment.',
    );
    expect(opened.visible).toBe('room');
    expect(await findIncident(db, 1)).toMatchObject({
      severity: 'P1',
      resource: { type: 'service', name: 'checkout' },
    });
    expect(await findIncident(db, 2)).toMatchObject({
      severity: 'P2',
      impact: 'results take 10 s',
      resource: null,
    });
  });

  test('it is taken, worked on, resolved and closed, each in one sentence', async ({ db }) => {
    expect((await talk.types('ana', 'ack', room)).text).toBe('Ana has INC-1 now.');
    expect((await talk.types('ana', 'start', room)).text).toBe('Ana is working on INC-1.');
    expect((await talk.types('ana', 'resolve rolled back v41 --cause "bad deploy"', room)).text).toBe(
      'INC-1 is resolved.',
    );
    expect((await talk.types('ana', 'close', room)).text).toBe('INC-1 is closed.');
    expect(await findIncident(db, 1)).toMatchObject({
      status: 'CLOSED',
      resolution: { notes: 'rolled back v41', rootCause: 'bad deploy', resolvedBy: 'Ana' },
    });
  });

  test('a goal far away is reached on the way, and that is said', async () => {
    expect((await talk.types('ana', 'resolve INC-1')).text).toBe(
      'INC-1 is resolved (acknowledged and started on the way).',
    );
    expect((await talk.types('ana', 'reopen 1 because it is down again')).text).toBe(
      'INC-1 is open again; resolve it by 09:00 UTC.',
    );
  });

  test('of two people who acknowledge, the second is told who has it and since when', async () => {
    await talk.types('ana', 'ack', room);
    talk.clock.advance(120_000);
    const late = await talk.types('bo', 'ack', room);
    expect(late.text).toBe('Ana has INC-1 since 08:00 UTC.\n[Take it over]');
    expect(late.visible).toBe('private');
    expect((await talk.types('ana', 'ack', room)).text).toBe('You have INC-1 since 08:00 UTC.');
    expect((await talk.presses('bo', late.button('Take it over'), room)).text).toBe('INC-1 is with Bo now.');
    expect((await talk.types('ana', 'ack', room)).text).toContain(
      'acknowledged INC-1 at 08:00 UTC; it is with Bo.',
    );
  });

  test('what is assigned already stays with whoever has it when another one acknowledges', async () => {
    await talk.types('ana', 'assign @bo', room);
    expect((await talk.types('ana', 'ack', room)).text).toBe('Ana acknowledged INC-1; it stays with Bo.');
  });

  test('what somebody did already is said with who and when', async () => {
    await talk.types('ana', 'resolve', room);
    expect((await talk.types('bo', 'resolve', room)).text).toBe('Ana resolved INC-1 at 08:00 UTC.');
    expect((await talk.types('bo', 'deescalate', room)).text).toMatch(
      /^INC-1 is resolved; it cannot be de-escalated\./,
    );
    await talk.types('ana', 'close', room);
    expect((await talk.types('ana', 'close', room)).text).toBe('You closed INC-1 at 08:00 UTC.');
    await talk.types('ana', 'reopen', room);
    expect((await talk.types('bo', 'reopen', room)).text).toBe('INC-1 is open already: in progress.');
    expect((await talk.types('bo', 'deescalate', room)).text).toBe(
      'INC-1 is not escalated: it is in progress.',
    );
  });

  test('it is escalated to somebody, one level more, and back', async ({ db }) => {
    const escalated = await talk.types('ana', 'escalate to @bo because refunds fail', room);
    expect(escalated.text).toBe('INC-1 is escalated to level 2, to @Bo.\n- Bo: by web at once.');
    expect((await talk.types('ana', 'escalate to payments', room)).text).toContain(
      'INC-1 is escalated to level 3, to Payments.',
    );
    expect((await talk.types('ana', 'deescalate', room)).text).toBe('INC-1 is de-escalated and in progress.');
    const [first] = await eventsOf(db, 1, { types: ['incident.escalated'] });
    expect(first?.data).toMatchObject({ level: 2, reason: 'refunds fail', target: 'Bo' });
  });

  test('it is assigned to a person, a team, oneself and nobody', async () => {
    expect((await talk.types('ana', 'assign @bo', room)).text).toBe('INC-1 is with @Bo now.');
    expect((await talk.types('ana', 'assign bo', room)).text).toBe('INC-1 is with them already.');
    expect((await talk.types('ana', 'assign INC-1 to payments', room)).text).toBe(
      'INC-1 is with the team Payments now.',
    );
    expect((await talk.types('ana', 'assign me', room)).text).toBe('INC-1 is with Ana now.');
    expect((await talk.types('ana', 'assign nobody', room)).text).toBe('INC-1 is with nobody now.');
    expect((await talk.types('ana', 'assign nobody', room)).text).toBe('INC-1 is with nobody already.');
  });

  test('a severity moves its deadline, and the same one again is no change', async ({ db }) => {
    expect((await talk.types('ana', 'severity critical because customers see it', room)).text).toBe(
      'INC-1 is P0 critical now; it was P1 high. Resolve it by 08:15 UTC.',
    );
    expect((await talk.types('ana', 'severity P0', room)).text).toBe('INC-1 is P0 critical already.');
    const changes = await eventsOf(db, 1, { types: ['incident.severity_changed'] });
    expect(changes.map(({ data }) => data)).toEqual([{ from: 'P1', to: 'P0', reason: 'customers see it' }]);
  });

  test('roles are held by people, under their usual names', async ({ db }) => {
    expect((await talk.types('ana', 'role ic me', room)).text).toBe('Ana is commander of INC-1.');
    expect((await talk.types('ana', 'role comms bo', room)).text).toBe('@Bo is communications of INC-1.');
    expect((await talk.types('ana', 'role commander nobody', room)).text).toBe('INC-1 has no commander now.');
    expect((await findIncident(db, 1)).roles).toEqual({ communications: 'bo' });
  });
});

describe('telling people', () => {
  test('a note goes to the timeline, and so does what is pinned', async ({ db }) => {
    expect((await talk.types('ana', 'note the disk of db-3 is full', room)).text).toBe(
      'Ana noted on INC-1: the disk of db-3 is full',
    );
    const message = { platform: 'web', id: '7' };
    const pinned = {
      id: 'p1',
      person: { platform: 'web', id: 'bo' },
      room,
      message,
      text: 'see ticket 8812',
    };
    const viewer = { platform: 'web', id: 'vi' };
    await talk.dispatch.said({ ...pinned, id: 'p0', person: viewer, kind: 'pinned' });
    await talk.dispatch.said({ ...pinned, kind: 'pinned' });
    await talk.dispatch.said({ ...pinned, kind: 'pinned' });
    await talk.dispatch.said({ ...pinned, id: 'p2', kind: 'reacted', emoji: '📌', on: true });
    await talk.dispatch.said({ ...pinned, id: 'm1', kind: 'message', files: [], below: null });
    const other = { ...pinned, message: { platform: 'web', id: '8' }, text: 'the pool is full' };
    await talk.dispatch.said({ ...other, id: 'r1', kind: 'reacted', emoji: '🎉', on: true });
    await talk.dispatch.said({ ...other, id: 'r2', kind: 'reacted', emoji: '📝', on: false });
    const vi = { platform: 'web', id: 'vi' };
    await talk.dispatch.said({ ...other, id: 'r3', kind: 'reacted', emoji: '📝', on: true, by: vi });
    const notes = await eventsOf(db, 1, { types: ['incident.noted'] });
    expect(notes.map(({ by, data }) => [by.name, 'content' in data && data.content])).toEqual([
      ['Ana', 'the disk of db-3 is full'],
      ['Bo', 'see ticket 8812'],
      ['Bo', 'the pool is full (said by Vi)'],
    ]);
  });

  test('a message that is added to the timeline is there in the name of whoever wrote it', async ({ db }) => {
    const adds = async (text: string, by: Ref | null) =>
      await talk.dispatch.invoked({
        id: text,
        person: { platform: 'web', id: 'bo' },
        room,
        ask: { type: 'saved', command: 'note', args: { text }, by },
      });
    await talk.addPerson('eve', { name: 'Eve\n*everyone*  <@U1>' });
    await adds('the pool is full', { platform: 'web', id: 'vi' });
    await adds('I restarted it', { platform: 'web', id: 'bo' });
    await adds('who is that?', { platform: 'web', id: 'nobody' });
    await adds('a robot said this', null);
    const told = await adds('see here', { platform: 'web', id: 'eve' });
    const notes = await eventsOf(db, 1, { types: ['incident.noted'] });
    expect(notes.map(({ by, data }) => [by.name, 'content' in data && data.content])).toEqual([
      ['Bo', 'the pool is full (said by Vi)'],
      ['Bo', 'I restarted it'],
      ['Bo', 'who is that?'],
      ['Bo', 'a robot said this'],
      ['Bo', 'see here (said by Eve *everyone* <@U1>)'],
    ]);
    // The name is words like any other: nothing in it is drawn, and nobody is mentioned.
    expect(told.type === 'reply' && told.message.parts).toEqual([
      {
        type: 'text',
        text: [{ type: 'bold', text: 'Bo' }, ' noted on INC-1: see here (said by Eve *everyone* <@U1>)'],
      },
    ]);
  });

  test('an update promises the next one, in the time zone of whoever writes it', async ({ db }) => {
    await talk.addPerson('kim', { timezone: 'Asia/Seoul' });
    expect((await talk.types('kim', 'update half of it is back by 18:45', room)).text).toBe(
      'Update on INC-1: half of it is back\nNext update by 09:45 UTC.',
    );
    expect(await findIncident(db, 1)).toMatchObject({
      lastUpdate: 'half of it is back',
      nextUpdateAt: new Date('2026-03-01T09:45:00Z'),
    });
  });
});

describe('putting in order', () => {
  test('incidents are linked, unlinked and merged', async ({ db }) => {
    await talk.types('ana', 'declare checkout is slow');
    expect((await talk.types('ana', 'relate INC-2', room)).text).toBe('INC-1 and INC-2 are linked.');
    expect((await talk.types('ana', 'relate INC-2 remove', room)).text).toBe(
      'INC-1 and INC-2 are not linked any more.',
    );
    expect((await talk.types('ana', 'merge INC-2', room)).text).toBe(
      'INC-2 is closed as a duplicate. Go on in INC-1 checkout is down.',
    );
    expect(await findIncident(db, 2)).toMatchObject({ status: 'CLOSED', duplicateOf: 1 });
    expect((await talk.types('ana', 'merge INC-2 into INC-1')).text).toContain(
      'is a duplicate of INC-1 already',
    );
  });

  test('tags are put on and taken off, and what is no tag is refused', async () => {
    expect((await talk.types('ana', 'tag region=eu tier:1', room)).text).toBe(
      'The tags of INC-1: region=eu and tier=1.',
    );
    expect((await talk.types('ana', 'tag -region', room)).text).toBe('The tags of INC-1: tier=1.');
    expect((await talk.types('ana', 'tag flaky', room)).text).toContain('flaky is no tag');
  });

  test('a correction changes what is said and nothing else', async ({ db }) => {
    expect((await talk.types('ana', 'edit checkout is slow --category performance', room)).text).toBe(
      'The title and category of INC-1 are changed.',
    );
    expect(await findIncident(db, 1)).toMatchObject({
      title: 'checkout is slow',
      category: 'performance',
      severity: 'P1',
    });
    expect((await talk.types('ana', 'edit', room)).text).toContain('Say what to change');
    expect((await talk.types('ana', 'edit --postmortem javascript:alert(1)', room)).text).toContain(
      'begins with https://',
    );
  });
});
