import { describe, expect } from 'vitest';

import { test as base } from '#test/support/database.ts';
import { addPerson, openDoor, type OpenDoor } from '#test/support/http.ts';

/** Ana and Bo take turns by the week, Cy learns; Dee left. The clock stands at Sunday, 08:00 UTC. */
const FILE = `
version: 1
teams: {payments: {members: [ana, bo], schedule: payments, policy: payments}}
schedules:
  payments:
    timezone: Europe/Berlin
    layers:
      - {people: [ana, bo], rotation: {every: 1 week, start: 2026-01-05T09:00}}
      - {people: [cy], shadow: true}
  search: {layers: [{people: [dee]}]}
policies:
  payments:
    when: {severity: [P0, P1]}
    levels:
      - {targets: [schedule:payments], wait: 5m}
      - {targets: [{to: schedule:search, fallback: team:payments}], wait: 10m, when: {severity: [P0]}}
      - {targets: ['external:pagerduty/a-secret-key'], wait: 10m}
    repeat: {times: 1}
    hand_to: last
  last: {levels: [{targets: [schedule:search]}]}
routes:
  slow: {name: Slow search, when: [service in search], policy: last}
default_policy: payments
`;

const test = base.extend('door', async ({ db }, { onCleanup }) => {
  for (const id of ['ana', 'bo', 'cy', 'dee']) await addPerson(db, id);
  const door = await openDoor(db);
  onCleanup(() => door.close());
  const applied = await door.call('POST', '/api/v1/config/apply', { file: FILE });
  expect([applied.body, door.log.at(-1)]).toMatchObject([{ applied: true }, undefined]);
  const dee = { id: 'dee', name: 'Dee', status: 'inactive' };
  await door.call('POST', '/api/v1/people', dee);
  return door;
});

const [SCHEDULE, POLICIES] = ['/api/v1/schedules/payments', '/api/v1/policies'];

describe('an override', () => {
  const night = { from: '2026-03-01T20:00:00Z', to: '2026-03-02T05:00:00Z', reason: 'a train' };

  test('puts somebody on call for a time, says whom it replaces, and is taken back', async ({ door }) => {
    const made = await door.call('POST', `${SCHEDULE}/overrides`, { person: 'cy', ...night });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ override: { kind: 'cover', people: ['cy'] }, after: ['cy'] });
    const { id } = made.body.override;
    const { body: spans } = await door.call('GET', `${SCHEDULE}/shifts?from=${night.from}&to=${night.to}`);
    expect(spans).toMatchObject([{ on_call: [{ person: 'cy', override: id, reason: 'a train' }] }]);
    expect((await door.call('GET', SCHEDULE)).body.overrides).toMatchObject([{ id, people: ['cy'] }]);

    expect((await door.call('DELETE', `/api/v1/schedules/search/overrides/${id}`)).status).toBe(404);
    expect((await door.call('DELETE', `${SCHEDULE}/overrides/${id}`)).body).toMatchObject({ id });
    expect((await door.call('GET', SCHEDULE)).body.overrides).toEqual([]);
  });

  test('that nobody is on call by leaves a gap, with its reason', async ({ door }) => {
    const made = await door.call('POST', `${SCHEDULE}/overrides`, night);
    expect(made.body).toMatchObject({ override: { people: [] }, after: [] });
    const { body: spans } = await door.call('GET', `${SCHEDULE}/shifts?from=${night.from}&to=${night.to}`);
    expect(spans).toMatchObject([{ on_call: [], empty: { why: 'override', reason: 'a train' } }]);
  });

  test('that cannot be is refused at the field', async ({ door }) => {
    const wrong = async (body: object) => {
      const answer = await door.call('POST', `${SCHEDULE}/overrides`, { ...night, ...body });
      const { field, fields } = answer.body.details;
      return [answer.status, field ?? fields[0].field];
    };
    expect(await wrong({ person: 'dee' })).toEqual([400, 'person']);
    expect(await wrong({ person: 'nobody', kind: 'add' })).toEqual([400, 'person']);
    expect(await wrong({ person: 'ana', kind: 'replace' })).toEqual([400, 'instead_of']);
    expect(await wrong({ person: 'ana', to: night.from })).toEqual([400, 'to']);
    expect(await wrong({ person: 'ana', from: '2026-02-01T00:00:00Z', to: '2026-02-02T00:00:00Z' })).toEqual([
      400,
      'to',
    ]);
    expect(await wrong({ person: 'ana', to: 'tonight' })).toEqual([400, 'to']);
  });
});

describe('the layers of a schedule', () => {
  test('are planned, applied as planned, and nothing else changes', async ({ door }) => {
    const { layers } = (await door.call('GET', SCHEDULE)).body;
    const before = (await door.call('GET', '/api/v1/schedules/search')).body;
    const nights = [
      { ...layers[0], only: ['mon-sat 00:00-24:00', 'sun 00:00-02:00', 'sun 06:00-24:00'] },
      layers[1],
    ];
    const plan = await door.call('POST', `${SCHEDULE}/plan`, { layers: nights });
    expect(plan.body.warnings.join('\n')).toMatch(/leaves Sunday 02:00 to 06:00 Europe\/Berlin empty/);
    expect(plan.body.changes).toMatchObject([{ section: 'schedules', id: 'payments' }]);
    expect((await door.call('GET', SCHEDULE)).body.layers).toEqual(layers);

    const { digest } = plan.body;
    const applied = await door.call('POST', `${SCHEDULE}/apply`, { layers: nights, digest });
    expect(applied.body).toMatchObject({ applied: true });
    expect((await door.call('GET', SCHEDULE)).body.layers).toEqual(nights);
    expect((await door.call('GET', '/api/v1/schedules/search')).body).toEqual(before);
    const again = await door.call('POST', `${SCHEDULE}/apply`, { layers, digest });
    expect([again.status, again.body.message]).toEqual([409, expect.stringContaining('was changed since')]);
  });

  test('of a new schedule make it', async ({ door }) => {
    const layer = { name: 'Days', rotation: { every: '1 day', start: '2026-03-01T09:00' }, people: ['ana'] };
    const made = { name: 'Data', timezone: 'Asia/Tokyo', layers: [layer] };
    const { digest } = (await door.call('POST', '/api/v1/schedules/data/plan', made)).body;
    await door.call('POST', '/api/v1/schedules/data/apply', { ...made, digest });
    const ids = (await door.call('GET', '/api/v1/schedules')).body.map((it: { id: string }) => it.id);
    expect(ids).toEqual(['data', 'payments', 'search']);
  });

  test('are refused at the field, each fault at its own', async ({ door }) => {
    const { layers } = (await door.call('GET', SCHEDULE)).body;
    const [first, second] = layers;
    const wrong = [
      { ...first, people: ['ana', 'annna'] },
      { ...second, rotation: { ...second.rotation, every: 'x' } },
    ];
    const at = async (them: unknown) =>
      (await door.call('POST', `${SCHEDULE}/plan`, { layers: them })).body.details.fields;
    expect(await at([first, wrong[1]])).toMatchObject([{ field: 'layers.2.rotation.every' }]);
    expect(await at([wrong[0], second])).toEqual([
      { field: 'layers.1.people.2', message: 'There is no person "annna"; did you mean ana?' },
    ]);
  });
});

describe('the policies', () => {
  test('are told level by level, with who that is now, and what leads to them', async ({ door }) => {
    const { body, text } = await door.call('GET', POLICIES);
    const [last, payments] = body;
    expect(last).toMatchObject({
      id: 'last',
      rules: [{ name: 'Slow search', when: ['service in search'] }],
      levels: [{ is_dead: true, targets: [{ people: [], why: 'Dee is not active' }] }],
    });
    expect(payments).toMatchObject({
      conditions: { severity: ['P0', 'P1'] },
      is_default: true,
      teams: ['payments'],
      hand_to: 'last',
      levels: [
        { wait_ms: 300_000, is_now: true, is_dead: true, targets: [{ name: 'Payments', people: ['bo'] }] },
        { severity: ['P0'], targets: [{ people: [], fallbacks: [{ kind: 'team', people: ['ana', 'bo'] }] }] },
        { is_dead: false, targets: [{ kind: 'external', id: 'pagerduty', name: 'pagerduty' }] },
      ],
    });
    expect(text).not.toContain('a-secret-key');
  });

  test('are run through minute by minute, and what reaches nobody is marked', async ({ door }) => {
    const { body } = await door.call('GET', `${POLICIES}/payments/simulation?severity=P1`);
    expect(body).toMatchObject({ severity: 'P1', policy: 'Payments' });
    expect(body.steps[0]).toMatchObject({ minute: 0, level: 1, to: { kind: 'person', id: 'bo' } });
    expect(body.steps.some((it: { is_dead: boolean }) => it.is_dead)).toBe(true);
    expect(JSON.stringify(body)).not.toMatch(/a-secret-key|INC-0/);
    const search = await door.call('GET', '/api/v1/simulation?service=search');
    expect(search.body).toMatchObject({ policy: 'Last', why: expect.stringContaining('Slow search') });
    expect((await door.call('GET', `${POLICIES}/none/simulation`)).status).toBe(404);
  });
});

test('viewers read, responders put somebody else on call, and admins change layers', async ({ door }) => {
  const { layers } = (await door.call('GET', SCHEDULE)).body;
  const override = { person: 'cy', to: '2026-03-02T05:00:00Z' };
  const tried = async (scopes: string[]) => {
    const headers = await keyWith(door, scopes);
    const answers = [
      await door.call('GET', POLICIES, undefined, headers),
      await door.call('POST', `${SCHEDULE}/overrides`, override, headers),
      await door.call('POST', `${SCHEDULE}/plan`, { layers }, headers),
    ];
    return answers.map((it) => it.status);
  };
  expect(await tried(['incidents:read'])).toEqual([200, 403, 403]);
  expect(await tried(['incidents:read', 'incidents:write'])).toEqual([200, 201, 403]);
});

test('somebody on call who cannot be paged is named with what to do', async ({ door }) => {
  const { body } = await door.call('GET', '/api/v1/on-call');
  expect(body).toMatchObject([
    { schedule: 'payments', on_call: [{ person: 'bo' }], next: [{ person: 'ana' }], empty: null },
    { schedule: 'search', on_call: [{ person: 'dee' }] },
  ]);
  expect(body[1].unreachable).toEqual([
    { person: 'dee', why: 'Dee is switched off: take them out of the schedule.' },
  ]);
});

async function keyWith(door: OpenDoor, scopes: readonly string[]): Promise<Record<string, string>> {
  const { body } = await door.call('POST', '/api/v1/api-keys', { name: 'tried', scopes });
  return { 'x-api-key': body.key };
}
