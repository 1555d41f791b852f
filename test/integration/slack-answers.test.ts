import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect } from 'vitest';

import { say, type FormField } from '#src/chat/message.ts';
import type { Outcome } from '#src/chat/platform.ts';
import type { FakePerson } from '#test/support/fake-platform.ts';
import { formOf } from '#test/support/form.ts';
import { test as it, WANTED, type StartedSlack } from '#test/support/slack-adapter.ts';
import { soon } from '#test/support/soon.ts';

function answers(slack: StartedSlack, outcome: Outcome, afterMs = 0): void {
  slack.inbox.outcome = async () => {
    await sleep(afterMs);
    return outcome;
  };
}

const privately = (words: string): Outcome => ({ type: 'reply', message: say(words), visible: 'private' });
const toRoom = (words: string): Outcome => ({ type: 'reply', message: say(words), visible: 'room' });

const aForm = (...fields: readonly Partial<FormField>[]): Outcome => ({
  type: 'form',
  form: formOf(...fields),
});

async function reads(slack: StartedSlack, who: FakePerson, room: string, words: string) {
  return await soon(`${who.name} reads "${words}"`, () =>
    slack.fake.messages(who, room).find(({ text }) => text.includes(words)),
  );
}

async function hearsDirectly(slack: StartedSlack, who: FakePerson, words: string) {
  return await soon(`${who.name} is told "${words}"`, () =>
    slack.fake.direct(who).find(({ text }) => text.includes(words)),
  );
}

describe('a private answer', () => {
  it('comes another way when the address for answers does not work any more', async ({ slack }) => {
    const { fake } = slack;
    const { ana, bo } = fake.people;
    const room = await slack.platform.openRoom(WANTED);
    fake.trouble.next('response_url', { status: 404 });
    answers(slack, privately('only for you'));
    await fake.types(ana, room.id, '/incident catchup');
    expect((await reads(slack, ana, room.id, 'only for you')).private).toBe(true);
    expect(fake.messages(bo, room.id)).toEqual([]);
  });

  it('is tried again while Slack fails, and comes once', async ({ slack }) => {
    const { fake } = slack;
    const room = await slack.platform.openRoom(WANTED);
    fake.trouble.next('response_url', { status: 503 }, { status: 429, retryAfterS: 1 });
    answers(slack, privately('only for you'));
    await fake.types(fake.people.ana, room.id, '/incident catchup');
    await reads(slack, fake.people.ana, room.id, 'only for you');
    expect(fake.messages(fake.people.ana, room.id)).toHaveLength(1);
  });

  it('is given in a conversation with the bot alone, where it was asked there', async ({ slack }) => {
    const { fake } = slack;
    const { ana } = fake.people;
    await slack.platform.direct(ana && { platform: 'slack', id: ana.id }, say('hello'), { key: 'hello' });
    const direct = fake.direct(ana)[0]?.room ?? '';
    answers(slack, privately('INC-1 is new.'));
    await fake.types(ana, direct, 'list');
    await hearsDirectly(slack, ana, 'INC-1 is new.');
    expect(slack.inbox.invocations).toMatchObject([{ room: null, ask: { type: 'typed', text: 'list' } }]);
  });

  it('whispered to somebody outside of the room reaches them outside of it', async ({ slack }) => {
    const { fake, platform } = slack;
    const { cy } = fake.people;
    const room = await platform.openRoom(WANTED);
    const whisper = () =>
      platform.whisper({ platform: 'slack', id: cy.id }, room, say('you are next'), { key: 'w' });
    await whisper();
    await whisper();
    expect(fake.direct(cy).map(({ text }) => text)).toEqual(['you are next']);
    expect(fake.messages(cy, room.id)).toEqual([]);
  });
});

describe('an answer for everybody', () => {
  it('is given in a room where the bot is not', async ({ slack }) => {
    const { fake } = slack;
    answers(slack, toRoom('INC-2 is open.'));
    await fake.types(fake.people.ana, fake.general, '/incident declare it is down');
    expect(await reads(slack, fake.people.bo, fake.general, 'INC-2 is open.')).toMatchObject({
      private: false,
    });
  });

  it('stands in the thread where the button was', async ({ slack }) => {
    const { fake, platform } = slack;
    const room = await platform.openRoom(WANTED);
    const posted = await platform.post(room, say('INC-1'), { key: 'k1' });
    const button = { label: 'Acknowledge', command: 'ack', args: {}, style: 'primary' } as const;
    await platform.replyTo(posted, say('paged', { type: 'buttons', buttons: [button] }), { key: 'k2' });
    answers(slack, toRoom('INC-1 is acknowledged.'));
    await fake.presses(fake.people.bo, room.id, 'Acknowledge');
    await soon('it is told in the thread', () =>
      fake.below(fake.people.bo, posted.id).some(({ text }) => text.includes('is acknowledged')),
    );
    expect(fake.messages(fake.people.bo, room.id)).toHaveLength(1);
  });
});

describe('the bot that is spoken to', () => {
  it('takes what follows its name as a command, and nothing else as one', async ({ slack }) => {
    const { fake, inbox } = slack;
    const { ana } = fake.people;
    const room = await slack.platform.openRoom(WANTED);
    answers(slack, privately('INC-1 is new.'));
    await fake.types(ana, room.id, '<@U0FAKEBOT1> show INC-1');
    expect((await reads(slack, ana, room.id, 'INC-1 is new.')).private).toBe(true);
    expect(inbox.invocations).toMatchObject([
      { room: { id: room.id }, ask: { type: 'typed', text: 'show INC-1' } },
    ]);
    await fake.types(ana, room.id, 'thank you <@U0FAKEBOT1>');
    await soon('the words are heard', () => inbox.words.length > 0);
    expect(inbox.words).toMatchObject([{ kind: 'message', text: 'thank you <@U0FAKEBOT1>' }]);
    expect(inbox.invocations).toHaveLength(1);
  });

  it('offers a form by a button, because words open none', async ({ slack }) => {
    const { fake, inbox } = slack;
    const { ana, bo } = fake.people;
    const room = await slack.platform.openRoom(WANTED);
    answers(slack, aForm({ value: 'a' }));
    await fake.types(ana, room.id, '<@U0FAKEBOT1> resolve INC-1');
    const offer = await reads(slack, ana, room.id, 'Resolve INC-1');
    expect(offer).toMatchObject({ private: true, buttons: ['Open the form'] });
    await fake.presses(ana, room.id, 'Open the form');
    await soon('the form is open', () => fake.form(ana));
    expect(inbox.invocations.at(-1)?.ask).toEqual({
      type: 'draft',
      command: 'resolve',
      args: { how: 'a', incident: 'INC-1' },
    });
    expect(fake.messages(bo, room.id).filter(({ author }) => author === 'bot')).toEqual([]);
  });
});

describe('an answer that takes its time', () => {
  it('is said to be on its way, shown there, and kept where it was asked', async ({ slack }) => {
    const { fake } = slack;
    const { ana } = fake.people;
    const room = await slack.platform.openRoom(WANTED);
    answers(slack, privately('Here is the list.'), 2200);
    await fake.types(ana, room.id, '/incident list');
    await soon('a moment is asked for', () => fake.modal(ana)?.title === 'One moment');
    await reads(slack, ana, room.id, 'Here is the list.');
    await soon('it is shown', () => fake.modal(ana)?.text.includes('Here is the list.'));
    expect(fake.measured.refused).toEqual([]);
  });

  it('opens a form where the one who waited has closed the window', async ({ slack }) => {
    const { fake } = slack;
    const { ana } = fake.people;
    const room = await slack.platform.openRoom(WANTED);
    answers(slack, aForm({}), 2200);
    await fake.types(ana, room.id, '/incident resolve INC-1');
    await soon('a moment is asked for', () => fake.modal(ana));
    fake.closes(ana);
    await reads(slack, ana, room.id, 'Resolve INC-1');
    await fake.presses(ana, room.id, 'Open the form');
    await soon('a moment is asked for again', () => fake.modal(ana));
    await soon('the form is open', () => fake.form(ana)?.title === 'Resolve INC-1');
  });

  it('to a form is said to be on its way, with what was wrong in it', async ({ slack }) => {
    const { fake } = slack;
    const { ana } = fake.people;
    const room = await slack.platform.openRoom(WANTED);
    answers(slack, aForm({}));
    await fake.types(ana, room.id, '/incident resolve INC-1');
    await soon('the form is open', () => fake.form(ana));
    answers(slack, aForm({ value: 'x', error: 'say more' }), 2500);
    await fake.fills(ana, { how: 'x' });
    expect(fake.modal(ana)?.title).toBe('One moment');
    await soon('the form is there again', () => fake.form(ana)?.fields[0]?.error.includes('say more'));
    expect(fake.form(ana)?.fields[0]?.value).toBe('x');
    answers(slack, toRoom('INC-1 is resolved.'), 2500);
    await fake.fills(ana, { how: 'rolled back' });
    await reads(slack, fake.people.bo, room.id, 'INC-1 is resolved.');
    expect(Math.max(...fake.measured.acknowledged)).toBeLessThan(2500);
  });

  it('survives that Slack does not open anything', async ({ slack }) => {
    const { fake } = slack;
    const { ana } = fake.people;
    const room = await slack.platform.openRoom(WANTED);
    fake.trouble.next('views.open', { error: 'expired_trigger_id' });
    answers(slack, aForm({}));
    await fake.types(ana, room.id, '/incident resolve INC-1');
    await reads(slack, ana, room.id, 'Resolve INC-1');
    await fake.presses(ana, room.id, 'Open the form');
    await soon('the form is open', () => fake.form(ana));
  });
});

describe('a form', () => {
  it('offers what the engine offers while somebody types', async ({ slack }) => {
    const { fake, inbox } = slack;
    const { ana } = fake.people;
    const room = await slack.platform.openRoom(WANTED);
    const choices = [{ label: 'Ana', value: '@ana' }];
    answers(
      slack,
      aForm({ name: 'to', label: 'To', kind: 'choice', searchable: true, choices, value: '@ana' }),
    );
    await fake.types(ana, room.id, '/incident assign INC-1');
    expect(await soon('the form is open', () => fake.form(ana))).toMatchObject({
      fields: [{ name: 'to', value: 'Ana' }],
    });
    expect(await fake.suggests(ana, 'to', 'INC')).toEqual(['INC-77 the queue is full']);
    expect(inbox.chosen).toMatchObject([
      { command: 'resolve', arg: 'to', typed: 'INC', person: { id: ana.id }, room: { id: room.id } },
    ]);
    answers(slack, privately('Done it is.'));
    await fake.fills(ana, { to: 'INC-77 the queue is full' });
    expect(inbox.invocations.at(-1)?.ask).toEqual({
      type: 'form',
      command: 'resolve',
      args: { incident: 'INC-1', to: 'INC-77' },
    });
  });

  it('that is sent twice with the same words is one wish', async ({ slack }) => {
    const { fake, inbox } = slack;
    const { ana } = fake.people;
    const room = await slack.platform.openRoom(WANTED);
    answers(slack, aForm({}));
    await fake.types(ana, room.id, '/incident resolve INC-1');
    await soon('the form is open', () => fake.form(ana));
    answers(slack, aForm({ error: 'no' }));
    await fake.fills(ana, { how: 'x' });
    await fake.fills(ana, { how: 'x' });
    expect(inbox.invocations).toHaveLength(2);
    await fake.fills(ana, { how: 'y' });
    expect(inbox.invocations).toHaveLength(3);
  });
});

describe("a person's own page", () => {
  it('is drawn again after something was done on it, and the answer is shown there', async ({ slack }) => {
    const { fake, inbox } = slack;
    const { ana } = fake.people;
    let state = 'new';
    const button = {
      label: 'Acknowledge',
      command: 'ack',
      args: { incident: 'INC-1' },
      style: 'primary',
    } as const;
    inbox.outcome = async ({ ask }) => {
      if (ask.type === 'saved' && ask.command === 'ack') {
        state = 'acknowledged';
        return privately('It is yours.');
      }
      return {
        type: 'reply',
        message: say(`INC-1 is ${state}.`, { type: 'buttons', buttons: [button] }),
        visible: 'private',
      };
    };
    await fake.opensHome(ana);
    await soon('the page is there', () => fake.home(ana)?.text.includes('INC-1 is new.'));
    await fake.presses(ana, '', 'Acknowledge');
    await soon('the page is new', () => fake.home(ana)?.text.includes('INC-1 is acknowledged.'));
    expect(fake.modal(ana)?.text).toContain('It is yours.');
    expect(fake.measured.refused).toEqual([]);
  });
});
