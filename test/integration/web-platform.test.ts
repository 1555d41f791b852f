import type { WebChat } from '#adapters/web/adapter.ts';
import type { Db } from '#src/db/schema.ts';
import { seenOn } from '#test/contracts/chat-platform-fake.ts';
import { chatPlatformContract } from '#test/contracts/chat-platform.ts';
import { test } from '#test/support/database.ts';
import { PEOPLE, webChatOn } from '#test/support/web-chat.ts';
import { WebFake } from '#test/support/web-fake.ts';
import { read, type WebWire } from '#test/support/web-wire.ts';

const withEyes = test.extend('seen', async ({ db }, { onCleanup }) => {
  const { fake, seen } = await seenOnWeb(db);
  onCleanup(async () => {
    await fake.stop();
    await seen.stop();
  });
  return seen;
});

chatPlatformContract('The built-in web chat', (name, run) => {
  withEyes(name, async ({ seen }) => await run({ seen }));
});

/** People sit at their pages; the eyes are what the pages are answered and pushed. */
async function seenOnWeb(db: Db) {
  const { chat, make } = await webChatOn(db);
  const fake = new WebFake(inProcess(chat));
  // The pages are those of the first process; a second one works on the same database.
  const made = [chat];
  const seen = await seenOn(fake, async () => made.shift() ?? make(), {
    calls: null,
    look: async () => await fake.look(),
  });
  await fake.open();
  return { fake, seen };
}

function inProcess(chat: WebChat): WebWire {
  const who = (id: string) => {
    const found = PEOPLE.find((it) => it.id === id);
    if (!found) throw new Error(`Nobody is called ${id}`);
    return found;
  };
  const at = (path: string) => `https://incidents.example${path}`;
  return {
    async request(person, method, path, body) {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      return await read(await chat.handle(new Request(at(path), init), who(person)));
    },
    async upload(person, path, bytes, type) {
      const init = { method: 'POST', body: new Uint8Array(bytes), headers: { 'content-type': type } };
      return await read(await chat.handle(new Request(at(path), init), who(person)));
    },
    async download(person, path) {
      const response = await chat.handle(new Request(at(path)), who(person));
      return new Uint8Array(await response.arrayBuffer());
    },
    connect(person, pushed) {
      const connection = chat.connect(who(person), pushed);
      return { close: () => connection.closed() };
    },
  };
}
