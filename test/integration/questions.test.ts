import { describe, expect } from 'vitest';

import { namesFor } from '#src/db/question-names.ts';
import { answerQuestion } from '#src/db/questions.ts';
import type { Db } from '#src/db/schema.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { Answer, Door } from '#src/llm/door.ts';
import { closedDoor } from '#src/llm/door.ts';
import type { Task } from '#src/llm/task.ts';
import { readQuestion } from '#src/questions/grammar.ts';
import type { QuerySpec } from '#src/questions/spec.ts';
import { Talk } from '#test/support/chat.ts';
import { test } from '#test/support/database.ts';
import { addPerson, openDoor } from '#test/support/http.ts';
import { about, setUp } from '#test/support/ingesting.ts';

import { measure } from '../eval/questions.ts';
import { questionsOf } from '../eval/questions/generate.ts';

/** A model that answers every question with this, and remembers what it was told. */
function model(spec: unknown): Door & { readonly told: string[] } {
  const told: string[] = [];
  const ask = async <I, O>(task: Task<I, O>, input: I): Promise<Answer<O>> => {
    told.push(JSON.stringify(task.data(input)));
    const read = task.answer(input).safeParse({ spec, why: '' });
    const isGood = read.success && (task.fault?.(read.data, input) ?? null) === null;
    if (!isGood) {
      return { value: task.fallback(input), source: 'rules', model: null, why: 'nonsense', call: null };
    }
    return { value: read.data, source: 'model', model: 'a-model', why: null, call: 'c1' };
  };
  return { ...closedDoor(), isOpen: true, ask, told };
}

const SPEC: QuerySpec = {
  metric: 'count',
  moment: 'opened',
  group_by: ['service'],
  filters: [],
  time: { kind: 'all' },
  order: { by: 'value', direction: 'desc' },
  limit: 10,
};

async function begun(db: Db, llm?: Door): Promise<Talk> {
  const talk = new Talk(db, {}, llm);
  await talk.begin();
  return talk;
}

describe('questions', () => {
  test('of every kind have the right answers, and what has none is refused', async ({ db }) => {
    const byKind = Map.groupBy(questionsOf(), ({ kind }) => kind);
    const asked = [...byKind.values()].flatMap((all, index) => all.slice(index % 3, (index % 3) + 1));
    const said: string[] = [];
    const figures = await measure(db, (line) => said.push(line), asked);
    expect(said.filter((it) => it.startsWith('wrong'))).toEqual([]);
    expect(figures).toMatchObject({ wrong: 0, refused: figures.unanswerable });
    expect(figures.answered).toBeGreaterThanOrEqual(0.8 * asked.length);
  });

  test('count a private incident only for those who may see it, and name its service to nobody else', async ({
    db,
  }) => {
    const talk = await begun(db);
    await talk.types('ana', 'declare a laptop is lost --private yes --service vault');
    const count = async (id: string, role: 'viewer' | 'admin') => {
      const viewer = { id: id as PersonId, role };
      const spec = { ...SPEC, group_by: [] };
      const { rows } = await answerQuestion(db, spec, { viewer, now: talk.clock.now(), timeZone: 'UTC' });
      const names = await namesFor(db, viewer);
      return [rows[0]?.value, names.some(({ value }) => value === 'vault')];
    };
    expect(await count('ana', 'viewer')).toEqual([2, true]);
    expect(await count('bo', 'viewer')).toEqual([1, false]);
    expect(await count('vi', 'admin')).toEqual([2, true]);
  });

  test('of alerts count every message, also what only says again what fires', async ({ db }) => {
    const { take, clock } = setUp(db);
    for (const at of [1, 2, 3]) await take([about('a', { rule: 'DiskFull', eventId: `a-${at}` })]);
    await take([about('b', { rule: 'CertExpires', service: 'search' })]);
    const viewer = { id: 'ana' as PersonId, role: 'admin' } as const;
    const by = async (field: 'rule' | 'service' | 'environment') => {
      const spec: QuerySpec = { ...SPEC, metric: 'alerts', group_by: [field] };
      const { rows } = await answerQuestion(db, spec, { viewer, now: clock.now(), timeZone: 'UTC' });
      return rows.map(({ keys, value }) => [...keys, value]);
    };
    expect(await by('rule')).toEqual([
      ['DiskFull', 3],
      ['CertExpires', 1],
    ]);
    expect(await by('service')).toEqual([
      ['checkout', 3],
      ['search', 1],
    ]);
    expect(await by('environment')).toEqual([['production', 4]]);
    // What a message says itself stands, whatever its alert is called since.
    await db.updateTable('alerts').set({ rule: 'Renamed' }).execute();
    expect(await by('rule')).toEqual([
      ['Renamed', 2],
      ['CertExpires', 1],
      ['DiskFull', 1],
    ]);
  });

  test('are asked in words: the number, how it was read, what stands behind it, and who read it', async ({
    db,
  }) => {
    const talk = await begun(db);
    const answer = await talk.types('vi', 'how many P1 incidents today?');
    expect(answer.visible).toBe('private');
    expect(answer.text).toContain(
      '1 incident\nRead as: Incidents opened today, severity P1. From 2026-03-01 00:00 UTC',
    );
    expect(answer.text).toContain('- INC-1 P1 · new · nobody yet · checkout is down');
    expect(answer.text).toContain('Behind it: 1 incident');
    expect(answer.text).toContain('Read by rules; the numbers are counted by code.');
    const again = await talk.presses('vi', answer.button('Run again'));
    expect(again.text).toContain('Asked as it was asked before');
    expect(again.text).toContain('1 incident\n');
    const table = await talk.types('ana', 'ask how many incidents per service this week?');
    expect(table.text).toContain('checkout  ████████████████  1');
  });

  test('that cannot be answered for certain are refused, with what can be asked', async ({ db }) => {
    const talk = await begun(db);
    const answer = await talk.types('ana', 'how many customers were affected by incidents?');
    expect(answer.text).toContain('I cannot answer that for certain, so I do not.');
    const [first] = answer.buttons;
    expect(first?.command).toBe('ask');
    expect((await talk.presses('ana', { command: 'ask', args: first?.args ?? {} })).text).toContain(
      'Read as:',
    );
    expect((await talk.types('ana', 'akc INC-1')).text).toContain('Did you mean ack?');
    expect((await talk.types('ana', 'who INC-1')).text).toContain('Assigned to');
  });

  test('that rules cannot read go to the model, which sees no row; its query is checked and shown', async ({
    db,
  }) => {
    const door = model(SPEC);
    const talk = await begun(db, door);
    await talk.types('ana', 'declare a laptop is lost --private yes --service vault');
    const answer = await talk.types('ana', 'ask where does it hurt?');
    expect(answer.text).toContain('Read as: Incidents opened at any time, per service');
    expect(answer.text).toContain('Read by a-model, so see whether it is what you asked');
    expect(door.told.join()).toContain('checkout');
    expect(door.told.join()).not.toMatch(/vault|laptop|checkout is down/);
    for (const bad of [
      { ...SPEC, sql: 'x' },
      { ...SPEC, filters: [{ field: 'service', op: 'is', values: ['nosuch'] }] },
    ]) {
      const other = new Talk(db, {}, model(bad));
      expect((await other.types('ana', 'ask where does it hurt?')).text).toContain('I cannot answer that');
    }
  });

  test('are answered through the API, and asked again by their query', async ({
    db,
    onTestFinished: atEnd,
  }) => {
    await begun(db);
    await addPerson(db, 'zoe');
    const door = await openDoor(db);
    atEnd(() => door.close());
    const { body } = await door.call('POST', '/api/v1/questions', {
      question: 'how many incidents per service?',
    });
    expect(body).toMatchObject({
      columns: ['service', 'Incidents', 'of'],
      rows: [['checkout', 1, 1]],
      total: 1,
      source: 'rules',
      words: expect.stringContaining('per service'),
    });
    const spec = encodeURIComponent(JSON.stringify(body.spec));
    const { body: again } = await door.call('GET', `/api/v1/questions?spec=${spec}`);
    expect(again).toMatchObject({ rows: body.rows, source: 'given' });
    const refused = await door.call('POST', '/api/v1/questions', { question: 'list private incidents' });
    expect([refused.status, refused.body.details?.instead?.length ?? 3]).toEqual([400, 3]);
    expect((await door.call('GET', '/api/v1/questions?spec=%7B%7D')).status).toBe(400);
  });

  test('name only what exists: a service that an alert told of can be asked about', async ({ db }) => {
    await begun(db);
    const names = await namesFor(db, { id: null, role: 'viewer' });
    expect(readQuestion('how many incidents did checkout have?', { names, me: null })).toMatchObject({
      ok: true,
      spec: { filters: [{ field: 'service', op: 'is', values: ['checkout'] }] },
    });
  });
});
