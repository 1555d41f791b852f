import { randomUUID } from 'node:crypto';

import type { Answer, MessageView } from '#adapters/web/protocol.ts';
import type { Ref } from '#src/chat/platform.ts';
import type { Db } from '#src/db/schema.ts';
import { chatPlatformContract, type Seen, type SeenMessage } from '#test/contracts/chat-platform.ts';
import { test } from '#test/support/database.ts';
import { buttonsOf, PEOPLE, textOf, webChatOn, type WebPerson } from '#test/support/web-chat.ts';

const withEyes = test.extend('seen', async ({ db }) => await seenOn(db));

chatPlatformContract('The built-in web chat', (name, run) => {
  withEyes(name, async ({ seen }) => await run({ seen }));
});

/** People sit at their pages; the eyes are what the pages are answered. */
async function seenOn(db: Db): Promise<Seen> {
  const { chat, inbox, make, as } = await webChatOn(db);
  const page = (who: Ref) => as(who.id as WebPerson);
  /** The engine's answer comes with the words of who asked in front; a test reads the message that was meant. */
  const seen = async (message: MessageView): Promise<SeenMessage> => ({
    text: textOf(message),
    buttons: buttonsOf(message),
    notified: await notifiedBy(db, message.id),
  });
  const all = async (messages: readonly MessageView[]) => await Promise.all(messages.map(seen));
  const formIn = (answer: Answer) => (answer.type === 'form' ? answer.form : null);

  return {
    platform: chat.platform,
    ana: { platform: 'web', id: 'ana' },
    bo: { platform: 'web', id: 'bo' },
    heard: { invocations: inbox.invocations, said: inbox.words },
    answers: (outcome) => void (inbox.outcome = async () => outcome),
    inRoom: async (reader, room) => await all(await page(reader).messages(room.id)),
    below: async (reader, posted) => await all((await page(reader).thread(Number(posted.id))).slice(1)),
    async directly(reader) {
      const own = (await page(reader).rooms()).find((it) => it.kind === 'direct' && it.members.length === 1);
      return own ? await all(await page(reader).messages(own.id)) : [];
    },
    async room({ id }) {
      const found = (await as('cy').rooms()).find((it) => it.id === id);
      if (!found) throw new Error(`There is no room ${id}`);
      return found;
    },
    async types(who, room, text, delivery = randomUUID()) {
      return formIn(await page(who).send(room.id, text, { id: delivery }));
    },
    async presses(who, room, label, delivery = randomUUID()) {
      const message = (await page(who).messages(room.id)).findLast((it) => buttonsOf(it).includes(label));
      const parts = message?.body.type === 'message' ? message.body.message.parts : [];
      const part = parts.findIndex((it) => it.type === 'buttons');
      const button = message ? buttonsOf(message).indexOf(label) : -1;
      const body = { id: delivery, part, button, label };
      return formIn(await page(who).ask<Answer>('POST', `/web/messages/${message?.id ?? 0}/press`, body));
    },
    async fills(who, room, form, entered) {
      const args = { ...form.known, ...entered };
      const body = { id: randomUUID(), room: room.id, command: form.command, args };
      return formIn(await page(who).ask<Answer>('POST', '/web/forms', body));
    },
    async restarted() {
      return make().platform;
    },
  };
}

/** A handle that nobody has notifies nobody. */
async function notifiedBy(db: Db, message: number): Promise<readonly string[]> {
  const row = await db.selectFrom('chatMessages').select('body').where('id', '=', message).executeTakeFirst();
  const { mentions = [] } = (row?.body ?? {}) as { mentions?: string[] };
  return mentions.filter((handle) => PEOPLE.some(({ id }) => id === handle));
}
