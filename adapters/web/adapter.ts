import { Pending } from '#src/chat/pending.ts';
import type { ChatPlatform, Inbox } from '#src/chat/platform.ts';
import type { CommandShape } from '#src/chat/shapes.ts';
import { UserError } from '#src/errors.ts';

import { PLATFORM, type Chat, type Visitor } from './chat.ts';
import type { News } from './elsewhere.ts';
import { LIMITS } from './limits.ts';
import { makeLive, type Connection, type Send } from './live.ts';
import { messages } from './messages.ts';
import { people } from './people.ts';
import { makeReceive } from './receive.ts';
import { rooms } from './rooms.ts';
import type { WebStore } from './store.ts';

export interface WebChatDeps {
  readonly store: WebStore;
  /** The address people reach us at, without a slash at the end. */
  readonly publicUrl: string;
  readonly now: () => Date;
  /** Told of failures in work that nobody waits for. */
  readonly report: (error: unknown) => void;
  /** Has other processes show something on the pages that are open at them; left out, there are none. */
  readonly tell?: (news: News) => void;
}

/** The built-in chat: a platform for the engine, and doors for the web server in front of it. */
export interface WebChat {
  readonly platform: ChatPlatform;
  /** Answers a request of the page below /web. Rejects only for a bug or a lost database. */
  handle(request: Request, who: Visitor): Promise<Response>;
  /** A page has opened its socket. */
  connect(who: Visitor, send: Send): Connection;
  /** On the pages that are open here. */
  broadcastIncident(number: number): void;
  /** What another process told. */
  heard(news: unknown): void;
  /** The people whose page is open, here or elsewhere. */
  online(): readonly string[];
}

export function makeWebChat({ store, publicUrl, now, report, tell = () => {} }: WebChatDeps): WebChat {
  const pending = new Pending(report);
  let inbox: Inbox | null = null;
  let commands: readonly CommandShape[] = [];

  const later = (work: Promise<unknown>) => pending.add(work);
  const live = makeLive({ store, now, tell, later });
  const chat: Chat = {
    store,
    live,
    now,
    later,
    commands: () => commands,
    inbox() {
      if (!inbox) throw new UserError('busy', 'The program is starting or stopping. Try again in a moment.');
      return inbox;
    },
  };

  return {
    platform: {
      name: PLATFORM,
      limits: LIMITS,
      socket: null,
      async start(ear, shapes) {
        inbox = ear;
        commands = shapes;
      },
      async stop() {
        inbox = null;
        await pending.settled();
        live.close();
      },
      async check() {
        await store.findRoom('');
      },
      ...rooms(chat, publicUrl),
      ...messages(chat),
      ...people(chat),
    },
    handle: makeReceive(chat),
    connect: (who, send) => live.connect(who, send),
    broadcastIncident: (number) => live.showIncident(number),
    heard: (news) => live.heard(news),
    online: () => live.online(),
  };
}
