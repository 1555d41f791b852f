import { createHmac } from 'node:crypto';

import { describe, expect } from 'vitest';

import { readAlerts } from '#src/alerts/source.ts';
import { generic } from '#src/alerts/sources/generic.ts';
import type { Change } from '#src/changes/change.ts';
import { githubSamples } from '#src/changes/samples/github.ts';
import { saveService } from '#src/db/catalogue.ts';
import { changesBetween, saveChanges } from '#src/db/changes.ts';
import { keepHouse } from '#src/db/housekeeping.ts';
import type { Db } from '#src/db/schema.ts';
import { ingest } from '#src/engine/ingest.ts';
import { Talk } from '#test/support/chat.ts';
import { engineContext } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { KEY, openDoor } from '#test/support/http.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;

function change(id: string, service: string | null, startedAt: Date, more: Partial<Change> = {}): Change {
  return {
    id,
    source: 'generic',
    kind: 'deploy',
    service,
    environment: 'production',
    title: `Deploy ${id} <!channel>`,
    author: 'ana',
    url: 'https://deploy.example.com/1',
    startedAt,
    endedAt: startedAt,
    status: 'succeeded',
    size: null,
    details: {},
    ...more,
  };
}

async function fillCatalogue(db: Db, now: Date): Promise<void> {
  const rest = { aliases: [], team: null, runbook: null, tier: null, dependsOn: [] };
  await db.transaction().execute(async (tx) => {
    await saveService(tx, { ...rest, id: 'front', name: 'Front', dependsOn: ['checkout'] }, now);
    await saveService(
      tx,
      {
        ...rest,
        id: 'checkout',
        name: 'Checkout',
        aliases: ['checkoutservice'],
        team: 'payments',
        dependsOn: ['db'],
        runbook: 'https://wiki.example.com/checkout',
        tier: 1,
      },
      now,
    );
    await saveService(tx, { ...rest, id: 'db', name: 'Database' }, now);
  });
}

describe('changes that systems tell of', () => {
  test('a deploy that began and ended is one change, whoever repeats it, and needs its signature once a secret is set', async ({
    db,
  }) => {
    const door = await openDoor(db, { settings: { sourceSecrets: { github: 's3cret' } } });
    const [begun, done] = githubSamples.map(({ payload }) => JSON.stringify(payload));
    const send = (body = '', secret = 's3cret') =>
      door.call('POST', `/webhooks/changes/github/${KEY}`, body, {
        'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      });
    const answers = [await send(begun, 'guess'), await send(done), await send(begun), await send(done)];
    const listed = await door.call(
      'GET',
      '/api/v1/changes?from=2026-03-01T00:00:00Z&until=2026-03-02T00:00:00Z',
    );
    const unknown = await door.call('POST', '/api/v1/changes/jenkins', {});
    await door.close();

    expect(answers.map(({ status }) => status)).toEqual([401, 202, 202, 202]);
    expect(listed.body.changes).toHaveLength(1);
    expect(listed.body.changes[0]).toMatchObject({
      id: 'github:deployment:145988746',
      status: 'succeeded',
      started_at: '2026-03-01T07:51:10.000Z',
      ended_at: '2026-03-01T07:54:31.000Z',
    });
    expect(unknown.body.message).toContain('there are argocd, generic, github, gitlab');
  });

  test('any pipeline can tell of one; what is wrong is said; the API finds it by an alias of its service', async ({
    db,
  }) => {
    const door = await openDoor(db);
    await fillCatalogue(db, door.deps.now());
    const sent = await door.call('POST', '/api/v1/changes', {
      id: 1,
      title: 'Turn it on',
      service: 'checkoutservice',
    });
    const wrong = await door.call('POST', '/api/v1/changes', { started_at: 'soon' });
    const found = await door.call('GET', '/api/v1/changes?service=Checkout');
    const none = await door.call('GET', '/api/v1/changes?service=db');
    const services = await door.call('GET', '/api/v1/services');
    await door.close();

    expect(sent.status).toBe(202);
    expect(wrong.status).toBe(400);
    expect(wrong.body.message).toMatch(/title.*started_at/);
    expect(found.body.changes.map((it: { id: string }) => it.id)).toEqual(['generic:1']);
    expect(none.body.changes).toEqual([]);
    expect(services.body.services[0]).toMatchObject({
      id: 'checkout',
      used_by: ['front'],
      depends_on: ['db'],
    });
  });

  test('two that tell of the same at once leave one change, and the old ones go', async ({ db }) => {
    const now = new Date('2026-03-01T08:00:00Z');
    const one = change('a', null, now);
    await Promise.all([0, 1, 2, 3].map(() => saveChanges(db, [one, change('b', null, now)], now)));
    const from = new Date(now.getTime() - DAY);
    expect((await changesBetween(db, { from, until: now })).map(({ id }) => id)).toEqual(['a', 'b']);
    // Sent again by one that says no time: it did not go on until then.
    const later = new Date(now.getTime() + 60 * MINUTE);
    await saveChanges(db, [{ ...one, startedAt: later, endedAt: later }], later);
    expect(await changesBetween(db, { from: later, until: later })).toEqual([]);
    await keepHouse(db, new Date(now.getTime() + 91 * DAY), 90);
    expect(await changesBetween(db, { from, until: now })).toEqual([]);
  });
});

describe('what people are told', () => {
  test('where an incident may come from: the deploy before its first alert, with its links and why', async ({
    db,
  }) => {
    const talk = new Talk(db);
    await talk.addPerson('ana');
    const now = talk.clock.now();
    await fillCatalogue(db, now);
    const fired = (rule: string, service: string, metrics = {}) => {
      const payload = {
        source: 'llm-sentinel',
        event_type: 'alert',
        timestamp: now.toISOString(),
        category: 'performance',
        title: `${rule} of ${service}`,
        description: '',
        severity: 'high',
        tags: { rule, service },
        metrics,
      };
      return readAlerts(generic, payload).map((alert) => ({ alert, payload }));
    };
    const alerts = [
      ...fired('HighLatency', 'front'),
      ...fired('HighErrorRate', 'checkoutservice', { value: 90, baseline: 1 }),
    ];
    await ingest(engineContext(db, { clock: talk.clock, settings: { groupBy: ['environment'] } }), alerts);
    const before = new Date(now.getTime() - 3 * MINUTE);
    await saveChanges(
      db,
      [change('c1', 'checkout', before), change('c2', 'db', new Date(now.getTime() + MINUTE))],
      now,
    );
    talk.clock.advance(5 * MINUTE);

    const answer = await talk.types('ana', 'cause INC-1');
    expect(answer.text).toContain('1. Deploy c1 <!channel> (likely)');
    expect(answer.text).toContain('ended 3 minutes before the first alert, on a service that has alerts');
    expect(answer.text).toContain('HighErrorRate of checkoutservice');
    expect(answer.text).toContain('Runbooks: Checkout');
    expect(answer.text).toContain('Ranked by rules');
    expect(answer.text).not.toContain('1. Deploy c2');
    expect((await talk.types('ana', 'cause INC-1')).message).toEqual(answer.message);

    const changed = (await talk.types('ana', 'changes INC-1')).text;
    expect(changed).toMatch(/Before the first alert[^]*Deploy c1[^]*After it[^]*Deploy c2/);
    expect((await talk.types('ana', 'changes checkoutservice')).text).toContain('Deploy c1');
    expect((await talk.types('ana', 'changes INC-99')).text).toContain('There is no INC-99');
    expect((await talk.types('ana', 'changes front since 2d')).text).toContain(
      'nothing that we were told of',
    );
  });

  test('that the cause is unknown, and what would have to be known', async ({ db }) => {
    const talk = new Talk(db);
    await talk.begin();
    const { text } = await talk.types('ana', 'cause INC-1');
    expect(text).toContain('Unknown. Nothing that is known speaks for a cause.');
    expect(text).toContain('The catalogue of services is empty');
  });

  test('a service with its owner, what it depends on, its incidents and its changes', async ({ db }) => {
    const talk = new Talk(db);
    await talk.begin();
    const now = talk.clock.now();
    expect((await talk.types('ana', 'service')).text).toContain('No service is known');
    await fillCatalogue(db, now);
    await saveChanges(db, [change('c1', 'checkoutservice', now)], now);

    const { text } = await talk.types('ana', 'service Checkoutservice');
    for (const said of [
      'Owner: team Payments',
      'On call now: nobody',
      'Depends on: db',
      'Used by: front',
      'Tier: 1',
    ]) {
      expect(text).toContain(said);
    }
    expect(text).toContain('INC-1');
    expect(text).toContain('Deploy c1');
    // Those that she may not see take no place from those that she may.
    for (let count = 0; count < 10; count += 1) await talk.types('bo', 'declare a secret --private yes');
    const resource = JSON.stringify({ type: 'service', name: 'checkoutservice' });
    await db.updateTable('incidents').set({ resource }).where('isPrivate', '=', true).execute();
    const again = (await talk.types('ana', 'service Checkoutservice')).text;
    expect(again).toContain('INC-1');
    expect(again).not.toContain('a secret');
    expect((await talk.types('ana', 'service')).text).toContain('3 services');
    expect((await talk.types('ana', 'service chekout')).text).toContain('Did you mean checkout?');
  });
});
