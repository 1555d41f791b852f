import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect } from 'vitest';

import type { Ref } from '#src/chat/platform.ts';
import { eventsOf } from '#src/db/events.ts';
import { findIncident } from '#src/db/incidents.ts';
import { saveTeam } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import { Talk } from '#test/support/chat.ts';
import { test } from '#test/support/database.ts';

let talk: Talk;
let room: Ref;

/** Ana and Bo answer calls, Vi looks on; INC-1 is open and has a room. */
beforeEach<{ db: Db }>(async ({ db }) => {
  talk = new Talk(db);
  await talk.addPerson('ana');
  await talk.addPerson('bo');
  await talk.addPerson('vi', { role: 'viewer' });
  await saveTeam(
    db,
    { id: 'payments' as TeamId, name: 'Payments', members: ['bo' as PersonId] },
    talk.clock.now(),
  );
  const opened = await talk.types('ana', 'declare sev2 checkout is down --service checkout');
  expect(opened.text).toBe('INC-1 is open as P1 high: checkout is down. Its room will be there in a moment.');
  room = await talk.openRoom(1);
});

afterEach(() => {
  expect(talk.logged).toEqual([]);
});

describe('running an incident by typing', () => {
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
    expect(escalated.text).toBe('INC-1 is escalated to level 2, to @Bo.');
    expect((await talk.types('ana', 'escalate to payments', room)).text).toBe(
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
    const pinned = { id: 'p1', person: { platform: 'web', id: 'bo' }, room, text: 'see ticket 8812' };
    await talk.dispatch.said({ ...pinned, kind: 'pinned' });
    await talk.dispatch.said({ ...pinned, kind: 'pinned' });
    await talk.dispatch.said({ ...pinned, id: 'p2', person: { platform: 'web', id: 'vi' }, kind: 'pinned' });
    await talk.dispatch.said({ ...pinned, id: 'm1', kind: 'message' });
    const notes = await eventsOf(db, 1, { types: ['incident.noted'] });
    expect(notes.map(({ by, data }) => [by.name, 'content' in data && data.content])).toEqual([
      ['Ana', 'the disk of db-3 is full'],
      ['Bo', 'see ticket 8812'],
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

  test('a page says plainly that it only asks here, and mentions the people', async ({ db }) => {
    const paged = await talk.types('ana', 'page payments refunds are stuck', room);
    expect(paged.text).toContain('@Bo Ana asks you to come to INC-1: refunds are stuck.');
    expect(paged.text).toContain('Nobody was called');
    expect(paged.visible).toBe('room');
    const elsewhere = await talk.types('ana', 'page INC-1 @bo');
    expect(elsewhere.text).toContain('say it in the room of INC-1');
    expect(elsewhere.message.parts.flatMap((it) => (it.type === 'text' ? it.text : []))).not.toContainEqual(
      expect.objectContaining({ type: 'person' }),
    );
    expect(await eventsOf(db, 1, { types: ['incident.noted'] })).toHaveLength(2);
  });
});

describe('seeing what is going on', () => {
  test('the summary says the state, the impact, what happened, who, and what next', async () => {
    await talk.types('ana', 'ack', room);
    await talk.types('ana', 'edit --impact customers cannot pay', room);
    talk.clock.advance(20 * 60_000);
    const { text, visible } = await talk.types('vi', 'summary', room);
    expect(text).toContain('P1 high, acknowledged for 20 minutes, with Ana.');
    expect(text).toContain('Impact: customers cannot pay');
    expect(text).toContain('Ana acknowledged it.');
    expect(text).toContain('Ana starts to work on it.');
    expect(text).toContain('no model wrote any of it');
    expect(visible).toBe('private');
  });

  test('catching up tells what is new, once', async () => {
    expect((await talk.types('vi', 'catchup', room)).text).toContain('You have not looked at it before.');
    expect((await talk.types('vi', 'catchup', room)).text).toContain(
      'Nothing has changed since you last looked.',
    );
    await talk.types('ana', 'note it is the cache', room);
    const { text } = await talk.types('vi', 'catchup', room);
    expect(text).toContain('Since you last looked, 1 thing happened:');
    expect(text).toContain('Ana noted: it is the cache');
    expect(text).not.toContain('opened it');
  });

  test('status is one line for this incident, or for all that is open', async () => {
    await talk.types('ana', 'declare sev1 payments are gone');
    expect((await talk.types('vi', 'status', room)).text).toBe(
      'INC-1 checkout is down: P1 high, new for less than a minute, with nobody yet.',
    );
    expect((await talk.types('vi', 'status')).text).toBe(
      '2 open incidents (1 P0 and 1 P1). The worst: INC-2 payments are gone, P0, new.',
    );
    await talk.types('ana', 'resolve 1');
    await talk.types('ana', 'resolve 2');
    expect((await talk.types('vi', 'status')).text).toBe('Nothing is open.');
  });

  test('the list takes states, severities and mine', async () => {
    await talk.types('ana', 'declare sev1 payments are gone');
    await talk.types('ana', 'ack 2');
    expect((await talk.types('ana', 'list')).text).toContain('2 open incidents');
    expect((await talk.types('ana', 'list mine')).text).toContain('1 incident of yours');
    expect((await talk.types('ana', 'list new')).text).toContain(
      'INC-1 P1 · new · nobody yet · checkout is down',
    );
    expect((await talk.types('ana', 'list all P0')).select.options.map((it) => it.value)).toEqual(['INC-2']);
    expect((await talk.types('ana', 'list closed')).text).toBe('No closed incident.');
  });

  test('the timeline, who is on it and the card can be asked for by those who look on', async () => {
    await talk.types('ana', 'assign payments', room);
    expect((await talk.types('vi', 'timeline', room)).text).toContain(
      'Ana assigned it to the team Payments.',
    );
    expect((await talk.types('vi', 'who', room)).text).toContain('Team Payments: Bo');
    const shown = await talk.types('vi', '1');
    expect(shown.text).toContain('INC-1 checkout is down');
    expect(shown.buttons.map(({ label }) => label)).toContain('Acknowledge');
  });

  test('an altered history is found', async ({ db }) => {
    expect((await talk.types('vi', 'verify', room)).text).toContain('1 event, each with the right hash');
    await sql`update incident_events set data = '{"title":"all was well"}' where position = 1`.execute(db);
    const answer = await talk.types('vi', 'verify', room);
    expect(answer.text).toBe('The history of INC-1 was altered: event 1 of 1 is not what was written.');
    expect(answer.message.tone).toBe('alarm');
  });
});

describe('putting in order', () => {
  test('incidents are linked, unlinked and merged', async ({ db }) => {
    await talk.types('ana', 'declare checkout is slow');
    expect((await talk.types('ana', 'link INC-2', room)).text).toBe('INC-1 and INC-2 are linked.');
    expect((await talk.types('ana', 'link INC-2 remove', room)).text).toBe(
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

describe('being understood', () => {
  test('out of a room the bot asks which incident, and the choice does it', async () => {
    const asked = await talk.types('bo', 'assign me');
    expect(asked.text).toContain('Which incident do you mean?');
    const { command, args, arg, options } = asked.select;
    expect(options.map(({ label }) => label)).toEqual(['INC-1 P1 checkout is down']);
    const chosen = { command, args: { ...args, [arg]: options[0]?.value ?? '' } };
    expect((await talk.presses('bo', chosen)).text).toBe('INC-1 is with Bo now.');
    expect((await talk.types('bo', 'reopen')).text).toContain('There is no incident to reopen now.');
  });

  test('what is missing is asked for in a form, and what is wrong in it comes back with it', async ({
    db,
  }) => {
    const { form } = await talk.types('ana', 'update', room);
    expect(form.known).toEqual({ incident: 'INC-1' });
    expect(form.fields.map(({ name, required }) => [name, required])).toEqual([
      ['text', true],
      ['next', false],
    ]);

    const empty = await talk.fills('ana', form, { text: ' ', next: 'soon' }, room);
    expect(empty.form.fields.map(({ value, error }) => [value, error])).toEqual([
      [' ', 'This is needed.'],
      ['soon', '`soon` is no time. Write it like 14:45, tomorrow 9:00, or in 30m.'],
    ]);
    const past = await talk.fills('ana', form, { text: 'we go on', next: '2020-01-01T00:00Z' }, room);
    expect(past.form.fields[0]).toMatchObject({
      value: 'we go on',
      error: expect.stringContaining('time to come') as string,
    });

    const done = await talk.fills('ana', form, { text: 'we go on', next: '30m' }, room);
    expect(done.text).toContain('we go on');
    expect((await findIncident(db, 1)).nextUpdateAt).toEqual(new Date('2026-03-01T08:30:00Z'));
  });

  test('unknown people and incidents are said in a sentence with the nearest names', async () => {
    expect((await talk.types('ana', 'assign @boo', room)).text).toBe(
      'I know nobody and no team called boo. Did you mean @bo?',
    );
    expect((await talk.types('ana', 'ack INC-99')).text).toBe('There is no INC-99.');
    const typo = await talk.types('ana', 'resovle INC-1');
    expect(typo.text).toContain('There is no resovle. Did you mean resolve?');
    expect((await talk.presses('ana', typo.button('/incident resolve INC-1'))).text).toContain(
      'INC-1 is resolved',
    );
  });

  test('somebody who only looks on is told who may', async () => {
    expect((await talk.types('vi', 'ack', room)).text).toBe(
      'ack is for responders and admins, and you are a viewer. An admin can change that.',
    );
    expect((await talk.types('zoe', 'ack', room)).text).toContain('I do not know you yet');
  });

  test('a program gets sentences and errors instead of forms', async () => {
    const by = {
      person: null,
      actor: { type: 'integration', id: 'key', name: 'robot' },
      role: 'responder',
      room: null,
    } as const;
    const reply = await talk.dispatch.runText('/incident ack INC-1', by);
    expect(reply.message.summary).toBe('robot has INC-1 now.');
    await expect(talk.dispatch.runText('ack', by)).rejects.toMatchObject({
      code: 'bad_arguments',
      details: { missing: ['incident'] },
    });
    await expect(talk.dispatch.runText('assign INC-1 me', by)).rejects.toThrow('belongs to nobody');
    await expect(talk.dispatch.runText('catchup INC-1', by)).rejects.toThrow('for people');
  });

  test('a repeated delivery is answered and not obeyed again', async ({ db }) => {
    const note = {
      id: 'd1',
      person: { platform: 'web', id: 'ana' },
      room,
      ask: { type: 'typed', text: 'note once' },
    } as const;
    const [first, second] = await Promise.all([talk.dispatch.invoked(note), talk.dispatch.invoked(note)]);
    expect(second).toEqual(first);
    expect(await new Talk(db).dispatch.invoked(note)).toEqual(first);
    expect(await eventsOf(db, 1, { types: ['incident.noted'] })).toHaveLength(1);
  });

  test('a sample alert is sent for the source that was chosen', async () => {
    const { select } = await talk.types('ana', 'test-alert');
    expect(select.options.map(({ value }) => value)).toEqual(['alertmanager', 'grafana']);
    expect((await talk.types('ana', 'test-alert grafana')).text).toBe(
      'The sample alert of grafana was sent: a sample of grafana. It opens no incident.',
    );
  });
});
