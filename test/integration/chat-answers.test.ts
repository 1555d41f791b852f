import { sql } from 'kysely';
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
