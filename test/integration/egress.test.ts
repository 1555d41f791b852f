import { createHash } from 'node:crypto';

import { describe, expect } from 'vitest';

import { keepEgress, listEgress } from '#src/db/egress.ts';
import { keepHouse } from '#src/db/housekeeping.ts';
import type { EgressEntry } from '#src/llm/egress.ts';
import { Talk } from '#test/support/chat.ts';
import { test as base } from '#test/support/database.ts';
import { openDoor } from '#test/support/http.ts';

/** INC-1 is for everybody, INC-2 for Ana alone; something left about each of them, and about none. */
const test = base.extend('talk', async ({ db }) => {
  const talk = new Talk(db);
  await talk.begin();
  await talk.addPerson('root', { role: 'admin' });
  await talk.types('ana', 'declare customer data was copied --private yes');
  const at = talk.clock.now();
  const entry: EgressEntry = {
    call: 'call-1',
    at,
    incident: 1,
    task: 'summary',
    model: 'a-model',
    text: '{"title":"checkout of <EMAIL_1> is down"}',
    removed: { email: 1, github_token: 2 },
  };
  await keepEgress(db, entry);
  await keepEgress(db, { ...entry, call: 'call-2', incident: 2, removed: {} });
  await keepEgress(db, { ...entry, call: 'call-3', incident: null, task: 'question' });
  await keepEgress(db, { ...entry, call: 'call-4', text: '🙂'.repeat(8000), removed: {} });
  return talk;
});

describe('what left about an incident', () => {
  test('is said to responders: when, to which model, how much, and what was taken out', async ({ talk }) => {
    const { text, visible } = await talk.types('bo', 'egress INC-1');
    expect(visible).toBe('private');
    expect(text).toContain('summary, to a-model, 0.0 kB; 1 email and 2 github tokens taken out');
    expect(text).toContain('2 requests of 32.0 kB in all');
    expect(text).not.toContain('question');
    expect((await talk.types('vi', 'egress INC-1')).text).not.toContain('a-model');
  });

  test('is shown as it was sent, of which the first 10,000 characters are kept', async ({ talk }) => {
    expect((await talk.types('bo', 'egress INC-1 text 1')).text).toContain('checkout of <EMAIL_1> is down');
    const long = await talk.types('bo', 'egress INC-1 text #4');
    expect(long.text).toContain('32.0 kB, of which the beginning is kept');
    expect(long.text).toContain(createHash('sha256').update('🙂'.repeat(8000)).digest('hex'));
    expect(long.text.match(/🙂/gu)).toHaveLength(4999);
    expect((await talk.types('bo', 'egress INC-1 text 99')).text).toContain(
      'Nothing with the number 99 left',
    );
    expect((await talk.types('bo', 'egress INC-1 text all')).text).toContain('is no number of one');
  });

  test('is nobody else’s business where the incident is not', async ({ talk }) => {
    expect((await talk.types('bo', 'egress INC-2')).text).toContain('There is no INC-2');
    expect((await talk.types('bo', 'egress INC-1 text 2')).text).toContain('Nothing with the number 2 left');
    expect((await talk.types('ana', 'egress INC-2 text 2')).text).toContain('checkout of <EMAIL_1>');
  });

  test('is asked for over the API under the same rights', async ({ talk, onTestFinished }) => {
    const door = await openDoor(talk.db, { settings: { local: true } });
    onTestFinished(() => door.close());
    const as = async (who: string, path: string) =>
      await door.call('GET', `/api/v1${path}`, undefined, { 'x-act-as': who });
    const list = await as('bo', '/incidents/INC-1/egress');
    expect(list.body).toMatchObject([
      { id: 4, call: 'call-4', bytes: 32_000 },
      { id: 1, task: 'summary', model: 'a-model', removed: { email: 1, github_token: 2 } },
    ]);
    expect((await as('bo', '/incidents/INC-1/egress/1')).body).toMatchObject({
      text: '{"title":"checkout of <EMAIL_1> is down"}',
    });
    expect((await as('bo', '/incidents/INC-1/egress?before=4&limit=1')).body).toMatchObject([{ id: 1 }]);
    expect((await as('vi', '/incidents/INC-1/egress')).status).toBe(403);
    expect((await as('bo', '/incidents/INC-2/egress')).status).toBe(404);
    expect((await as('bo', '/incidents/INC-2/egress/2')).status).toBe(404);
    expect((await as('bo', '/incidents/INC-1/egress/2')).status).toBe(404);
    expect((await as('bo', '/egress')).status).toBe(403);
    expect((await as('root', '/egress')).body).toMatchObject([{ call: 'call-3', task: 'question' }]);
  });

  test('is kept as long as everything else that is not an incident', async ({ talk, db }) => {
    const later = new Date(talk.clock.now().getTime() + 10 * 24 * 3_600_000);
    await keepHouse(db, later, 11);
    expect(await listEgress(db, { limit: 10 })).toHaveLength(4);
    await keepHouse(db, later, 9);
    expect(await listEgress(db, { limit: 10 })).toEqual([]);
  });
});
