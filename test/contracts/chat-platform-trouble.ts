import { setTimeout as sleep } from 'node:timers/promises';

import { expect } from 'vitest';

import { say } from '#src/chat/message.ts';
import { soon } from '#test/support/soon.ts';

import { card, everything, farOf, ROOM, type SeenTest } from './chat-platform-seen.ts';

/** What an adapter says of a platform that fails, and that nothing is lost or done twice for it. */
export function troubleContract(it: SeenTest): void {
  refusedContract(it);
  goneContract(it);
  recoveryContract(it);
}

function refusedContract(it: SeenTest): void {
  it('says how long to wait when the platform is asked too often', async ({ seen }) => {
    const { trouble, calls } = farOf(seen);
    const room = await seen.platform.openRoom(ROOM);
    trouble.next(calls.post, { status: 429, retryAfterS: 30 });
    const refused = await failureOf(seen.platform.post(room, say('INC-1'), { key: 'k1' }));
    expect(refused).toMatchObject({ name: 'ProviderError', retry: true });
    expect(refused.retryAfterMs).toBeGreaterThan(25_000);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(31_000);
  });

  it('goes on with other things while one kind of call must wait', async ({ seen }) => {
    const { trouble, calls } = farOf(seen);
    const room = await seen.platform.openRoom(ROOM);
    const posted = await seen.platform.post(room, say('INC-1 is new'), { key: 'k1' });
    trouble.next(calls.post, { status: 429, retryAfterS: 30 });
    await failureOf(seen.platform.post(room, say('INC-1'), { key: 'k2' }));
    await seen.platform.edit(posted, say('INC-1 is acknowledged'));
    expect(await everything(seen, seen.ana, room)).toContain('INC-1 is acknowledged');
    seen.answers({ type: 'reply', message: say('Here is the list.'), visible: 'private' });
    await seen.types(seen.bo, room, '/incident list');
  });

  it('says that trying again helps when the platform fails, and then posts once', async ({ seen }) => {
    const { trouble, calls } = farOf(seen);
    const room = await seen.platform.openRoom(ROOM);
    trouble.next(calls.post, { status: 503 });
    await untilDone(() => seen.platform.post(room, say('INC-1 is new'), { key: 'k1' }));
    expect((await everything(seen, seen.ana, room)).split('INC-1 is new')).toHaveLength(2);
  });

  it('says that trying again helps while the platform is down, and works when it is back', async ({
    seen,
  }) => {
    const { trouble } = farOf(seen);
    const room = await seen.platform.openRoom(ROOM);
    trouble.down();
    expect(await failureOf(seen.platform.post(room, say('INC-1'), { key: 'k1' }))).toMatchObject({
      name: 'ProviderError',
      retry: true,
    });
    expect(await failureOf(seen.platform.check())).toMatchObject({ name: 'ProviderError', retry: true });
    trouble.back();
    await untilDone(() => seen.platform.post(room, say('INC-1 is new'), { key: 'k1' }));
    await seen.platform.check();
    expect((await everything(seen, seen.ana, room)).split('INC-1 is new')).toHaveLength(2);
  });

  it('waits for a token that was revoked, and works again when it is restored', async ({ seen }) => {
    const { trouble } = farOf(seen);
    const room = await seen.platform.openRoom(ROOM);
    trouble.revokeToken();
    const refused = await failureOf(seen.platform.post(room, say('INC-1'), { key: 'k1' }));
    expect(refused).toMatchObject({ name: 'ProviderError', retry: true });
    expect(refused.retryAfterMs).toBe(undefined);
    expect(await failureOf(seen.platform.check())).toMatchObject({ retry: true });
    trouble.restoreToken();
    await untilDone(() => seen.platform.post(room, say('INC-1 is new'), { key: 'k1' }));
    seen.answers({ type: 'reply', message: say('Here is the list.'), visible: 'private' });
    await soon('commands are heard again', async () => {
      await seen.types(seen.bo, room, '/incident list').catch(() => {});
      return seen.heard.invocations.length > 0;
    });
  });
}

function goneContract(it: SeenTest): void {
  it('says that a room is gone, and opens a fresh one of the same name', async ({ seen }) => {
    const { trouble, roomId } = farOf(seen);
    const room = await seen.platform.openRoom(ROOM);
    const posted = await seen.platform.post(room, say('INC-1 is new'), { key: 'k1' });
    trouble.deleteRoom(await roomId(room));
    const gone = { name: 'ProviderError', retry: false, gone: 'room' };
    expect(await failureOf(seen.platform.post(room, say('?'), { key: 'k2' }))).toMatchObject(gone);
    expect(await failureOf(seen.platform.edit(posted, say('?')))).toMatchObject({ retry: false });
    expect(await failureOf(seen.platform.setTopic(room, '?'))).toMatchObject(gone);

    const fresh = await seen.platform.openRoom(ROOM);
    expect(fresh.id).not.toBe(room.id);
    expect(await seen.platform.openRoom(ROOM)).toEqual(fresh);
    await seen.platform.post(fresh, say('INC-1 goes on here'), { key: 'k3' });
    expect(await everything(seen, seen.bo, fresh)).toContain('INC-1 goes on here');
  });

  it('says that a message is gone', async ({ seen }) => {
    const { trouble, messageId } = farOf(seen);
    const room = await seen.platform.openRoom(ROOM);
    const posted = await seen.platform.post(room, say('INC-1 is new'), { key: 'k1' });
    trouble.deleteMessage(await messageId(posted));
    expect(await failureOf(seen.platform.edit(posted, say('?')))).toMatchObject({
      name: 'ProviderError',
      retry: false,
      gone: 'message',
    });
    await seen.platform.remove(posted);
  });

  it('says that a person is gone, and leaves them out of invitations', async ({ seen }) => {
    const { trouble, people } = farOf(seen);
    const room = await seen.platform.openRoom(ROOM);
    trouble.leaves(people.bo);
    expect(await failureOf(seen.platform.direct(seen.bo, say('?'), { key: 'd' }))).toMatchObject({
      name: 'ProviderError',
      retry: false,
      gone: 'person',
    });
    await seen.platform.invite(room, [seen.bo, seen.ana]);
    expect((await seen.room(room)).members).toEqual([seen.ana.id]);
    expect(await seen.platform.whois({ id: seen.bo.id })).toBe(null);
    expect(await seen.platform.whois({ email: 'bo@example.com' })).toBe(null);
  });
}

function recoveryContract(it: SeenTest): void {
  it('does not post twice what was posted although the answer never came, where the platform can tell', async ({
    seen,
  }) => {
    const { trouble, calls, canTell } = farOf(seen);
    const room = await seen.platform.openRoom(ROOM);
    trouble.next(calls.post, { lost: true });
    await untilDone(() => seen.platform.post(room, say('INC-1 is new'), { key: 'k1' }));
    const times = (await everything(seen, seen.ana, room)).split('INC-1 is new').length - 1;
    expect(times).toBeGreaterThan(0);
    expect(times).toBeLessThanOrEqual(canTell ? 1 : 2);
  });

  it('does not post twice after a kill between the post and its answer, where the platform can tell', async ({
    seen,
  }) => {
    const { trouble, calls, canTell } = farOf(seen);
    const room = await seen.platform.openRoom(ROOM);
    trouble.next(calls.post, { lost: true });
    const cutOff = failureOf(seen.platform.post(room, say('INC-1 is new'), { key: 'k1' })).catch(() => null);
    await soon('the message is there', async () =>
      (await everything(seen, seen.ana, room)).includes('INC-1 is new'),
    );
    const again = await seen.restarted();
    await untilDone(() => again.post(room, say('INC-1 is new'), { key: 'k1' }));
    await cutOff;
    const times = (await everything(seen, seen.ana, room)).split('INC-1 is new').length - 1;
    expect(times).toBeLessThanOrEqual(canTell ? 1 : 2);
  });

  it('opens one room although the answer never came', async ({ seen }) => {
    const { trouble, calls } = farOf(seen);
    trouble.next(calls.openRoom, { lost: true });
    const room = await untilDone(() => seen.platform.openRoom(ROOM));
    expect(await seen.platform.openRoom(ROOM)).toEqual(room);
    const named = (await seen.rooms(seen.bo)).filter(({ name }) => name === room.name);
    expect(named).toHaveLength(1);
  });

  it('stays below the rates that the platform allows', async ({ seen }) => {
    const { measured } = farOf(seen);
    const room = await seen.platform.openRoom(ROOM);
    const posted = await seen.platform.post(room, card('state 0', 'Acknowledge'), { key: 'card' });
    await Promise.all([
      ...Array.from({ length: 5 }, (_, at) => seen.platform.post(room, say(`line ${at}`), { key: `l${at}` })),
      ...Array.from({ length: 30 }, (_, at) =>
        seen.platform.edit(posted, card(`state ${at}`, 'Acknowledge')),
      ),
    ]);
    expect(measured.tooMany).toEqual([]);
    const words = await everything(seen, seen.ana, room);
    for (let at = 0; at < 5; at += 1) expect(words).toContain(`line ${at}`);
    expect(words).toContain('state 29');
  });
}

interface Failure {
  readonly retryAfterMs?: number;
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const failure = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (failure === null) throw new Error('This should have failed.');
  return failure as Failure;
}

/** As the program does it: again, as long as the adapter says that it helps. */
async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === 5 || (error as { retry?: boolean }).retry !== true) throw error;
      await sleep(300);
    }
  }
}
