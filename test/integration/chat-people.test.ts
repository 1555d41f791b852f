import { randomUUID } from 'node:crypto';

import { describe, expect } from 'vitest';

import { commands } from '#commands/index.ts';
import { makeDispatch } from '#src/chat/dispatch.ts';
import { plainMessage } from '#src/chat/message.ts';
import type { Limits, Outcome, Profile, Ref } from '#src/chat/platform.ts';
import { acquaintanceIn } from '#src/chat/recognise.ts';
import { listAccess } from '#src/db/access-log.ts';
import { listPeople, personOf, savePerson } from '#src/db/people.ts';
import { saveRoom } from '#src/db/rooms.ts';
import type { Db } from '#src/db/schema.ts';
import type { PersonId, Role } from '#src/incident/person.ts';
import { engineContext, SetClock } from '#test/support/context.ts';
import { test as base } from '#test/support/database.ts';
import { NOTHING_AROUND } from '#test/support/nothing-around.ts';

const test = base.extend('chats', async ({ db }) => await chatsOn(db, 'responder'));

describe('somebody of a chat platform', () => {
  test('is the person whose verified address they have, however it is written', async ({ db, chats }) => {
    chats.knows({ id: 'U1', email: 'ANA@example.com' });
    expect(await chats.types(chats.mail('U1'), 'declare checkout is down')).toContain('INC-1 is open');
    expect(await personOf(db, chats.mail('U1'))).toMatchObject({ id: 'ana' });
    expect(await listPeople(db)).toHaveLength(2);
  });

  test('is somebody new where newcomers are let in, once, with a handle that is free', async ({
    db,
    chats,
  }) => {
    chats.knows({ id: 'U2', email: 'ana@elsewhere.example', name: 'Ana Other' });
    await Promise.all([1, 2, 3].map(() => chats.types(chats.mail('U2'), 'list')));
    expect(await personOf(db, chats.mail('U2'))).toMatchObject({
      id: 'ana-2',
      name: 'Ana Other',
      role: 'responder',
    });
    expect(await listPeople(db)).toHaveLength(3);
  });

  test('is nobody where newcomers are not let in, and is told the ways in', async ({ db }) => {
    const chats = await chatsOn(db, null);
    chats.knows({ id: 'U2', email: 'new@example.com' });
    const answer = await chats.types(chats.mail('U2'), 'list');
    expect(answer).toContain('I do not know you yet');
    expect(answer).toContain('/incident link');
    expect(answer).toContain('U2');
  });

  test('is not believed as a guest, nor without an address', async ({ db, chats }) => {
    chats.knows({ id: 'U3', email: 'ana@example.com', isGuest: true });
    chats.knows({ id: 'U4', email: null });
    for (const id of ['U3', 'U4', 'nobody']) {
      expect(await chats.types(chats.mail(id), 'list')).toContain('I do not know you yet');
    }
    expect(await personOf(db, chats.mail('U3'))).toBeNull();
  });

  test('who is not active any more is told so, and gets no code', async ({ db, chats }) => {
    await savePerson(db, { ...person('ana'), active: false }, new Date(0));
    chats.knows({ id: 'U1', email: 'ana@example.com' });
    expect(await chats.types(chats.mail('U1'), 'link')).toContain('not active here any more');
  });

  test('is asked again later when the platform does not answer now', async ({ chats }) => {
    chats.knows({ id: 'U1', email: 'ana@example.com' });
    chats.isDown = true;
    expect(await chats.types(chats.mail('U1'), 'list')).toContain('Try it again');
    chats.isDown = false;
    expect(await chats.types(chats.mail('U1'), 'list')).not.toContain('I do not know you yet');
  });

  test('is asked after once a minute while nobody knows them, however much they write', async ({
    db,
    chats,
  }) => {
    chats.knows({ id: 'U7', email: null, name: 'Gus' });
    const { acquaintance, clock } = chats;
    for (const id of ['U7', 'U8', 'U7', 'U8']) {
      await chats.types(chats.mail(id), 'list');
      expect(await acquaintance.nameOf(chats.mail(id))).toBe(id === 'U7' ? 'Gus' : null);
      expect(await acquaintance.refOf('bo', 'mail')).toBeNull();
    }
    expect(chats.asked).toBe(3);
    // What was not answered is not remembered.
    chats.isDown = true;
    for (const _ of [1, 2]) expect(await acquaintance.nameOf(chats.mail('U9'))).toBeNull();
    expect(chats.asked).toBe(5);
    chats.isDown = false;
    clock.advance(60_001);
    chats.knows({ id: 'U8', email: 'bo@example.com' });
    expect(await acquaintance.refOf('bo', 'mail')).toEqual(chats.mail('U8'));
    expect(await personOf(db, chats.mail('U8'))).toMatchObject({ id: 'bo' });
  });

  test('is mentioned by their identity there, and understood', async ({ chats }) => {
    chats.knows({ id: 'U1', email: 'ana@example.com' });
    chats.knows({ id: 'U5', email: 'bo@example.com' });
    await chats.types(chats.mail('U1'), 'declare checkout is down');
    expect(await chats.types(chats.mail('U1'), 'assign INC-1 <@U5>')).toContain('Bo');
    chats.knows({ id: 'U9', email: null, name: 'Bo' });
    expect(await chats.types(chats.mail('U1'), 'assign INC-1 <@U9>')).toContain('I know nobody');
  });

  test('is notified by the id they have there', async ({ chats }) => {
    chats.knows({ id: 'U1', email: 'ana@example.com' });
    chats.knows({ id: 'U5', email: 'bo@example.com' });
    await chats.types(chats.mail('U1'), 'declare checkout is down');
    const room = await chats.openRoom(1);
    const outcome = await chats.asks(chats.mail('U1'), 'assign @bo', room);
    expect(JSON.stringify(outcome)).toContain('"type":"person","id":"U5"');
  });
});

describe('a code', () => {
  test('makes somebody the same person in a chat that tells no addresses', async ({ db, chats }) => {
    const [stranger, ana] = [chats.plain('D7'), chats.page('ana')];
    const code = codeIn(await chats.types(stranger, 'link'));
    const question = await chats.asks(ana, `link ${code.toLowerCase().replace('-', ' ').replace(' ', '')}`);
    expect(textOf(question)).toContain('name of D7');
    expect(await personOf(db, stranger)).toBeNull();

    expect(await chats.types(ana, `link ${code} --sure yes`)).toContain('does not work');
    expect(await personOf(db, stranger)).toBeNull();
    expect(await chats.saysYes(ana, code)).toContain('is you from now on');
    expect(await personOf(db, stranger)).toMatchObject({ id: 'ana' });
    expect(await chats.types(stranger, 'declare checkout is down')).toContain('INC-1 is open');
    expect(await listAccess(db, { limit: 1 })).toMatchObject([
      { action: 'identity.linked', actor: { id: 'ana' }, details: { person: 'ana', externalId: 'D7' } },
    ]);
  });

  test('works once, for ten minutes, and for nobody who is unknown', async ({ db, chats }) => {
    const code = codeIn(await chats.types(chats.plain('D7'), 'link'));
    expect(await chats.types(chats.plain('D8'), `link ${code} --sure yes`)).toContain(
      'I do not know you here',
    );
    chats.clock.advance(10 * 60_000 + 1);
    expect(await chats.saysYes(chats.page('ana'), code)).toContain('does not work');

    const fresh = codeIn(await chats.types(chats.plain('D7'), 'link'));
    const both = await Promise.all(['ana', 'bo'].map((id) => chats.saysYes(chats.page(id), fresh)));
    expect(both.filter((it) => it.includes('is you from now on')).length).toBeLessThanOrEqual(1);
    await chats.saysYes(chats.page('bo'), fresh);
    expect(await personOf(db, chats.plain('D7'))).not.toBeNull();
  });

  test('that is really an incident gets the command that was meant', async ({ chats }) => {
    const outcome = await chats.asks(chats.page('ana'), 'link INC-7');
    expect(JSON.stringify(outcome)).toContain('/incident relate INC-7');
  });
});

function codeIn(text: string): string {
  return /Your code is ([A-Z0-9]{4}-[A-Z0-9]{4})/.exec(text)?.[1] ?? `no code in: ${text}`;
}

function textOf(outcome: Outcome): string {
  return outcome.type === 'reply' ? plainMessage(outcome.message) : `a form: ${outcome.form.title}`;
}

function person(id: string) {
  const name = `${id.charAt(0).toUpperCase()}${id.slice(1)}`;
  const email = `${id}@example.com`;
  return { id: id as PersonId, name, email, role: 'responder', timezone: 'UTC', active: true } as const;
}

/** Ana and Bo are known, and there are two platforms: `mail` tells addresses, `plain` does not. */
async function chatsOn(db: Db, newcomers: Role | null) {
  const clock = new SetClock();
  for (const id of ['ana', 'bo']) await savePerson(db, person(id), clock.now());
  const profiles = new Map<string, Profile>();
  const state = { isDown: false, asked: 0 };
  const whois = (platform: string) => async (who: { id: string } | { email: string }) => {
    state.asked += 1;
    if (state.isDown) throw new Error('down');
    if (platform === 'plain') return 'id' in who ? profile(platform, { id: who.id, email: null }) : null;
    const isMeant = (it: Profile) => ('id' in who ? it.id === who.id : it.email === who.email);
    return [...profiles.values()].find(isMeant) ?? null;
  };
  const limits = (emails: boolean) => ({ emails }) as Limits;
  const { actor: _, role: __, ...engine } = engineContext(db, { clock });
  const acquaintance = acquaintanceIn({
    db,
    now: () => clock.now(),
    platforms: () => [
      { name: 'mail', limits: limits(true), whois: whois('mail') },
      { name: 'plain', limits: limits(false), whois: whois('plain') },
    ],
    newcomers,
    log: { error: () => {} },
  });
  const dispatch = makeDispatch({
    ...engine,
    commands,
    ...NOTHING_AROUND,
    log: { error: () => {} },
    acquaintance,
  });
  const asks = async (who: Ref, text: string, room: Ref | null = null) =>
    await dispatch.invoked({ id: randomUUID(), person: who, room, ask: { type: 'typed', text } });
  return Object.assign(state, {
    clock,
    acquaintance,
    asks,
    async openRoom(incident: number): Promise<Ref> {
      const room = { platform: 'mail', room: 'R1', name: 'inc-1', url: 'https://mail.example/R1' };
      await saveRoom(db, { ...room, incident, card: null, openedAt: clock.now(), archivedAt: null });
      return { platform: 'mail', id: 'R1' };
    },
    /** Types the code, reads the question and presses its button. */
    async saysYes(who: Ref, code: string): Promise<string> {
      const question = await asks(who, `link ${code}`);
      const parts = question.type === 'reply' ? question.message.parts : [];
      const button = parts.flatMap((it) => (it.type === 'buttons' ? it.buttons : []))[0];
      if (!button) return textOf(question);
      const { command, args } = button;
      const ask = { type: 'saved', command, args } as const;
      return textOf(await dispatch.invoked({ id: randomUUID(), person: who, room: null, ask }));
    },
    types: async (who: Ref, text: string) => textOf(await asks(who, text)),
    knows: (it: Partial<Profile> & { id: string }) => void profiles.set(it.id, profile('mail', it)),
    mail: (id: string): Ref => ({ platform: 'mail', id }),
    plain: (id: string): Ref => ({ platform: 'plain', id }),
    page: (id: string): Ref => ({ platform: 'web', id }),
  });
}

function profile(platform: string, it: Partial<Profile> & { id: string }): Profile {
  return { platform, name: `name of ${it.id}`, email: null, isGuest: false, ...it };
}
