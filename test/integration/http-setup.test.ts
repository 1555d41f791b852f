import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect } from 'vitest';

import { test as base } from '#test/support/database.ts';
import { addPerson, KEY, openDoor } from '#test/support/http.ts';
import { makeTemporaryFolder, removeFolder } from '#test/support/temporary.ts';

const test = base.extend('door', async ({ db }, { onCleanup }) => {
  const door = await openDoor(db);
  onCleanup(() => door.close());
  return door;
});

const FILE =
  'version: 1\npeople: {ana: {email: ana@example.com}}\nschedules: {db: {layers: [{people: [ana]}]}}\n';
const CONFIG = '/api/v1/config';

describe('the setup over REST', () => {
  test('is planned, applied and read back', async ({ door }) => {
    const plan = await door.call('POST', `${CONFIG}/plan`, { file: FILE });
    expect(plan.status).toBe(200);
    expect(plan.body).toMatchObject({
      changes: [
        { kind: 'added', section: 'people', id: 'ana', text: 'Person ana is added.' },
        { kind: 'added', section: 'schedules', id: 'db', text: 'Schedule db is added.' },
      ],
      text: expect.stringMatching(
        /^\+ Person ana is added\.\n\+ Schedule db is added\.\n! .*\n2 changes, 1 warning\.$/,
      ),
    });
    expect((await door.call('GET', CONFIG)).body.file).toContain('schedules: {}');

    const applied = await door.call('POST', `${CONFIG}/apply`, { file: FILE, digest: plan.body.digest });
    expect([applied.status, applied.body.applied]).toEqual([200, true]);
    const read = await door.call('GET', CONFIG);
    expect(read.body.digest).toBe(applied.body.digest);
    const text = await door.call('GET', `${CONFIG}.yaml`);
    expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(text.text).toBe(read.body.file);
    const again = await door.call('POST', `${CONFIG}/apply`, { file: text.text });
    expect(again.body).toMatchObject({ applied: false, changes: [], digest: read.body.digest });
  });

  test('is refused with the line, and with 409 where the plan is old', async ({ door }) => {
    const wrong = await door.call('POST', `${CONFIG}/plan`, { file: FILE.replace('[ana]', '[anna]') });
    expect([wrong.status, wrong.body.message]).toEqual([
      400,
      'Line 3, schedules.db.layers.1.people.1: there is no person "anna"; did you mean ana?',
    ]);
    expect(wrong.body.details.faults).toEqual([
      {
        line: 3,
        column: expect.any(Number),
        path: 'schedules.db.layers.1.people.1',
        says: 'there is no person "anna"; did you mean ana?',
      },
    ]);
    const { digest } = (await door.call('GET', CONFIG)).body;
    await door.call('POST', `${CONFIG}/apply`, { file: FILE });
    expect(
      (await door.call('POST', `${CONFIG}/apply`, { file: 'version: 1\nschedules: {}', digest })).status,
    ).toBe(409);
  });

  test('is merged where the file says only what is added', async ({ door }) => {
    await door.call('POST', `${CONFIG}/apply`, { file: FILE });
    const file =
      'version: 1\npeople: {bo: {email: bo@example.com}}\nschedules: {web: {layers: [{people: [bo]}]}}';
    const removing = await door.call('POST', `${CONFIG}/plan`, { file });
    expect(removing.body.text).toContain('- Schedule db is removed');
    const plan = await door.call('POST', `${CONFIG}/plan`, { file, merge: true });
    expect(plan.body.text).toMatch(
      /^\+ Person bo is added\.\n\+ Schedule web is added\.[^]* What the file does not name stays as it is\.$/,
    );
    const { digest } = plan.body;
    const applied = await door.call('POST', `${CONFIG}/apply`, { file, merge: true, digest });
    expect(applied.body).toMatchObject({ applied: true, text: plan.body.text });
    expect((await door.call('GET', CONFIG)).body.file).toMatch(/ana:[^]*bo:[^]* db:[^]* web:/);
  });

  test('is for admins only', async ({ door }) => {
    const scopes = ['events:write', 'incidents:read', 'incidents:write'];
    const { body } = await door.call('POST', '/api/v1/api-keys', { name: 'ci', scopes });
    const headers = { 'x-api-key': body.key };
    const asked = await Promise.all([
      door.call('GET', CONFIG, undefined, headers),
      door.call('GET', `${CONFIG}.yaml`, undefined, headers),
      door.call('POST', `${CONFIG}/plan`, { file: FILE }, headers),
      door.call('POST', `${CONFIG}/apply`, { file: FILE }, headers),
    ]);
    expect(asked.map((it) => it.status)).toEqual([403, 403, 403, 403]);
  });

  test('ends the sessions and keys of whom it switches off', async ({ door, db }) => {
    await addPerson(db, 'bo');
    const scopes = ['incidents:read'];
    const { body } = await door.call('POST', '/api/v1/api-keys', { name: 'laptop', scopes, person: 'bo' });
    const headers = { 'x-api-key': body.key };
    expect((await door.call('GET', '/api/v1/people', undefined, headers)).status).toBe(200);
    await door.call('POST', `${CONFIG}/apply`, { file: FILE });
    expect((await door.call('GET', '/api/v1/people', undefined, headers)).status).toBe(401);
  });
});

describe('incident config', () => {
  test('plans, applies and exports a file', async ({ door, onTestFinished }) => {
    const folder = makeTemporaryFolder();
    onTestFinished(() => removeFolder(folder));
    const [file, out] = [path.join(folder, 'on-call.yaml'), path.join(folder, 'out.yaml')];
    await writeFile(file, FILE);
    const plan = await incident(door.url, 'config', 'plan', file);
    expect(plan).toMatchObject({ code: 0, out: expect.stringContaining('+ Schedule db is added.') });

    const unsure = await incident(door.url, 'config', 'apply', file);
    expect([unsure.code, unsure.err]).toEqual([
      1,
      'Nothing was changed: nobody is here to be asked. Say --yes to apply it.\n',
    ]);
    expect((await incident(door.url, 'config', 'apply', file, '--yes')).out).toMatch(/\nDone\.\n$/);
    expect((await incident(door.url, 'config', 'apply', file, '--yes')).out).toBe(
      'Nothing changes: all is as the file says.\n',
    );
    await writeFile(out, 'version: 1\npeople: {bo: {}}');
    const merged = await incident(door.url, 'config', 'apply', out, '--merge', '--yes');
    expect(merged.out).toBe(
      '+ Person bo is added.\n1 change, 0 warnings. What the file does not name stays as it is.\nDone.\n',
    );
    expect((await incident(door.url, 'config', 'export', out)).out).toBe(`Written to ${out}.\n`);
    const written = await readFile(out, 'utf8');
    expect((await incident(door.url, 'config', 'export')).out).toBe(written);
    expect((await incident(door.url, 'config', 'plan', out)).out).toContain('Nothing changes');
  });

  test('says what is wrong, and ends with 1', async ({ door, onTestFinished }) => {
    const folder = makeTemporaryFolder();
    onTestFinished(() => removeFolder(folder));
    const file = path.join(folder, 'on-call.yaml');
    await writeFile(file, 'version: 1\nteam: {}');
    expect(await incident(door.url, 'config', 'plan', file)).toEqual({
      code: 1,
      out: '',
      err: 'Line 2, team: "team" is no field here; did you mean teams?\n',
    });
    expect((await incident(door.url, 'config', 'plan', path.join(folder, 'none.yaml'))).err).toContain(
      'cannot be read',
    );
    expect((await incident(door.url, 'config', 'pln', file)).err).toContain('incident config plan <file>');
  });
});

function incident(url: string, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const file = path.resolve(import.meta.dirname, '../../src/cli.ts');
  const env = { INCIDENT_URL: url, INCIDENT_API_KEY: KEY };
  return new Promise((done) => {
    const child = execFile(process.execPath, [file, ...words], { env }, (_, out, err) => {
      done({ code: child.exitCode ?? -1, out, err });
    });
  });
}
