import { describe, expect, onTestFinished } from 'vitest';

import { addDemoPeople } from '#src/access/demo.ts';
import type { Ref } from '#src/chat/platform.ts';
import { listIncidents } from '#src/db/incident-list.ts';
import { findIncident } from '#src/db/incidents.ts';
import { savePolicy } from '#src/db/on-call.ts';
import { viewersOf } from '#src/db/viewers.ts';
import { escalate } from '#src/engine/escalation.ts';
import type { PersonId, Role } from '#src/incident/person.ts';
import { maySee } from '#src/incident/privacy.ts';
import { Talk } from '#test/support/chat.ts';
import { engineContext } from '#test/support/context.ts';
import { test as base } from '#test/support/database.ts';
import { openDoor } from '#test/support/http.ts';
import { bo as boTarget, level, policy } from '#test/support/paging.ts';

/** Ana has declared INC-2 privately. Root is an admin, Bo a responder, Vi a viewer. */
const test = base.extend('talk', async ({ db }) => {
  const talk = new Talk(db);
  await talk.begin();
  await talk.addPerson('root', { role: 'admin' });
  await talk.types('ana', 'declare customer data was copied --private yes');
  return talk;
});

describe('a private incident', () => {
  test('is told live to the pages of those alone who may see it', async ({ talk }) => {
    const people = ['ana', 'bo', 'vi', 'root', 'nobody'];
    const seers = async () => (await viewersOf(talk.db, [1, 2], people)).get(2)?.toSorted();
    expect(await seers()).toEqual(['ana', 'root']);
    expect([...(await viewersOf(talk.db, [1, 2], [])).entries()]).toEqual([[2, []]]);
    expect((await viewersOf(talk.db, [1], people)).size).toBe(0);
    await talk.types('ana', 'invite INC-2 @bo');
    expect(await seers()).toEqual(['ana', 'bo', 'root']);
    await talk.addPerson('bo', { active: false });
    expect(await seers()).toEqual(['ana', 'root']);
  });

  test('is declared quietly, for those whom it concerns', async ({ talk }) => {
    const answer = await talk.types('ana', 'declare a laptop is lost --private yes');
    expect(answer.visible).toBe('private');
    expect(await findIncident(talk.db, 3)).toMatchObject({ isPrivate: true, insiders: ['ana'] });
  });

  test('is not there for others: in lists, by number, by id, in forms, suggestions and choices', async ({
    talk,
  }) => {
    const { id } = await findIncident(talk.db, 2);
    for (const line of ['list all', 'list', 'home', 'status']) {
      expect((await talk.types('bo', line)).text).not.toContain('customer data');
    }
    for (const line of [
      'show INC-2',
      `show ${id}`,
      'ack 2',
      'note INC-2 x',
      'timeline INC-2',
      'relate INC-1 INC-2',
    ]) {
      expect((await talk.types('bo', line)).text).toMatch(/There is no INC-2|There is no INC-\d{8}/);
    }
    expect((await talk.presses('bo', { command: 'ack', args: { incident: 'INC-2' } })).text).toContain(
      'There is no INC-2',
    );
    expect(JSON.stringify((await talk.types('bo', 'ack')).outcome)).not.toContain('customer data');
    const bo: Ref = { platform: 'web', id: 'bo' };
    expect(JSON.stringify(await talk.dispatch.suggest('ack ', bo, null))).not.toContain('INC-2');
    const wanted = { command: 'ack', arg: 'incident', typed: '', person: bo, room: null };
    expect(JSON.stringify(await talk.dispatch.choices(wanted))).not.toContain('INC-2');
    expect((await findIncident(talk.db, 2)).status).toBe('NEW');
  });

  test('is there for admins, for those who work on it, and for whoever is invited', async ({ talk }) => {
    expect((await talk.types('root', 'show INC-2')).text).toContain('customer data');
    expect((await talk.types('ana', 'list')).text).toContain('customer data');
    await talk.types('ana', 'invite INC-2 @bo');
    expect((await talk.types('bo', 'list')).text).toContain('customer data');
    await talk.types('ana', 'role INC-2 scribe @vi');
    expect((await talk.types('vi', 'show INC-2')).text).toContain('customer data');
  });

  test('is there for whoever its policy pages, at each level', async ({ talk }) => {
    const levels = [level({ targets: [boTarget] }), level({ targets: [{ kind: 'person', id: 'vi' }] })];
    await talk.db.transaction().execute(async (tx) => {
      await savePolicy(tx, policy({ levels }), talk.clock.now());
    });
    const look = async () => await escalate(engineContext(talk.db, { clock: talk.clock }), 2);
    await look();
    expect((await findIncident(talk.db, 2)).insiders).toEqual(['ana', 'bo']);
    talk.clock.advance(5 * 60_000);
    await look();
    expect((await findIncident(talk.db, 2)).insiders).toEqual(['ana', 'bo', 'vi']);
    const pressed = await talk.presses('bo', { command: 'ack', args: { incident: 'INC-2' } });
    expect(pressed.text).toContain('Bo has INC-2 now');
  });

  test('is there for whoever is in its room', async ({ talk }) => {
    const room = await talk.openRoom(2);
    expect((await talk.types('bo', 'ack', room)).text).toContain('INC-2');
    expect(await findIncident(talk.db, 2)).toMatchObject({ status: 'ACKNOWLEDGED' });
  });

  test('is listed by the database just as the rule says', async ({ talk }) => {
    await talk.types('ana', 'declare another secret --private yes');
    await talk.types('ana', 'assign INC-3 @bo');
    const all = (await listIncidents(talk.db, { limit: 100, offset: 0 })).incidents;
    for (const id of ['ana', 'bo', 'vi', null] as (PersonId | null)[]) {
      for (const role of ['viewer', 'responder', 'admin'] satisfies Role[]) {
        const { incidents } = await listIncidents(talk.db, { viewer: { id, role }, limit: 100, offset: 0 });
        const expected = all.filter((it) => maySee(it, { id, role }));
        expect(incidents.map(({ number }) => number)).toEqual(expected.map(({ number }) => number));
      }
    }
  });
});

describe('a private incident over the API', () => {
  test('is nowhere to be found without being let in', async ({ db }) => {
    const door = await openDoor(db, { settings: { local: true } });
    onTestFinished(() => door.close());
    const as = (id: string) => ({
      'x-act-as': id,
      'content-type': 'application/json',
      'sec-fetch-site': 'same-origin',
    });
    await addDemoPeople(db, new Date(0));
    const wish = {
      title: 'Customer data was copied',
      severity: 'P1',
      category: 'security',
      description: 'Nobody knows yet.',
      private: true,
    };
    const made = await door.call('POST', '/api/v1/incidents', wish, as('responder'));
    expect(made).toMatchObject({ status: 201, body: { private: true } });

    const { id } = made.body as { id: string };
    const paths = ['', '/timeline', '/comments', '/verify'];
    const steps = [
      ['acknowledge', {}],
      ['comments', { content: 'x' }],
      ['link', { to: 'INC-1' }],
    ] as const;
    for (const name of ['INC-1', id]) {
      for (const path of paths) {
        expect(
          (await door.call('GET', `/api/v1/incidents/${name}${path}`, undefined, as('second'))).status,
        ).toBe(404);
        expect(
          (await door.call('GET', `/api/v1/incidents/${name}${path}`, undefined, as('responder'))).status,
        ).toBe(200);
      }
      for (const [step, body] of steps) {
        expect(
          (await door.call('POST', `/api/v1/incidents/${name}/${step}`, body, as('second'))).status,
        ).toBe(404);
      }
      expect(
        (await door.call('PATCH', `/api/v1/incidents/${name}`, { title: 'x' }, as('second'))).status,
      ).toBe(404);
    }
    const listed = async (who: string, query = '') =>
      (
        (await door.call('GET', `/api/v1/incidents${query}`, undefined, as(who))).body as {
          incidents: unknown[];
        }
      ).incidents;
    for (const query of ['', '?search=customer', '?open=true', '?assigned_to=second']) {
      expect(await listed('second', query)).toEqual([]);
    }
    expect(await listed('responder')).toHaveLength(1);
    expect(await listed('admin')).toHaveLength(1);
  });
});
