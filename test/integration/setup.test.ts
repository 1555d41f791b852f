import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { sql } from 'kysely';
import { describe, expect } from 'vitest';

import { listAccess } from '#src/db/access-log.ts';
import {
  listContacts,
  personalRulesOf,
  removeContact,
  saveContact,
  verifyContact,
} from '#src/db/contacts.ts';
import { findHeartbeat } from '#src/db/heartbeats.ts';
import { keepHouse } from '#src/db/housekeeping.ts';
import { addOverride, readSetup, saveSchedule, setupVersion } from '#src/db/on-call.ts';
import { findPerson, listTeams } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import { beat } from '#src/engine/heartbeat.ts';
import { SYSTEM, type PersonId } from '#src/incident/person.ts';
import { applySetup, exportSetup, planSetup } from '#src/setup/apply.ts';
import { engineContext } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { addPerson } from '#test/support/http.ts';
import { override } from '#test/support/oncall.ts';

const now = new Date('2026-03-01T08:00:00Z');
const long = new Date('2020-01-01T00:00:00Z');
const ana = 'ana' as PersonId;
const EXAMPLE = path.join(import.meta.dirname, '../../manifests/on-call.example.yaml');

const FILE = `version: 1
people:
  ana: {role: admin, email: ana@example.com, contacts: [push:a, sms:+491511234567], skills: [sql], region: eu}
  bo: {email: bo@example.com}
teams:
  db: {members: [ana, bo], lead: ana, description: Databases, schedule: db, policy: db}
schedules:
  db: {layers: [{people: [ana, bo]}], temporaries: [{name: Move, from: 2026-04-01T00:00, until: 2026-04-02T00:00, layers: [{people: [bo]}]}]}
policies:
  db: {levels: [{targets: [schedule:db]}]}
routes:
  noise: {when: [title contains test], suppress: true}
default_policy: db
rules:
  ana: {high: [push, sms after 2m], quiet: {from: "22:00", to: "07:00"}}
`;

describe('applying a file', () => {
  test('makes all of it what the file says', async ({ db }) => {
    const { isApplied, changes } = await apply(db, FILE);
    expect([isApplied, changes.length > 0]).toEqual([true, true]);
    const setup = await readSetup(db, long);
    expect(setup).toMatchObject({
      defaultPolicy: 'db',
      teams: [
        {
          id: 'db',
          name: 'Db',
          members: ['ana', 'bo'],
          lead: 'ana',
          schedule: 'db',
          policy: 'db',
          description: 'Databases',
        },
      ],
      schedules: [{ id: 'db', temporaries: [{ id: 'Move', createdBy: 'incident-manager' }] }],
      policies: [{ id: 'db', levels: [{ targets: [{ kind: 'schedule', id: 'db' }] }] }],
      rules: [{ id: 'noise', actions: [{ do: 'suppress' }] }],
    });
    expect(setup.people[0]).toMatchObject({ id: 'ana', skills: ['sql'], region: 'eu' });
    expect(await findPerson(db, 'ana')).toMatchObject({
      role: 'admin',
      email: 'ana@example.com',
      active: true,
    });
    const contacts = await listContacts(db, ana);
    const idOf = (kind: string) => contacts.find((it) => it.kind === kind)?.id;
    expect(contacts.map((it) => [it.kind, it.verifiedAt])).toEqual(
      expect.arrayContaining([
        ['push', null],
        ['sms', null],
      ]),
    );
    expect((await personalRulesOf(db, ana))?.rules.high).toEqual([
      { delayMs: 0, contact: idOf('push') },
      { delayMs: 120_000, contact: idOf('sms') },
    ]);
  });

  test('again changes nothing: no version, no entry of the log', async ({ db }) => {
    await apply(db, FILE);
    const version = await setupVersion(db);
    const again = await apply(db, FILE);
    expect(again).toMatchObject({ isApplied: false, changes: [], warnings: [] });
    expect(await setupVersion(db)).toBe(version);
    expect(await listAccess(db, { limit: 10 })).toHaveLength(1);
  });

  test('leaves one entry in the log, with what was said', async ({ db }) => {
    await apply(db, FILE);
    const version = await setupVersion(db);
    await apply(db, FILE.replace('targets: [schedule:db]', 'targets: [schedule:db], wait: 10m'));
    expect((await listAccess(db, { limit: 1 }))[0]).toMatchObject({
      at: now,
      actor: SYSTEM,
      action: 'setup.applied',
      details: { changes: ['Policy db, level 1, wait: 5m → 10m.'] },
    });
    expect(await setupVersion(db)).not.toBe(version);
  });

  test('writes all of it or nothing', async ({ db }) => {
    await apply(db, FILE);
    const before = await readSetup(db, long);
    const broken = FILE.replace('[ana, bo], lead', '[ana, zed], lead').replace('Databases', 'Other');
    await expect(apply(db, broken)).rejects.toThrow('there is no person "zed"');
    expect(await readSetup(db, long)).toEqual(before);
  });

  test('removes what is not in a section, and leaves the sections that are not there', async ({ db }) => {
    await apply(db, FILE);
    await apply(db, 'version: 1\nroutes: {}');
    expect(await readSetup(db, long)).toMatchObject({
      rules: [],
      policies: [{ id: 'db' }],
      schedules: [{ id: 'db' }],
    });
    await apply(db, 'version: 1\nteams: {}\nschedules: {}\npolicies: {}\ndefault_policy:\n');
    expect(await readSetup(db, long)).toMatchObject({
      teams: [],
      schedules: [],
      policies: [],
      defaultPolicy: null,
    });
    expect(await listTeams(db)).toEqual([]);
    const { switchedOff } = await apply(db, 'version: 1\npeople: {ana: {role: admin}}');
    expect(switchedOff).toEqual(['bo']);
    expect(await findPerson(db, 'bo')).toMatchObject({ active: false });
  });

  test('keeps overrides, and the proof of a contact that stays', async ({ db }) => {
    await apply(db, FILE);
    const [contact] = await listContacts(db, ana);
    if (contact) await verifyContact(db, ana, contact, now);
    const cover = override({ kind: 'add', person: ana }, '2026-03-05T00:00:00Z', '2026-03-06T00:00:00Z');
    await db.transaction().execute((tx) => addOverride(tx, 'db', cover, now));
    await apply(
      db,
      FILE.replace('[ana, bo]}], temp', '[bo, ana]}], temp').replace('push:a, ', 'push:a, ntfy:x, '),
    );
    expect((await readSetup(db, long)).schedules[0]?.overrides).toHaveLength(1);
    expect(
      (await listContacts(db, ana)).map((it) => [it.id === contact?.id, it.verifiedAt !== null]),
    ).toEqual(
      expect.arrayContaining([
        [true, true],
        [false, false],
      ]),
    );
    await apply(
      db,
      FILE.replace('push:a, sms:+491511234567', 'sms:+491511234568').replace('push, sms', 'sms'),
    );
    expect((await listContacts(db, ana)).map((it) => [it.kind, it.verifiedAt])).toEqual([['sms', null]]);
  });

  test('lets two people swap their addresses', async ({ db }) => {
    await apply(db, 'version: 1\npeople: {ana: {email: a@example.com}, bo: {email: b@example.com}}');
    await apply(db, 'version: 1\npeople: {ana: {email: b@example.com}, bo: {email: a@example.com}}');
    expect((await findPerson(db, 'ana'))?.email).toBe('b@example.com');
  });

  test('is refused where the setup was changed since the plan', async ({ db }) => {
    await apply(db, FILE);
    const changed = FILE.replace('region: eu', 'region: us');
    const { digest } = await planSetup({ db, file: changed, by: BY, now });
    await apply(db, 'version: 1\nroutes: {}');
    await expect(applySetup({ db, file: changed, by: BY, now, newId, digest })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('changed since this plan was made'),
    });
    expect((await findPerson(db, 'ana'))?.role).toBe('admin');
  });

  test('is refused to whoever would lock themselves out with it', async ({ db }) => {
    await addPerson(db, 'ana', 'admin');
    const by = { actor: { type: 'user', id: 'ana', name: 'Ana' }, person: ana } as const;
    const applied = applySetup({ db, file: 'version: 1\npeople: {bo: {role: admin}}', by, now, newId });
    await expect(applied).rejects.toThrow('you would be no admin any more');
    expect(await findPerson(db, 'bo')).toBeNull();
  });

  test('waits for another that is under way, and both are right', async ({ db }) => {
    await addPerson(db, 'ana');
    const version = await setupVersion(db);
    const file = (id: string) => `version: 1\nschedules: {${id}: {layers: [{people: [ana]}]}}`;
    await Promise.all(['x', 'y'].map((id) => apply(db, file(id))));
    expect(await setupVersion(db)).not.toBe(version);
    expect((await readSetup(db, long)).schedules).toHaveLength(1);
  });
});

test('keeps the address of a heartbeat and what was heard of it, and sets the time of the test page', async ({
  db,
}) => {
  const said = 'heartbeats: {backup: {every: 1h}}\nsynthetic_page: {to: person:ana, at: sun 10:00}\n';
  await apply(db, `${FILE}${said}`);
  const before = await findHeartbeat(db, 'backup');
  const { heardAt } = await beat(engineContext(db, { clock: { now: () => now } }), 'backup');
  await apply(db, `${FILE}${said.replace('1h', '2h').replace('10:00', '11:00')}`);
  const missingAt = new Date(now.getTime() + 2 * 3_600_000 + 5 * 60_000);
  expect(await findHeartbeat(db, 'backup')).toMatchObject({ key: before?.key, heardAt, missingAt });
  const isOurs = sql<boolean>`kind like 'heartbeat%' or kind like 'synthetic%'`;
  const ours = async () => {
    const timers = db.selectFrom('timers').select(['kind', 'dueAt']).where(isOurs);
    return await timers.orderBy('kind').execute();
  };
  const timers = await ours();
  expect(timers).toEqual([
    { kind: 'heartbeat', dueAt: missingAt },
    { kind: 'heartbeat-watch', dueAt: new Date(now.getTime() + 20_000) },
    { kind: 'synthetic-page', dueAt: new Date('2026-03-01T11:00:00Z') },
  ]);
  await db.deleteFrom('timers').execute();
  await keepHouse(db, now, 90);
  expect(await ours()).toEqual(timers);
  await apply(db, 'version: 1\nheartbeats: {}\nsynthetic_page:\n');
  expect(await findHeartbeat(db, 'backup')).toBeNull();
  expect((await ours()).map(({ kind }) => kind)).toEqual(['heartbeat-watch']);
});

describe('the exported file', () => {
  test('is the same again after it was applied, here and elsewhere', async ({ db }) => {
    await apply(db, FILE);
    const { file, digest } = await exportSetup(db, now);
    expect(await planSetup({ db, file, by: BY, now })).toEqual({ changes: [], warnings: [], digest });
    await apply(
      db,
      'version: 1\nteams: {}\nschedules: {}\npolicies: {}\nroutes: {}\ndefault_policy:\nrules: {ana: }',
    );
    await apply(db, file);
    expect(await exportSetup(db, now)).toEqual({ file, digest });
  });

  test('has what was stored by other ways', async ({ db }) => {
    await apply(db, FILE);
    const [stored] = (await readSetup(db, long)).schedules;
    const [layer] = stored?.layers ?? [];
    if (stored && layer) {
      const schedule = { ...stored, id: 'Ops 2', layers: [{ ...layer, id: 'x', name: 'Nights' }] };
      await db.transaction().execute((tx) => saveSchedule(tx, schedule, now));
    }
    await saveContact(
      db,
      'bo' as PersonId,
      { id: 'c', kind: 'sms', address: '+491511234569', enabled: true },
      now,
    );
    const { file } = await exportSetup(db, now);
    expect(file).toContain('Ops 2:\n');
    expect(file).toContain('sms:+491511234567');
    expect(file).not.toContain('+491511234569');
    expect((await planSetup({ db, file, by: BY, now })).changes).toEqual([]);
  });

  test('of the example is the example in other words', async ({ db }) => {
    const example = await readFile(EXAMPLE, 'utf8');
    expect(example.trim().split('\n').length).toBeLessThanOrEqual(20);
    const { isApplied } = await apply(db, example);
    expect(isApplied).toBe(true);
    const { file } = await exportSetup(db, now);
    expect((await planSetup({ db, file, by: BY, now })).changes).toEqual([]);
    expect((await planSetup({ db, file: example, by: BY, now })).changes).toEqual([]);
  });
});

describe('contacts', () => {
  test('an address that changes must be proved again, and nobody changes those of others', async ({ db }) => {
    await addPerson(db, 'ana');
    await addPerson(db, 'bo');
    const sms = { id: 'c', kind: 'sms', address: '+491511234567', enabled: true } as const;
    const only = async () => (await listContacts(db, ana))[0];
    await saveContact(db, ana, sms, now);
    expect(await verifyContact(db, ana, { id: 'c', address: '+49' }, now)).toBe(false);
    expect(await verifyContact(db, ana, sms, now)).toBe(true);
    await saveContact(db, ana, { ...sms, enabled: false }, now);
    expect(await only()).toMatchObject({ verifiedAt: now, enabled: false });
    await saveContact(db, 'bo' as PersonId, { ...sms, address: '+491511234568' }, now);
    expect(await only()).toMatchObject({ address: '+491511234567' });
    await saveContact(db, ana, { ...sms, address: '+491511234568' }, now);
    expect(await only()).toMatchObject({ verifiedAt: null });
    expect(await removeContact(db, 'bo' as PersonId, 'c')).toBe(false);
    expect(await removeContact(db, ana, 'c')).toBe(true);
    expect(await only()).toBeUndefined();
  });
});

const BY = { actor: SYSTEM, person: null };
let ids = 0;
const newId = () => `id-${(ids += 1)}`;

async function apply(db: Db, file: string) {
  return await applySetup({ db, file, by: BY, now, newId });
}
