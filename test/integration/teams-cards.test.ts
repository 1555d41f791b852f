import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect } from 'vitest';

import { commands } from '#commands/index.ts';
import { say, type Button, type Form, type Message } from '#src/chat/message.ts';
import type { ChatPlatform, OpenedRoom, WantedRoom } from '#src/chat/platform.ts';
import { shapeOf } from '#src/chat/shapes.ts';
import { platformStore } from '#src/db/platform-store.ts';
import { test as base } from '#test/support/database.ts';
import { lateStore } from '#test/support/late-store.ts';
import { ListeningInbox } from '#test/support/listening-inbox.ts';
import { teamsOn } from '#test/support/teams-adapter.ts';
import { readBy } from '#test/support/teams-told.ts';

const ROOM: WantedRoom = {
  name: 'inc-1-checkout',
  topic: 'INC-1 P1 new',
  title: 'Checkout is down',
  isPrivate: false,
  links: [],
};

const FORM: Form = {
  title: 'Assign INC-1',
  submit: 'Assign',
  command: 'assign',
  known: { incident: 'INC-1' },
  fields: [
    {
      name: 'to',
      label: 'To',
      help: 'Who takes it',
      kind: 'choice',
      required: true,
      choices: [],
      searchable: true,
      value: '',
      error: '',
    },
  ],
};

const test = base.extend('teams', async ({ db }, { onCleanup }) => {
  const teams = await teamsOn(db);
  const inbox = new ListeningInbox();
  const database = { lateMs: 0 };
  const { platform } = teams.make(
    {},
    lateStore(
      platformStore(db, 'teams', () => new Date()),
      database,
    ),
  );
  await platform.start(inbox, commands.map(shapeOf));
  await teams.fake.installed();
  onCleanup(async () => {
    await platform.stop();
    await teams.stop();
  });
  return { ...teams, inbox, platform, database };
});

function card(text: string, ...buttons: readonly Partial<Button>[]): Message {
  const whole = buttons.map((it): Button => ({
    label: 'Acknowledge',
    command: 'ack',
    args: { incident: 'INC-1' },
    style: 'primary',
    ...it,
  }));
  return say(text, { type: 'buttons', buttons: whole });
}

describe('a living card', () => {
  test('is as it now is when somebody looks at it, also when Teams would not take the change', async ({
    teams,
  }) => {
    const { fake, platform, inbox } = teams;
    const { bo } = fake.people;
    const room = await platform.openRoom(ROOM);
    await fake.types(bo, room.id, 'here I am');
    await expect.poll(() => inbox.words.length).toBe(1);
    const posted = await platform.post(room, card('INC-1 is new', {}), { key: 'card', pin: true });
    fake.trouble.next('PUT /v3/conversations/{id}/activities/{id}', { status: 503 });
    await expect(platform.edit(posted, card('INC-1 is acknowledged', { label: 'Resolve' }))).rejects.toThrow(
      /503/,
    );
    expect(readBy(fake, bo, room.id)).toContain('INC-1 is new');

    await fake.opens(bo, posted.id);
    expect(readBy(fake, bo, room.id)).toContain('INC-1 is acknowledged');
    expect(fake.measured.refused).toEqual([]);
  });

  test('carries out what is pressed by clients that do not know Action.Execute', async ({ teams }) => {
    const { fake, platform, inbox } = teams;
    const room = await platform.openRoom(ROOM);
    const posted = await platform.post(room, card('INC-1 is new', {}), { key: 'card' });
    const sent = fake.measured.calls.findLast(({ method }) => method === 'POST /v3/conversations')?.body;
    const key = /"_press":"([\w-]{22})"/.exec(JSON.stringify(sent))?.[1];
    const [conversation = '', replyToId = ''] = posted.id.split('|');
    await fake.delivers({
      type: 'message',
      id: '1',
      channelId: 'msteams',
      serviceUrl: fake.serviceUrl,
      from: { id: fake.mri(fake.people.ana), name: 'Ana', aadObjectId: fake.people.ana.id },
      recipient: fake.bot,
      conversation: { id: conversation, conversationType: 'channel', tenantId: teams.settings.tenantId },
      replyToId,
      value: { _press: key },
    });
    await expect.poll(() => inbox.invocations.length).toBe(1);
    expect(inbox.invocations[0]).toMatchObject({
      room: { id: room.id },
      ask: { type: 'saved', command: 'ack', args: { incident: 'INC-1' } },
    });
  });

  test('says so when a press is not one of ours, and does nothing', async ({ teams }) => {
    const { fake, platform, inbox } = teams;
    const room = await platform.openRoom(ROOM);
    const posted = await platform.post(room, say('INC-1 is new'), { key: 'card' });
    const [conversation = '', replyToId = ''] = posted.id.split('|');
    const invoke = (name: string, value: object) => ({
      type: 'invoke',
      name,
      id: `f:${JSON.stringify(value).length}`,
      channelId: 'msteams',
      serviceUrl: fake.serviceUrl,
      from: { id: fake.mri(fake.people.ana), name: 'Ana', aadObjectId: fake.people.ana.id },
      recipient: fake.bot,
      conversation: { id: conversation, conversationType: 'channel', tenantId: teams.settings.tenantId },
      replyToId,
      value,
    });
    const action = (data: unknown) =>
      invoke('adaptiveCard/action', { action: { type: 'Action.Execute', verb: 'press', data } });
    for (const data of [
      {},
      { _press: 'x'.repeat(22) },
      { _press: 7 },
      { _pick: 'pick0' },
      { _pick: '__proto__' },
      null,
    ]) {
      expect((await fake.delivers(action(data))).status).toBe(200);
    }
    expect((await fake.delivers(invoke('task/submit', { data: { _form: 'x'.repeat(22) } }))).status).toBe(
      200,
    );
    expect((await fake.delivers(invoke('task/fetch', { data: {} }))).status).toBe(200);
    expect(
      (await fake.delivers(invoke('composeExtension/fetchTask', { commandId: 'drop-tables' }))).status,
    ).toBe(501);
    expect((await fake.delivers(invoke('signin/verifyState', {}))).status).toBeGreaterThanOrEqual(500);
    expect(inbox.invocations).toEqual([]);
    await expect.poll(() => readBy(fake, fake.people.ana, room.id)).toContain('out of date');
    expect(readBy(fake, fake.people.bo, room.id)).not.toContain('out of date');
  });
});

describe('answers for one person', () => {
  test('to a slash command are seen by nobody else, and those for all are in the room', async ({ teams }) => {
    const { fake, platform, inbox } = teams;
    const { ana, bo } = fake.people;
    const room = await platform.openRoom(ROOM);
    inbox.outcome = async ({ id }) => ({
      type: 'reply',
      message: say(`private ${id.length}`),
      visible: 'private',
    });
    await fake.slash(ana, room.id, 'catchup');
    await expect.poll(() => readBy(fake, ana, room.id)).toContain('private');
    expect(readBy(fake, bo, room.id)).not.toContain('private');
    expect(inbox.invocations).toMatchObject([
      { ask: { type: 'typed', text: 'catchup' }, room: { id: room.id } },
    ]);

    inbox.outcome = async () => ({ type: 'reply', message: say('INC-1 is acknowledged'), visible: 'room' });
    await fake.slash(ana, room.id, 'ack');
    await expect.poll(() => readBy(fake, bo, room.id)).toContain('INC-1 is acknowledged');
  });

  test('go to their chat where a message for one person is not known', async ({ teams }) => {
    const { fake, platform } = teams;
    const { ana } = fake.people;
    const room = await platform.openRoom(ROOM);
    fake.trouble.next('POST /v3/conversations/{id}/activities', { status: 400 });
    const whisper = async () =>
      await platform.whisper({ platform: 'teams', id: ana.id }, room, say('You are next'), { key: 'w' });
    await whisper();
    await whisper();
    expect(fake.messages(ana, room.id)).toEqual([]);
    expect(fake.direct(ana).map(({ text }) => text)).toEqual(['You are next']);
  });

  test('come once, however often Teams is too busy for them', async ({ teams }) => {
    const { fake, platform, inbox } = teams;
    const room = await platform.openRoom(ROOM);
    inbox.outcome = async () => ({ type: 'reply', message: say('Here is the list'), visible: 'private' });
    const busy = [{ status: 429, retryAfterS: 1 }, { status: 502 }, { status: 412 }] as const;
    fake.trouble.next('POST /v3/conversations/{id}/activities', ...busy);
    await fake.types(fake.people.ana, room.id, '/incident list');
    await expect.poll(() => readBy(fake, fake.people.ana, room.id).split('Here is the list').length).toBe(2);
  });

  test('stay in the chat of one person with the bot', async ({ teams }) => {
    const { fake, inbox } = teams;
    const { ana } = fake.people;
    inbox.outcome = async () => ({ type: 'reply', message: say('Nothing is open'), visible: 'room' });
    await fake.types(ana, 'direct', '/incident list');
    await fake.types(ana, 'direct', 'list');
    await expect.poll(() => fake.direct(ana).filter(({ text }) => text === 'Nothing is open').length).toBe(2);
    expect(inbox.invocations).toMatchObject([{ room: null }, { room: null, ask: { text: 'list' } }]);
  });
});

/** A room in which Ana has been offered a form. */
async function offered({
  fake,
  platform,
  inbox,
}: Pick<Awaited<ReturnType<typeof teamsOn>>, 'fake'> & {
  readonly platform: ChatPlatform;
  readonly inbox: ListeningInbox;
}): Promise<OpenedRoom> {
  const { ana } = fake.people;
  const room = await platform.openRoom(ROOM);
  inbox.outcome = async () => ({ type: 'form', form: FORM });
  await fake.types(ana, room.id, '/incident assign');
  await expect
    .poll(() => fake.messages(ana, room.id).flatMap(({ buttons }) => buttons))
    .toContain('Open the form');
  return room;
}

describe('forms', () => {
  test('are for the one to whom they were offered', async ({ teams }) => {
    const { fake } = teams;
    const { ana, bo } = fake.people;
    const room = await offered(teams);
    await expect(fake.presses(bo, room.id, 'Open the form')).rejects.toThrow(/sees no button/);
    await fake.presses(ana, room.id, 'Open the form');
    expect(fake.form(ana)).toMatchObject({ title: 'Assign INC-1', fields: [{ name: 'to', label: 'To' }] });
  });

  test('open, and open again with what was wrong, while the database takes two seconds', async ({
    teams,
  }) => {
    const { fake, inbox, database } = teams;
    const { ana } = fake.people;
    const room = await offered(teams);
    database.lateMs = 2000;
    await fake.presses(ana, room.id, 'Open the form');
    expect(fake.form(ana)).toMatchObject({ title: 'Assign INC-1' });
    const wrong = FORM.fields.map((it) => ({ ...it, value: '@nobody', error: 'nobody is called that' }));
    inbox.outcome = async () => ({ type: 'form', form: { ...FORM, fields: wrong } });
    await fake.fills(ana, { to: '@nobody' });
    expect(fake.form(ana)).toMatchObject({ error: 'To: nobody is called that' });
  });

  test('look up what is typed into their menus, by the engine', async ({ teams }) => {
    const { fake, platform, inbox } = teams;
    const { ana } = fake.people;
    const room = await platform.openRoom(ROOM);
    await platform.post(
      room,
      card('INC-1', { label: 'Assign', command: 'assign', args: { incident: 'INC-1' } }),
      {
        key: 'card',
      },
    );
    inbox.outcome = async () => ({ type: 'form', form: FORM });
    inbox.choice = { label: 'Bo Chen', value: '@bo' };
    // What it needs is not known, so that it opens a dialog at once.
    await fake.presses(ana, room.id, 'Assign');
    expect(fake.form(ana)?.title).toBe('Assign INC-1');
    inbox.outcome = async () => ({ type: 'reply', message: say('INC-1 is with Bo'), visible: 'room' });
    await fake.fills(ana, { to: 'bo' });
    expect(inbox.chosen).toMatchObject([
      { command: 'assign', arg: 'to', typed: 'bo', person: { id: ana.id }, room: { id: room.id } },
    ]);
    await expect.poll(() => readBy(fake, ana, room.id)).toContain('INC-1 is with Bo');
    expect(inbox.invocations.at(-1)).toMatchObject({
      ask: { type: 'form', command: 'assign', args: { incident: 'INC-1', to: '@bo' } },
      room: { id: room.id },
    });
    expect(fake.measured.refused).toEqual([]);
  });

  test('that come late are offered again, with what was entered', async ({ teams }) => {
    const { fake, inbox } = teams;
    const { ana } = fake.people;
    const room = await offered(teams);
    await fake.presses(ana, room.id, 'Open the form');
    const wrong = FORM.fields.map((it) => ({
      ...it,
      value: '@nobody',
      error: 'there is nobody of that name',
    }));
    inbox.outcome = async () => {
      await sleep(1500);
      return { type: 'form', form: { ...FORM, fields: wrong } };
    };
    await fake.fills(ana, { to: '@nobody' });
    expect(fake.form(ana)).toBe(null);
    await expect.poll(() => inbox.running).toBe(0);
    await sleep(300);
    await fake.presses(ana, room.id, 'Open the form');
    expect(fake.form(ana)).toMatchObject({
      error: 'To: there is nobody of that name',
      fields: [{ value: '@nobody', error: 'there is nobody of that name' }],
    });
  });
});
