import { pinMessage, react, rewriteMessage, wipeMessage } from './chat-changes.ts';
import { addFile, findFile, removeFiles } from './chat-files.ts';
import { addMessage, findMessage, messageByKey, pageOf, pinsOf, threadOf } from './chat-messages.ts';
import { addMembers, changeRoom, findRoom, markRead, openRoom, roomFor, roomsOf } from './chat-rooms.ts';
import { searchMessages } from './chat-search.ts';
import { findPerson } from './people.ts';
import type { Db, Reader } from './schema.ts';
import { viewersOf } from './viewers.ts';

/**
 * The built-in chat's rooms and messages, as the one object its adapter asks
 * for. The adapter states what it needs in its own words and may not look in
 * here; `src/main.ts` joins the two, and the compiler says whether they fit.
 * What a message's `Body` is, only the adapter knows.
 */
export function chatStore<Body extends object>(db: Db) {
  const on =
    <A extends readonly unknown[], R>(run: (r: Reader, ...args: A) => R) =>
    (...args: A) =>
      run(db, ...args);
  return {
    findPerson: on(findPerson),
    viewersOf: on(viewersOf),
    openRoom: on(openRoom),
    findRoom: on(findRoom),
    changeRoom: on(changeRoom),
    addMembers: on(addMembers),
    roomsOf: on(roomsOf),
    roomFor: on(roomFor),
    add: on(addMessage<Body>),
    findMessage: on(findMessage<Body>),
    messageByKey: on(messageByKey<Body>),
    page: on(pageOf<Body>),
    pins: on(pinsOf<Body>),
    thread: on(threadOf<Body>),
    rewrite: on(rewriteMessage<Body>),
    wipe: on(wipeMessage<Body>),
    pin: on(pinMessage<Body>),
    react: on(react<Body>),
    markRead: on(markRead),
    addFile: on(addFile),
    findFile: on(findFile),
    removeFiles: on(removeFiles),
    search: on(searchMessages<Body>),
  };
}
