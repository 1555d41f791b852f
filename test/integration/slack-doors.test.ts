import { describe, expect } from 'vitest';

import { say } from '#src/chat/message.ts';
import { test as base } from '#test/support/database.ts';
import { formOf } from '#test/support/form.ts';
import { startSlack, WANTED } from '#test/support/slack-adapter.ts';
import { soon } from '#test/support/soon.ts';

const byHttp = base.extend('slack', async ({ db }, { onCleanup }) => {
  const slack = await startSlack(db, { mode: 'http' });
  onCleanup(() => slack.stop());
  return slack;
});

const bySocket = base.extend('slack', async ({ db }, { onCleanup }) => {
  const slack = await startSlack(db);
  onCleanup(() => slack.stop());
  return slack;
});

const SECONDS = Math.floor(new Date().getTime() / 1000);

const COMMAND = {
  body: 'command=%2Fincident&text=help&user_id=U1&channel_id=C1&trigger_id=1.2.3&team_id=T1&response_url=',
  type: 'application/x-www-form-urlencoded',
} as const;

describe("Slack's signed requests", () => {
  byHttp('are heard, and answered with nothing but an acknowledgement', async ({ slack }) => {
    await slack.start();
    const room = await slack.platform.openRoom(WANTED);
    await slack.fake.types(slack.fake.people.ana, room.id, '/incident ack INC-1');
    await soon('the command is heard', () => slack.inbox.invocations.length > 0);
    expect(slack.inbox.invocations[0]?.ask).toEqual({ type: 'typed', text: 'ack INC-1' });
    await slack.fake.types(slack.fake.people.ana, room.id, 'the pool is full');
    await soon('the words are heard', () => slack.inbox.words.some(({ kind }) => kind === 'message'));
    expect(slack.fake.measured.refused).toEqual([]);
  });

  byHttp('fill in forms, with what is wrong said at the field', async ({ slack }) => {
    await slack.start();
    const { fake, inbox } = slack;
    const room = await slack.platform.openRoom(WANTED);
    const form = (error: string) => async () => ({ type: 'form', form: formOf({ error }) }) as const;
    inbox.outcome = form('');
    await fake.types(fake.people.ana, room.id, '/incident resolve INC-1');
    await soon('the form is open', () => fake.form(fake.people.ana));
    inbox.outcome = form('say more');
    await fake.fills(fake.people.ana, { how: 'x' });
    expect(fake.form(fake.people.ana)?.fields[0]).toMatchObject({ error: 'say more', value: 'x' });
  });

  byHttp.for([
    ['signed with another secret', { secret: 'another' }],
    ['signed six minutes ago', { timestamp: SECONDS - 360 }],
    ['signed for a later time', { timestamp: SECONDS + 600 }],
  ] as const)('are refused when they are %s', async ([, how], { slack }) => {
    await slack.start();
    const response = await slack.fake.request({ ...COMMAND, ...how });
    expect(response.status).toBe(401);
    expect(slack.inbox.invocations).toEqual([]);
  });

  byHttp('are refused when they are not signed, or ask for something', async ({ slack }) => {
    await slack.start();
    expect((await fetch(slack.url(), { method: 'POST', body: COMMAND.body })).status).toBe(401);
    expect((await fetch(slack.url())).status).toBe(405);
    expect(slack.inbox.invocations).toEqual([]);
  });

  byHttp('are sent again by Slack when they come before the start', async ({ slack }) => {
    expect((await slack.fake.request(COMMAND)).status).toBe(503);
    await slack.start();
    expect((await slack.fake.request(COMMAND)).status).toBe(200);
  });

  byHttp('open a form from the menu that is about no message', async ({ slack }) => {
    await slack.start();
    const { ana } = slack.fake.people;
    const user = { id: ana.id, username: 'ana', team_id: 'T1' };
    const payload = {
      type: 'shortcut',
      callback_id: 'new-declare',
      trigger_id: '1.2.3',
      user,
      team: { id: 'T1' },
      token: 'x',
    };
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    expect((await slack.fake.request({ body, type: 'application/x-www-form-urlencoded' })).status).toBe(200);
    await soon('it is heard', () => slack.inbox.invocations.length > 0);
    expect(slack.inbox.invocations).toMatchObject([
      { person: { id: ana.id }, room: null, ask: { type: 'draft', command: 'declare', args: {} } },
    ]);
  });

  byHttp('prove whose address it is', async ({ slack }) => {
    await slack.start();
    const body = JSON.stringify({ type: 'url_verification', challenge: 'abc', token: 'x' });
    const response = await slack.fake.request({ body, type: 'application/json' });
    expect(await response.json()).toEqual({ challenge: 'abc' });
  });
});

describe("Slack's socket", () => {
  bySocket('is renewed without a gap that anybody notices', async ({ slack }) => {
    await slack.start();
    const { fake } = slack;
    const room = await slack.platform.openRoom(WANTED);
    for (let time = 0; time < 3; time += 1) {
      fake.refreshConnections();
      const begun = performance.now();
      await fake.types(fake.people.ana, room.id, `/incident ack INC-${time}`);
      await soon('the command is heard', () => slack.inbox.invocations.length === time + 1);
      expect(performance.now() - begun).toBeLessThan(3000);
    }
    expect(fake.connections()).toBe(1);
  });

  bySocket(
    'comes back after Slack was down and the token was revoked, and no error escapes',
    async ({ slack }) => {
      await slack.start();
      const { fake } = slack;
      const room = await slack.platform.openRoom(WANTED);
      fake.trouble.next(
        'apps.connections.open',
        { error: 'invalid_auth' },
        { status: 503 },
        { error: 'account_inactive' },
      );
      fake.trouble.dropConnections();
      await soon('it is there again', () => fake.connections() === 1);
      await fake.types(fake.people.ana, room.id, '/incident ack INC-1');
      await soon('the command is heard', () => slack.inbox.invocations.length === 1);
      expect(slack.errors.map(String).join('\n')).toMatch(/invalid_auth[^]*503[^]*account_inactive/);
    },
  );

  bySocket('that does not open says why, and can be tried again', async ({ slack }) => {
    slack.fake.trouble.next('apps.connections.open', { error: 'invalid_auth' });
    await expect(slack.start()).rejects.toMatchObject({ name: 'ProviderError', retry: true });
    await slack.start();
    expect(slack.fake.connections()).toBe(1);
  });

  bySocket('closes with the program', async ({ slack }) => {
    await slack.start();
    await slack.platform.stop();
    await soon('it is closed', () => slack.fake.connections() === 0);
    await slack.platform.stop();
  });
});

describe('what was said before', () => {
  bySocket('is found again after a kill, below a message too', async ({ slack }) => {
    await slack.start();
    const { fake, platform } = slack;
    const room = await platform.openRoom(WANTED);
    const posted = await platform.post(room, say('INC-1'), { key: 'k1' });
    fake.trouble.next('chat.postMessage', { lost: true });
    await expect(platform.replyTo(posted, say('7 more'), { key: 'r1' })).rejects.toMatchObject({
      retry: true,
    });
    const reply = await platform.replyTo(posted, say('7 more'), { key: 'r1' });
    expect(fake.below(fake.people.ana, posted.id).map(({ text }) => text)).toEqual(['7 more']);
    expect(reply.id).toBe(`${fake.below(fake.people.ana, posted.id)[0]?.id}:${posted.id.split(':')[1]}`);
  });
});
