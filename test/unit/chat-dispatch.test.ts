import { beforeEach, describe, expect, it } from 'vitest';

import { arg } from '#src/chat/args.ts';
import { defineCommand, tellAll, tellYou, type Command } from '#src/chat/command.ts';
import { makeDispatch, type Dispatch } from '#src/chat/dispatch.ts';
import { say } from '#src/chat/message.ts';
import type { Invocation, Ref } from '#src/chat/platform.ts';
import type { Db } from '#src/db/schema.ts';
import { ProviderError, UserError } from '#src/errors.ts';
import { Answer } from '#test/support/chat.ts';
import { SETTINGS } from '#test/support/context.ts';
import { directory } from '#test/support/directory.ts';
import { openedAt } from '#test/support/incident.ts';
import { NOTHING_AROUND } from '#test/support/nothing-around.ts';

/** What the handlers were given, in order. */
let ran: unknown[] = [];
let logged: { details: Record<string, unknown>; message: string }[] = [];
let dispatch: Dispatch;

const common = { summary: 'Does it', group: 'Run an incident', examples: [] } as const;

const commands: readonly Command[] = [
  defineCommand({
    ...common,
    name: 'give',
    allow: 'responder',
    args: {
      incident: arg.incident(),
      to: arg.orNobody(arg.assignee('Whom')),
      why: arg.optional(arg.text('Why', { max: 20 })),
    },
    run(ctx, args) {
      ran.push({ ...args, by: ctx.actor.id, here: ctx.here });
      return Promise.resolve(tellAll(say('Given.')));
    },
  }),
  defineCommand({
    ...common,
    name: 'join',
    allow: 'responder',
    args: { incident: arg.incident(), into: arg.after(['into'], arg.incident()) },
    run(_, args) {
      ran.push(args);
      return Promise.resolve(tellAll(say('Joined.')));
    },
  }),
  defineCommand({
    ...common,
    name: 'wipe',
    allow: 'admin',
    args: {},
    run: () => Promise.resolve(tellYou(say('Wiped.'))),
  }),
  defineCommand({
    ...common,
    name: 'fail',
    allow: 'viewer',
    args: { how: arg.choice('How', ['bug', 'outside', 'refused', 'field']) },
    run(_, { how }) {
      if (how === 'bug') throw new TypeError('secret detail');
      if (how === 'outside') throw new ProviderError('jira', 'secret detail', { retry: true });
      throw new UserError(how === 'field' ? 'bad_arguments' : 'conflict', 'It cannot be.', { field: 'how' });
    },
  }),
  defineCommand({
    ...common,
    name: 'ask',
    allow: 'viewer',
    args: { softly: arg.optional(arg.word('How')), whom: arg.person('Whom') },
    run: () => Promise.resolve(tellYou(say('Asked.'))),
  }),
];

beforeEach(() => {
  ran = [];
  logged = [];
  const outcomes = new Map<string, Promise<never>>();
  dispatch = makeDispatch({
    db: undefined as unknown as Db,
    now: () => openedAt,
    newId: () => '01234567-89ab',
    committed: () => {},
    settings: SETTINGS,
    commands,
    directory,
    ...NOTHING_AROUND,
    log: {
      error: (details, message) => logged.push({ details: details as Record<string, unknown>, message }),
    },
    once: (id, run) => {
      const outcome = outcomes.get(id) ?? run();
      outcomes.set(id, outcome as Promise<never>);
      return outcome;
    },
  });
});

const room = (number: number): Ref => ({ platform: 'web', id: `room-${number}` });
const lobby: Ref = { platform: 'web', id: 'lobby' };
let deliveries = 0;

async function ask(who: string, asked: Invocation['ask'], where: Ref | null = null): Promise<Answer> {
  deliveries += 1;
  const person = { platform: 'web', id: who };
  return new Answer(await dispatch.invoked({ id: `d${deliveries}`, person, room: where, ask: asked }));
}

async function type(who: string, text: string, where: Ref | null = null): Promise<Answer> {
  return await ask(who, { type: 'typed', text }, where);
}

describe('who may do what', () => {
  it('a stranger is told how to become known', async () => {
    const answer = await type('zoe', 'give INC-1 bo');
    expect(answer.text).toContain('I do not know you yet, so I cannot do that for you.');
    expect(answer.text).toContain('type /incident link here');
    expect(answer.text).toContain('ask an admin to add you; you are zoe on web.');
    expect(answer.button('Get a code')).toMatchObject({ command: 'link', args: {} });
    expect(answer.visible).toBe('private');
  });

  it('somebody who left is told that an admin can let them in again', async () => {
    expect((await type('max', 'give INC-1 bo')).text).toContain('You are not active here any more.');
  });

  it('a viewer is told what it takes, and nothing is done', async () => {
    expect((await type('vi', 'give INC-1 bo')).text).toBe(
      'give is for responders and admins, and you are a viewer. An admin can change that.',
    );
    expect((await type('ana', 'wipe')).text).toContain('is for admins, and you are a responder');
    expect((await type('root', 'wipe')).text).toBe('Wiped.');
    expect(ran).toEqual([]);
  });
});

describe('what is meant', () => {
  it.each([
    ['give INC-1 bo', { incident: 1, to: { person: 'bo' } }],
    ['give 1 @bo', { incident: 1, to: { person: 'bo' } }],
    ['give INC-1 me', { incident: 1, to: { person: 'ana' } }],
    ['give INC-1 "Bo Chen"', { incident: 1, to: { person: 'bo' } }],
    ['give INC-1 Bo', { incident: 1, to: { person: 'bo' } }],
    ['give INC-1 bo@example.com', { incident: 1, to: { person: 'bo' } }],
    ['give INC-1 payments', { incident: 1, to: { team: 'payments' } }],
    ['give INC-1 Payments because I can', { incident: 1, to: { team: 'payments' }, why: 'because I can' }],
    ['give INC-1 nobody', { incident: 1, to: null }],
  ])('%s', async (text, args) => {
    expect((await type('ana', text)).text).toBe('Given.');
    expect(ran).toEqual([{ ...args, by: 'ana', here: null }]);
  });

  it('in an incident’s room it is that incident, unless another one is named', async () => {
    await type('ana', 'give bo', room(7));
    await type('ana', 'give INC-1 bo', room(7));
    expect(ran).toMatchObject([
      { incident: 7, here: 7 },
      { incident: 1, here: 7 },
    ]);
  });

  it('with two incidents the room is the one that was not said', async () => {
    await type('ana', 'join INC-1', room(7));
    await type('ana', 'join into INC-1', room(7));
    await type('ana', 'join INC-1 into INC-9', room(7));
    expect(ran).toEqual([
      { incident: 1, into: 7 },
      { incident: 7, into: 1 },
      { incident: 1, into: 9 },
    ]);
    const itself = await type('ana', 'join INC-7', room(7));
    expect(itself.select).toMatchObject({ arg: 'into', options: [{ value: 'INC-1' }] });
  });

  it('out of a room the bot asks, with the open ones to choose from', async () => {
    const answer = await type('ana', 'give bo', lobby);
    expect(answer.visible).toBe('private');
    expect(answer.select).toEqual({
      label: 'Which incident?',
      command: 'give',
      args: { to: 'bo' },
      arg: 'incident',
      options: [
        { label: 'INC-1 P1 Checkout fails', value: 'INC-1' },
        { label: 'INC-7 P3 Search is slow', value: 'INC-7' },
      ],
    });
    expect(ran).toEqual([]);
  });
});

describe('what is missing or wrong', () => {
  it('what is missing opens a form that shows what was given', async () => {
    const { form } = await type('ana', 'give --why "it is theirs"', room(7));
    expect(form).toMatchObject({ title: 'Give INC-7', command: 'give', known: { incident: 'INC-7' } });
    expect(form.fields).toMatchObject([
      { name: 'to', kind: 'choice', required: true, value: '', error: '' },
      { name: 'why', kind: 'line', required: false, value: 'it is theirs', error: '' },
    ]);
    expect(form.fields[0]?.choices.map(({ value }) => value)).toEqual([
      '@ana',
      '@bo',
      '@anton',
      '@vi',
      '@root',
      'payments',
      'nobody',
    ]);
  });

  it('a form asks first for what is needed, since platforms cut long ones', async () => {
    expect((await type('ana', 'ask')).form.fields.map(({ name }) => name)).toEqual(['whom', 'softly']);
  });

  it('a form that asks for the incident as well offers those that are open', async () => {
    const { form } = await type('ana', 'give');
    expect(form.known).toEqual({});
    expect(form.fields.map(({ name, kind }) => [name, kind])).toEqual([
      ['incident', 'choice'],
      ['to', 'choice'],
      ['why', 'line'],
    ]);
  });

  it('a filled form comes back with its errors, and what was right in it', async () => {
    const args = { incident: 'INC-7', to: '@boo', why: 'x'.repeat(21) };
    const { form } = await ask('ana', { type: 'form', command: 'give', args });
    expect(form.known).toEqual({ incident: 'INC-7' });
    expect(form.fields).toMatchObject([
      { name: 'to', value: '@boo', error: 'I know nobody and no team called `boo`. Did you mean @bo?' },
      { name: 'why', value: 'x'.repeat(21), error: 'Why: at most 20 characters.' },
    ]);
    expect(ran).toEqual([]);
    const empty = await ask('ana', { type: 'form', command: 'give', args: { incident: 'INC-7', to: ' ' } });
    expect(empty.form.fields[0]?.error).toBe('This is needed.');
  });

  it('what the engine refuses comes back in the form where the person can mend it, and as a sentence where not', async () => {
    const { form } = await ask('ana', { type: 'form', command: 'fail', args: { how: 'field' } });
    expect(form.fields[0]).toMatchObject({ name: 'how', value: 'field', error: 'It cannot be.' });
    expect((await ask('ana', { type: 'form', command: 'fail', args: { how: 'refused' } })).text).toBe(
      'It cannot be.',
    );
    expect((await type('ana', 'fail field')).text).toBe('It cannot be.');
  });

  it.each([
    ['give INC-99 bo', 'There is no INC-99.'],
    ['give INC-1 @anon', 'I know nobody and no team called anon. Did you mean @anton or @ana?'],
    ['give INC-1 @max', 'I know nobody and no team called max. There is @ana, @bo, @anton and 3 more.'],
    ['fail badly', 'badly is none of bug, outside, refused, field.'],
  ])('%s: %s', async (text, sentence) => {
    const answer = await type('ana', text);
    expect(answer.text).toBe(sentence);
    expect([answer.visible, answer.message.tone]).toEqual(['private', 'warn']);
  });

  it('a slip has a button that does what was meant', async () => {
    const answer = await type('ana', 'gvie INC-1 bo');
    expect(answer.message.summary).toBe('There is no `gvie`. Did you mean `give`?');
    const button = answer.button('/incident give INC-1 bo');
    await ask('ana', { type: 'saved', command: button.command, args: button.args });
    expect(ran).toMatchObject([{ incident: 1, to: { person: 'bo' } }]);
  });

  it('a button of a command that is gone says so', async () => {
    expect((await ask('ana', { type: 'saved', command: 'gone', args: {} })).text).toContain(
      'There is no gone any more.',
    );
  });
});

describe('when something breaks', () => {
  it.each([
    ['bug', 'Something went wrong here.'],
    ['outside', 'A system this needs did not answer.'],
  ])('a %s is logged whole, and the person reads a number', async (how, sentence) => {
    const answer = await type('ana', `fail ${how}`);
    expect(answer.text).toContain(sentence);
    expect(answer.text).toContain('01234567');
    expect(answer.text).not.toContain('secret');
    expect(logged).toHaveLength(1);
    expect(logged[0]?.details).toMatchObject({ id: '01234567' });
    expect(logged[0]?.details['err']).toMatchObject({
      stack: expect.stringContaining('secret detail') as string,
    });
  });

  it('a sentence for the person is not a bug', async () => {
    await type('ana', 'fail refused');
    expect(logged).toEqual([]);
  });
});

it('the same delivery is done once', async () => {
  const asked = {
    id: 'same',
    person: { platform: 'web', id: 'ana' },
    room: null,
    ask: { type: 'typed', text: 'give 1 bo' },
  } as const;
  const [first, second] = await Promise.all([dispatch.invoked(asked), dispatch.invoked(asked)]);
  expect(second).toEqual(first);
  await dispatch.invoked({ ...asked, person: { platform: 'slack', id: 'ana' } });
  expect(ran).toHaveLength(2);
});

describe('a program', () => {
  const by = {
    person: null,
    actor: { type: 'integration', id: 'ci', name: 'CI' },
    role: 'responder',
    room: null,
  } as const;

  it('is answered like a person, and told by errors what it would be asked', async () => {
    expect((await dispatch.runText(' /incident give 1 bo', by)).message.summary).toBe('Given.');
    expect(ran).toMatchObject([{ by: 'ci' }]);
    await expect(dispatch.runText('give bo', by)).rejects.toThrow(
      '`give` still needs incident. It goes: `give [INC] <to> [why...]`',
    );
    await expect(dispatch.runText('give 1 @boo', by)).rejects.toMatchObject({
      code: 'bad_arguments',
      details: { field: 'to' },
    });
    await expect(dispatch.runText('give 1 me', by)).rejects.toThrow('This key belongs to nobody');
    await expect(dispatch.runText('wipe', by)).rejects.toMatchObject({ code: 'not_allowed' });
  });
});
