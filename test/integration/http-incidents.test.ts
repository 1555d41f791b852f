import { describe, expect } from 'vitest';

import { saveRoom } from '#src/db/rooms.ts';
import { routes } from '#src/http/routes/index.ts';
import { test as base } from '#test/support/database.ts';
import { addPerson, openDoor, type OpenDoor } from '#test/support/http.ts';

const test = base.extend('door', async ({ db }, { onCleanup }) => {
  const door = await openDoor(db);
  onCleanup(() => door.close());
  return door;
});

const NEW = { title: 'Checkout is down', severity: 'sev2', category: 'availability', description: 'Errors.' };
const at = (path = '') => `/api/v1/incidents${path}`;

describe('opening and reading', () => {
  test('an incident opened over the API is there under each of its names', async ({ door }) => {
    const made = await door.call('POST', at(), { ...NEW, tags: { team: 'web' }, environment: 'staging' });
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(at(`/${made.body.id}`));
    expect(made.body).toMatchObject({ number: 1, severity: 'P1', status: 'NEW', tags: { team: 'web' } });
    expect(made.body.allowed_actions).toEqual(['acknowledge', 'escalate']);

    for (const name of ['INC-1', 'inc-1', '1', '%231', made.body.id]) {
      expect((await door.call('GET', at(`/${name}`))).body.id).toBe(made.body.id);
    }
    expect((await door.call('GET', at('/INC-2'))).status).toBe(404);
    expect((await door.call('GET', at('/nonsense'))).status).toBe(400);
  });

  test('an answer is exactly what the document says', async ({ door, db }) => {
    await door.call('POST', at(), NEW);
    const room = { platform: 'web', room: 'inc-1', name: 'inc-1-checkout', url: 'http://x/rooms/inc-1' };
    await saveRoom(db, { ...room, incident: 1, card: null, openedAt: new Date(0), archivedAt: null });
    for (const step of ['acknowledge', 'start']) await door.call('POST', at(`/1/${step}`), {});

    const shape = routes.find((it) => it.name === 'getIncident')?.answers.body;
    const { body } = await door.call('GET', at('/1'));
    expect(shape?.parse(body)).toEqual(body);
    expect(body.rooms).toEqual([{ platform: 'web', id: 'inc-1', name: room.name, url: room.url }]);
    expect((await door.call('GET', at('?room=web:inc-1'))).body.incidents).toHaveLength(1);
    expect((await door.call('GET', at('?room=web:other'))).body.incidents).toEqual([]);
  });

  test('a list is filtered, sorted and cut into pages', async ({ door }) => {
    for (const severity of ['P3', 'P0', 'P2', 'P0', 'P4']) {
      await door.call('POST', at(), { ...NEW, title: `A ${severity}`, severity });
      door.wait(60_000);
    }
    const list = async (query: string) => {
      const { body } = await door.call('GET', at(query));
      return { numbers: body.incidents.map((it: { number: number }) => it.number), ...body.pagination };
    };
    expect((await list('')).numbers).toEqual([5, 4, 3, 2, 1]);
    expect((await list('?severity=P0&severity=P2&order=asc')).numbers).toEqual([2, 3, 4]);
    expect((await list('?severity[]=critical&severity[]=medium')).numbers).toEqual([4, 3, 2]);
    expect((await list('?severity=P0,P2')).numbers).toEqual([4, 3, 2]);
    expect((await list('?sort=severity')).numbers.slice(0, 2).toSorted()).toEqual([2, 4]);
    expect((await list('?status=CLOSED')).numbers).toEqual([]);
    expect((await list('?open=true&environment=production&category=availability')).numbers).toHaveLength(5);
    expect(
      (await list('?start_date=2026-03-01T08:01:00Z&end_date=2026-03-01T09:03:00%2B01:00')).numbers,
    ).toEqual([3, 2]);
    expect((await list('?search=P4')).numbers).toEqual([5]);
    expect(await list('?page=2&page_size=2')).toEqual({
      numbers: [3, 2],
      page: 2,
      page_size: 2,
      total_count: 5,
      total_is_exact: true,
      total_pages: 3,
      has_next: true,
      has_previous: true,
      next_cursor: expect.any(String) as string,
    });
  });

  test('a filter that makes no sense is refused by its name', async ({ door }) => {
    for (const query of [
      'severity=P9',
      'page=0',
      'page_size=101',
      'start_date=yesterday',
      'open=maybe',
      'sort=title',
    ]) {
      const { status, body } = await door.call('GET', at(`?${query}`));
      expect(status).toBe(400);
      expect(body.details.fields[0].field).toContain(query.split('=')[0]);
    }
  });
});

describe('the life of an incident', () => {
  test('each address takes exactly one step, to the end and back', async ({ door }) => {
    await door.call('POST', at(), NEW);
    const step = async (name: string, body: object = {}) => {
      const answer = await door.call('POST', at(`/INC-1/${name}`), body);
      return answer.body.status ?? answer.body;
    };
    expect(await step('acknowledge', { notes: 'on it' })).toBe('ACKNOWLEDGED');
    expect(await step('start')).toBe('IN_PROGRESS');
    expect(await step('escalate', { reason: 'stuck', escalate_to: 'database team' })).toBe('ESCALATED');
    expect((await door.call('POST', at('/1/escalate'), {})).body.escalation_level).toBe(3);
    expect(await step('deescalate', { reason: 'they are here' })).toBe('IN_PROGRESS');
    expect(await step('resolve', { root_cause: 'full disk', resolution_notes: 'emptied it' })).toBe(
      'RESOLVED',
    );
    expect(await step('close', { post_mortem_url: 'https://wiki.example/pm/1' })).toBe('CLOSED');
    const { body } = await door.call('GET', at('/1'));
    expect(body.resolution).toMatchObject({ root_cause: 'full disk', resolution_notes: 'emptied it' });
    expect(await step('reopen', { reason: 'again' })).toBe('IN_PROGRESS');
  });

  test('a step that is not legal now is 409 and names those that are', async ({ door }) => {
    await door.call('POST', at(), NEW);
    const { status, body } = await door.call('POST', at('/1/resolve'), { resolution_notes: 'done' });
    expect(status).toBe(409);
    expect(body).toMatchObject({
      error: 'INVALID_STATE_TRANSITION',
      details: { status: 'NEW', allowed_actions: ['acknowledge', 'escalate'] },
    });
    expect(Date.parse(body.timestamp)).not.toBeNaN();
  });

  test('two who acknowledge at once: one gets it, the other is told', async ({ door }) => {
    await door.call('POST', at(), NEW);
    const both = await Promise.all([1, 2].map(() => door.call('POST', at('/1/acknowledge'), {})));
    expect(both.map((it) => it.status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });

  test('resolving needs notes, and an address must be one', async ({ door }) => {
    await door.call('POST', at(), NEW);
    const resolve = await door.call('POST', at('/1/resolve'), {});
    expect(resolve.body.details.fields[0].field).toBe('resolution_notes');
    expect((await door.call('POST', at('/1/close'), { post_mortem_url: 'javascript:alert(1)' })).status).toBe(
      400,
    );
  });

  test('a patch changes what it names, through the same doors', async ({ door, db }) => {
    await addPerson(db, 'ana');
    await door.call('POST', at(), { ...NEW, tags: { a: '1', b: '2' } });
    const patch = {
      title: 'Checkout is slow',
      severity: 'P0',
      status: 'ACKNOWLEDGED',
      assigned_to: 'Ana',
      tags: { b: '3' },
    };
    const { status, body } = await door.call('PATCH', at('/1'), patch);
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...patch, assigned_to: 'ana', description: 'Errors.' });

    const timeline = await door.call('GET', at('/1/timeline'));
    expect(timeline.body.map((it: { event_type: string }) => it.event_type)).toEqual([
      'incident_created',
      'acknowledged',
      'incident_updated',
      'incident_updated',
      'assigned',
      'incident_updated',
    ]);
  });

  test('a patch of which one part cannot be done does nothing', async ({ door }) => {
    await door.call('POST', at(), NEW);
    const refused = await Promise.all([
      door.call('PATCH', at('/1'), { title: 'Other', status: 'RESOLVED' }),
      door.call('PATCH', at('/1'), { title: 'Other', assigned_to: 'nobody' }),
      door.call('PATCH', at('/1'), { title: 'Other', assigned_team: 'nobody' }),
      door.call('PATCH', at('/1'), { title: 'Other', colour: 'red' }),
      door.call('PATCH', at('/1'), {}),
    ]);
    expect(refused.map((it) => it.status)).toEqual([409, 404, 404, 400, 400]);
    expect(refused[0]?.body.details.allowed_statuses).toEqual(['ACKNOWLEDGED', 'ESCALATED']);
    expect((await door.call('GET', at('/1'))).body.title).toBe('Checkout is down');
  });

  test('people and teams are given and taken away', async ({ door, db }) => {
    await addPerson(db, 'ana');
    await door.call('POST', '/api/v1/teams', { id: 'payments', name: 'Payments', members: ['ana'] });
    await door.call('POST', at(), NEW);
    const assign = (body: object) => door.call('POST', at('/1/assign'), body);
    expect((await assign({ assigned_to: 'ana', assigned_team: 'payments' })).body).toMatchObject({
      assigned_to: 'ana',
      assigned_team: 'payments',
    });
    expect((await assign({ assigned_to: null })).body).toMatchObject({
      assigned_to: null,
      assigned_team: 'payments',
    });
    expect((await assign({ assigned_to: 'zed' })).status).toBe(404);
    expect((await assign({})).status).toBe(400);
  });

  test('duplicates are merged and neighbours linked', async ({ door }) => {
    for (const title of ['One', 'Two', 'Three']) await door.call('POST', at(), { ...NEW, title });
    const merged = await door.call('POST', at('/2/merge'), { into: 'INC-1', reason: 'same disk' });
    expect(merged.body.number).toBe(1);
    expect((await door.call('GET', at('/2'))).body).toMatchObject({
      status: 'CLOSED',
      duplicate_of: 'INC-1',
    });
    expect((await door.call('POST', at('/1/merge'), { into: '1' })).status).toBeGreaterThanOrEqual(400);

    expect((await door.call('POST', at('/1/link'), { to: '3' })).body.related_incidents).toEqual(['INC-3']);
    expect(
      (await door.call('POST', at('/3/link'), { to: '1', unlink: true })).body.related_incidents,
    ).toEqual([]);
    expect((await door.call('POST', at('/1/link'), { to: '99' })).status).toBe(404);
  });
});

describe('what was said', () => {
  test('comments are added, listed and part of the timeline; the log is whole', async ({ door }) => {
    await door.call('POST', at(), NEW);
    const said = await door.call('POST', at('/1/comments'), { content: 'Looking at <b>the</b> disk\u202e' });
    expect(said.status).toBe(201);
    expect(said.body).toMatchObject({
      content: 'Looking at <b>the</b> disk',
      author: { type: 'integration', name: 'Bootstrap key' },
    });
    expect((await door.call('GET', at('/1/comments'))).body).toEqual([said.body]);
    const { body } = await door.call('GET', at('/1/timeline'));
    expect(body.at(-1)).toMatchObject({ event_type: 'comment_added', metadata: { comment: said.body.id } });
    expect((await door.call('GET', at(`/1/timeline?after=${body[0].id}`))).body).toHaveLength(
      body.length - 1,
    );
    expect((await door.call('GET', at('/1/verify'))).body).toMatchObject({ intact: true, broken_at: null });
    expect((await door.call('POST', at('/1/comments'), { content: ' ' })).status).toBe(400);
  });

  test('a log that somebody changed afterwards is found out', async ({ door, db }) => {
    await door.call('POST', at(), NEW);
    await door.call('POST', at('/1/comments'), { content: 'as it was' });
    await db
      .updateTable('incidentEvents')
      .set({ data: JSON.stringify({ comment: 'x', content: 'as it was not' }) })
      .where('type', '=', 'incident.noted')
      .execute();
    expect((await door.call('GET', at('/1/verify'))).body).toMatchObject({ intact: false, broken_at: 2 });
  });

  test('commands run as whoever sends them, about the incident that is named', async ({ door, db }) => {
    await addPerson(db, 'ana');
    await door.call('POST', at(), NEW);
    const run = (body: object) => door.call('POST', '/api/v1/commands', body);
    expect((await run({ text: '/incident help' })).body).toMatchObject({
      text: 'You said help.',
      visible: 'private',
    });
    expect((await run({ text: 'ack', incident: 'INC-1' })).status).toBe(200);
    expect(door.commands.at(-1)).toMatchObject({
      text: 'ack',
      by: { person: null, role: 'admin', room: null, here: 1 },
    });
    expect((await run({ text: '' })).status).toBe(400);
    expect((await run({ text: 'ack', incident: 'INC-9' })).status).toBe(404);
    expect(await whoRan(door, 'ana')).toMatchObject({ person: { id: 'ana' }, role: 'responder' });
  });
});

/** As whom a command runs that comes with a person's own key. */
async function whoRan(door: OpenDoor, person: string) {
  const scopes = ['incidents:read', 'incidents:write'];
  const made = await door.call('POST', '/api/v1/api-keys', { name: 'her laptop', scopes, person });
  await door.call('POST', '/api/v1/commands', { text: 'who' }, { 'x-api-key': made.body.key });
  return door.commands.at(-1)?.by;
}
